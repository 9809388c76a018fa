"""Lesson 6: one backbone, many jobs. Which pretrained net to take, and what a score knows before any training."""

from __future__ import annotations

from functools import cache

import numpy as np

from core.spec import Measure, Run
from core.tasks import Glyphs, Handwriting
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import final, gather
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.figures.thumbnails import thumbnails
from lessons.kit.recipes import Seeds
from lessons.one_backbone.claims import (
    CLAIMS,
    DIGITS,
    GLYPHS,
    JOBS,
    NAMES,
    UNTRAINED,
    WORLDS,
    backbone_of,
    probe,
    score_runs,
    scored,
    scores,
    size_runs,
    tau,
    truth,
)
from lessons.one_backbone.pictures import against_truth, matrix, receipt, scaling, sizes

CHOICE, FAVOURITE = "your pick", "score's pick"
ASKED = {"latin": "Latin", "printed": "printed", "wrong": "wrong labels"}  # slider -> backbone
SEEN = ("all scripts", "Latin", "Greek", "kana", "symbols", "printed", "turned", "inverted", "shuffled")
SIZE = {name: GLYPHS * WORLDS[name].labels for name in ("a sixteenth", "a quarter", "all scripts")}


@cache
def favourite(job: str) -> str:
    """The backbone that scores best for a job in the results that ship."""
    found = gather({"LogME": scores("log_me", Seeds())})
    return NAMES[int(scored(found, "LogME", job).mean(1).argmax())] if found else NAMES[0]


def runs(settings: Settings) -> Values:
    """A probe on the backbone that was chosen, and one on the backbone that scores best."""
    seeds = Seeds(first=100 * settings["draw"])
    chosen = {CHOICE: settings["backbone"], FAVOURITE: favourite(settings["job"])}
    if len(set(chosen.values())) == 1:
        del chosen[CHOICE]
    return {label: probe(backbone_of(name, Seeds()), settings["job"], seeds) for label, name in chosen.items()}


def after(settings: Settings) -> Values:
    """The score of the same backbones on the same draws of labels."""
    asked = tuple(run.start for run in runs(settings).values() if isinstance(run, Run) and run.start)
    job = (JOBS[settings["job"]],)
    return {"live score": Measure(kind="log_me", runs=asked, tasks=job, count=8, first_seed=100 * settings["draw"])}


def backdrop(settings: Settings) -> Values:
    values = score_runs(Seeds()) | size_runs(Seeds())
    values["nothing learned"] = probe(backbone_of(UNTRAINED, Seeds()), DIGITS, Seeds())
    return values | {"seen": Measure(kind="examples", runs=(), tasks=tuple(WORLDS[name] for name in SEEN), count=8)}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """What some of the backbones have seen, and how well they do at that."""
    rows, told = {}, []
    for name, shown in zip(SEEN, evidence["seen"]["pictures"]):
        own = percent(float(final(evidence[f"own {name}"]).mean()))
        told.append(f"{name} {own}")
        rows[f"{name}: knows {own} of its own, unseen"] = [{"image": one["image"], "alt": "a drawing"} for one in shown]
    alt = f"Drawings that {len(SEEN)} backbones learned from. Their accuracy on unseen ones: {', '.join(told)}."
    return thumbnails(rows, alt)


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Accuracy at the chosen job, sorted by score; before the prediction what the learner says of three backbones."""
    if f"found {DIGITS} {UNTRAINED}" not in evidence:
        known = Bar(name=UNTRAINED, values=100 * final(evidence["nothing learned"]), role="scratch")
        said = [Bar(name=ASKED[k], values=np.array([float(guess[k])]), role="guess") for k in ASKED] if guess else []
        return bars([known, *said], "Digits read", "%", "Read by a probe with 10 labels a class", signed=False)
    job = settings["job"]
    found, score = truth(evidence, job), scored(evidence, "LogME", job).mean(1)
    asked = {name: float(guess[k]) for k, name in ASKED.items()} if guess and job == DIGITS else {}
    shown = []
    for k in np.argsort(-score):
        name = NAMES[k]
        role = "source" if name == settings["backbone"] else "pretrained"
        shown.append(Bar(name=f"{name} ({score[k]:.2f})", values=100 * found[k], role=role))
        if name in asked:
            shown.append(Bar(name=f"you: {name}", values=np.array([asked[name]]), role="guess"))
    right = f"{5 * (tau(score, found.mean(1)) + 1):.1f}"
    title = f"Sorted by a score that trains nothing, in brackets: {right} of 10 pairs stand in the right order"
    return bars(shown, f"{job}, read by a probe", "%", title, signed=False)


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """Both probes as they learn."""
    roles = {CHOICE: "source", FAVOURITE: "pretrained"}
    shown = [over_steps(evidence[label], label, role) for label, role in roles.items() if label in evidence]
    if not shown:
        return []
    best = favourite(settings["job"])
    names = f"the score's pick is {best}" if best == settings["backbone"] else f"{settings['backbone']} against {best}"
    return [curves(shown, "steps", (1, 300), title=f"Probes on {settings['job']}: {names}")]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """What the live runs cost, the score against the truth, every backbone at every job, and what size does."""
    shown = (
        [receipt(evidence, [label for label in runs(settings) if label in evidence])]
        if "live score" in evidence
        else []
    )
    if f"found {DIGITS} {UNTRAINED}" in evidence:
        shown += [picture(evidence, settings, guess), against_truth(evidence, settings), matrix(evidence)]
    return [*shown, sizes(evidence), scaling(evidence)]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    found, score = truth(evidence, DIGITS).mean(1), scored(evidence, "LogME", DIGITS).mean(1)
    rows = [
        (f"digits read, backbone {name}", f"{guess[key]} %", percent(found[NAMES.index(name)]))
        for key, name in ASKED.items()
    ]
    right = f"{5 * (tau(score, found) + 1):.1f}"
    return [*rows, ("pairs of backbones that the score orders rightly, of ten", str(guess["pairs"]), right)]


def script(settings: Settings) -> str:
    live = runs(settings)
    run = live.get(CHOICE, live[FAVOURITE])
    assert isinstance(run, Run) and run.start and isinstance(run.task, Glyphs | Handwriting)
    return scripts.shown(
        "lessons.one_backbone.script",
        f"{settings['job']} from the backbone {settings['backbone']}: its score, then a probe",
        JOB=run.task.scripts if isinstance(run.task, Glyphs) else "digits",
        INVERTED=run.task.inverted,
        TURNED=run.task.turn == 90,
        BACKBONE=scripts.weights(run.start),
        **scripts.constants(run),
    )


def share(name: str, label: str, default: int) -> Control:
    help = "Of 1,000 unseen digits, by a probe on frozen features with 10 labels a class."
    return Control(name=name, label=label, options=tuple(range(10, 101, 5)), default=default, help=help, slider=True)


QUESTIONS = (
    Question(
        asks="Two backbones are offered. One knows 92 of 100 of what it was trained on, the other 24. What do you know of "
        "how they will do at your job?",
        options={
            "Take the first: it learned more": "It had the easier lessons. Glyphs that always look alike can be known by heart, with features that know nothing of other hands.",
            "Take the second: harder lessons teach more": "Often, but not by law: wrong labels are the hardest lesson of all, and teach nothing.",
            "Nothing yet: look at their features on your own examples": "Yes. That is what the score does. It reads your labelled examples through each backbone, in milliseconds.",
        },
        right="Nothing yet: look at their features on your own examples",
    ),
    Question(
        asks="For digits the score puts two backbones almost level, with one a little ahead. What is a sensible next step?",
        options={
            "Take the higher score": "It may be the better one. But a difference smaller than that between two draws of labels says little.",
            "Probe these two, and drop the rest": "Yes. The score is for narrowing the field. What is close is decided by training, now for two nets and not for thirteen.",
            "Train all thirteen to be sure": "That is what the score saves you. It is rarely wrong about large differences.",
        },
        right="Probe these two, and drop the rest",
    ),
    Question(
        asks="Doubling the drawings has lowered the loss by the same share each time. You have doubled four times. What "
        "will the fifth doubling most likely do?",
        options={
            "Lower the loss by about that share again": "Yes. That is what a straight line on log axes says, until something else, such as the size of the net, becomes the limit.",
            "Lower it by as many nats as all doublings before": "A power law loses shares, not amounts: every doubling buys less than the one before.",
            "Nothing: four doublings are enough": "Nothing in the line bends yet. It ends somewhere, but the data do not say that it is here.",
        },
        right="Lower the loss by about that share again",
    ),
)

LESSON = Lesson(
    number=6,
    title="One backbone, many jobs",
    covers=("A1", "A4", "T"),
    question="Which pretrained model should I take?",
    controls=(
        Control(
            name="backbone",
            label="Your backbone",
            options=NAMES,
            default="printed",
            help="What it was pretrained on. A quarter and a sixteenth: all scripts, but only so many of the drawings.",
        ),
        Control(
            name="job",
            label="The job",
            options=tuple(JOBS),
            default=DIGITS,
            help="What its features are then used for, with 10 labels a class, 5 for the letters.",
        ),
    ),
    prediction=Prediction(
        asks="How many unseen digits will be read with the features of each of these?",
        sliders=(
            share("latin", "Pretrained on Latin letters in many hands", 50),
            share("printed", "On all scripts, but every glyph always printed alike", 50),
            share("wrong", "On all scripts, with wrong labels", 50),
            Control(
                name="pairs",
                label="Of ten pairs of backbones, a score without training orders how many rightly?",
                options=tuple(range(0, 11)),
                default=5,
                help="Five is what tossing a coin would do.",
                slider=True,
            ),
        ),
        hidden="found",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
