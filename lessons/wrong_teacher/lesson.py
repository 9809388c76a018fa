"""Lesson 8: the wrong teacher. Digits after many worlds: which of them help, which harm, and what mends."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.spec import Measure, Run
from core.tasks import Handwriting
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import final
from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import curves, over_steps, race
from lessons.kit.figures.ledger import ledger
from lessons.kit.recipes import STEPS, Seeds, fine_tuned, scratch
from lessons.wrong_teacher.claims import (
    BAD,
    CLAIMS,
    HALF,
    LABELS,
    UPRIGHT,
    WORLDS,
    gap,
    look_runs,
    mended,
    mended_runs,
    scratch_runs,
    taught_runs,
    teacher,
)
from lessons.wrong_teacher.drawn import ABOUT, ABOVE, mending, near_and_far, points, said, worlds_shown

SIZES = (2, 5, 10)
CHOICES = (HALF, "inverted", "blurred", "shuffled", "clothing")
NONE, AGAIN = "straight to digits", "upright glyphs in between"
SECOND = "upright glyphs"  # the run of the second phase


def runs(settings: Settings) -> Values:
    """The race, and before it the second phase if there is one."""
    n, seeds, world = settings["labels"], Seeds(first=100 * settings["draw"]), settings["world"]
    again = settings["second"] == AGAIN
    start = mended(world, Seeds()) if again else teacher(world, Seeds())
    values: Values = {SECOND: start} if again else {}
    return values | {
        "pretrained": fine_tuned(n, seeds=seeds, start=start),
        "scratch": scratch(n, seeds=seeds),
    }


def backdrop(settings: Settings) -> Values:
    """What every world does at the chosen labels; what mends where it was measured; the pictures and their distances."""
    n = settings["labels"]
    values = scratch_runs(n, Seeds()) | scratch_runs(LABELS, Seeds())
    values |= taught_runs(n, Seeds(), ("lp_ft",)) | taught_runs(LABELS, Seeds(), ("lp_ft",))
    values |= mended_runs(LABELS, Seeds())
    values |= {"apart": look_runs(Seeds())["apart"], "teacher": teacher(settings["world"], Seeds())}
    tasks = (Handwriting(labels=1), *WORLDS.values())
    return values | {"examples": Measure(kind="examples", runs=(), tasks=tasks, count=10)}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    return worlds_shown(evidence, {world: ABOUT[world] for world in (HALF, "shuffled", "clothing")})


def revealed(evidence: Evidence) -> bool:
    return f"after {UPRIGHT}, lp_ft {LABELS}" in evidence


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Before the prediction the worlds themselves, with what the learner says of them; then what each did."""
    if not revealed(evidence):
        return worlds_shown(evidence, {world: said(world, guess) for world in CHOICES})
    n = settings["labels"]
    shown = []
    for world in WORLDS:
        shown.append(Bar(name=world, values=gap(evidence, world, labels=n)))
        if world == HALF and guess:
            shown.append(Bar(name="your guess", values=np.array([float(guess["points"])]), role="guess"))
    if len(racing(evidence)) == 2:
        live = 100 * (final(evidence["pretrained"]) - final(evidence["scratch"]))
        shown.append(Bar(name="your race", values=live, role="target"))
    picks = f". You said: {guess['helps']} helps most, {guess['harms']} harms most" if guess else ""
    return bars(shown, ABOVE, title=f"What each world is worth, {n} labels a class{picks}")


def racing(evidence: Evidence) -> Evidence:
    return {role: evidence[role] for role in ("pretrained", "scratch") if role in evidence}


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The second phase if there is one, then the race."""
    shown = []
    if SECOND in evidence:
        steps = mended(settings["world"], Seeds()).steps
        curve = over_steps(evidence[SECOND], "glyphs", "source")
        title = f"The second phase: upright glyphs after {settings['world']}, accuracy on unseen drawings"
        shown.append(curves([curve], "steps", (1, steps), title=title, height=260))
    if arms := racing(evidence):
        shown.append(race(arms, STEPS, f"Digits after {settings['world']}, and from scratch"))
    return shown


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """What it studied beside what it must read; every world's gain; what mends; what distance says; the cost."""
    world, n = settings["world"], settings["labels"]
    shown = [worlds_shown(evidence, {world: ABOUT[world]})]
    if not revealed(evidence):
        return shown
    shown.append(picture(evidence, settings, guess))
    shown.append(mending(evidence, world if world in BAD else "shuffled"))
    shown += [near_and_far(evidence, n, "look"), near_and_far(evidence, n, "distance")]
    if len(arms := racing(evidence)) == 2:
        shown.append(ledger(arms, n, paid(evidence)))
    return shown


def paid(evidence: Evidence) -> pd.DataFrame:
    """What was paid before the race: the first world, and the second phase if there was one."""
    first = evidence["teacher"].iloc[[-1]]
    if SECOND not in evidence:
        return first
    second = evidence[SECOND].iloc[-1]
    return first.assign(flops=first.flops + second.flops, seconds=first.seconds + second.seconds)


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    gaps = {world: float(gap(evidence, world).mean()) for world in CHOICES}
    most, least = max(CHOICES, key=gaps.__getitem__), min(CHOICES, key=gaps.__getitem__)
    return [
        ("helps most", guess["helps"], f"{most}, {points(gaps[most])}"),
        ("harms most", guess["harms"], f"{least}, {points(gaps[least])}"),
        ("what upside-down glyphs are worth", points(guess["points"]), points(gaps[HALF])),
    ]


def script(settings: Settings) -> str:
    run = runs(settings)["pretrained"]
    assert isinstance(run, Run)
    between = ", then upright glyphs" if settings["second"] == AGAIN else ""
    return scripts.digits(run, f"{settings['labels']} labels a class after the world {settings['world']}{between}")


QUESTIONS = (
    Question(
        asks="You need to read handwriting on faded receipts and have few labels. Two backbones are offered: one learned "
        "to sort millions of holiday photos by how bright they are, one to tell small prints of leaves apart. "
        "Which do you try first?",
        options={
            "The photos: there are far more of them": "How much was studied does not say what was learned. Brightness can be told without seeing a single line.",
            "The leaves: to tell them apart takes lines and shapes": "Yes. What was asked decides what the features keep. Then measure it: both are a guess until you do.",
            "Neither: receipts look like none of these": "Looks misled you in this lesson too. A world may look far and share the parts that count.",
        },
        right="The leaves: to tell them apart takes lines and shapes",
    ),
    Question(
        asks="After pretraining on a strange world, your net with the head alone reads fewer digits than one from scratch. "
        "Can you say that this world harms?",
        options={
            "Yes: the features are worse than none": "Frozen features may be poor and still be a fine place to start from. Blurred glyphs are such a case here.",
            "Not yet: let all weights move too, each net trained to its best": "Yes. A fair claim of harm compares the best that can be done with and without the backbone.",
            "No: pretraining cannot make a net worse": "It can. After shuffled pixels every way of fine-tuning that we tried stays below scratch.",
        },
        right="Not yet: let all weights move too, each net trained to its best",
    ),
    Question(
        asks="A meter that compares pictures finds two worlds at no distance at all. Will they be equally good teachers?",
        options={
            "Yes: equal pictures give equal features": "Features come from pictures and from what is asked about them.",
            "No: it does not see what is asked about the pictures": "Yes. Glyphs sorted by ink and glyphs sorted by sign are the same pictures, and here one harms and one helps.",
            "Only if there are enough of them": "More of the same pictures with a useless question teach the useless answer better.",
        },
        right="No: it does not see what is asked about the pictures",
    ),
)


def pick(name: str, label: str, default: str) -> Control:
    return Control(
        name=name, label=label, options=CHOICES, default=default, help="Glyphs are altered; clothing is photos."
    )


LESSON = Lesson(
    number=8,
    title="The wrong teacher",
    covers=("B2",),
    question="Can pretraining make it worse?",
    controls=(
        Control(
            name="world",
            label="What it studied before",
            options=tuple(WORLDS),
            default="shuffled",
            help="The world of its pretraining. All but clothing are the glyphs, shown or labelled in another way.",
        ),
        Control(
            name="labels",
            label="Labels a class",
            options=SIZES,
            default=LABELS,
            help="Labelled digits of each kind that both nets get.",
            slider=True,
        ),
        Control(
            name="second",
            label="And then",
            options=(NONE, AGAIN),
            default=NONE,
            help="A second phase of pretraining, much shorter than the first, in a world near the digits.",
        ),
    ),
    prediction=Prediction(
        asks=f"Pretrained in one of these worlds, then {LABELS} labelled digits of each kind, against a net from scratch:",
        sliders=(
            pick("helps", "Which helps most?", "clothing"),
            pick("harms", "Which harms most?", "inverted"),
            Control(
                name="points",
                label="Upside-down glyphs: how many points above scratch, or below?",
                options=tuple(range(-20, 21, 2)),
                default=0,
                help="In percent of the unseen digits; below zero it is worse than no pretraining.",
                slider=True,
            ),
        ),
        hidden="after",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
