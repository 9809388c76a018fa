"""Lesson 3: what is a label worth? Accuracy against labels on real handwriting, pretrained and from scratch."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.spec import Measure, Run
from core.tasks import Glyphs, Handwriting
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import against
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark, curves, race
from lessons.kit.figures.labels import confronted, guessed, raced, racing
from lessons.kit.figures.ledger import ledger
from lessons.kit.figures.thumbnails import thumbnails
from lessons.kit.recipes import SIZES, STEPS, Seeds, backbone, fine_tuned, live_backbone, scratch
from lessons.label_worth.claims import CLAIMS, FEW, label_runs, pretrained, reaches, scratch_best, scratch_equal, worth

METHODS = {"head first": "lp_ft", "all at once": "full", "head only": "probe"}
SHIPPED, LIVE = "comes with the app", "train one now"
GUESSED = {"at1": 1, "at5": 5, "at20": 20}  # slider -> labels a class


def runs(settings: Settings) -> Values:
    """The race at the chosen labels, on a draw of labels of its own."""
    n, seeds = settings["labels"], Seeds(first=100 * settings["draw"])
    live = settings["backbone"] == LIVE
    start = live_backbone() if live else backbone()
    values: Values = {"glyph backbone": start} if live else {}
    return values | {
        "pretrained": fine_tuned(n, METHODS[settings["method"]], seeds=seeds, start=start),
        "scratch": scratch(n, seeds=seeds),
    }


def backdrop(settings: Settings) -> Values:
    """The whole curves, and what the nets see."""
    values = label_runs(Seeds())
    values |= {f"pretrained {n}": fine_tuned(n, METHODS[settings["method"]]) for n in FEW}
    values["backbone"] = backbone()
    return values | {"examples": Measure(kind="examples", runs=(), tasks=(Glyphs(), Handwriting(labels=2)), count=20)}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    glyphs, digits = evidence["examples"]["pictures"]
    rows = {
        "What one net has already learned to tell apart: letters and signs. Some look like digits; none is one": [
            {"image": one["image"], "alt": "a glyph"} for one in glyphs
        ],
        "What both nets now get: two labelled digits a class": [
            {"image": one["image"], "says": one["truth"], "alt": f"a {one['truth']}"} for one in digits
        ],
    }
    alt = f"{len(glyphs)} drawn glyphs, then {len(digits)} handwritten digits with their labels."
    return thumbnails(rows, alt)


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Accuracy against labels: both bands, the learner's line, the live race as points, the bracket."""
    ours, theirs, equal = pretrained(evidence), scratch_best(evidence), scratch_equal(evidence)
    few = {n: equal[n] for n in SIZES if n <= 100}
    kind = against({n: theirs[n] for n in few})
    shown = [
        Curve(table=against(few), name="scratch", role="scratch"),
        Curve(table=kind.assign(low=kind["mean"], high=kind["mean"]), name="at its best", role="scratch best"),
    ]
    marks = []
    shown += guessed(guess, GUESSED)
    if ours:
        shown += raced(evidence, settings["labels"])
        shown.append(Curve(table=against(ours), name="pretrained", role="pretrained"))
        n = settings["labels"]
        level = float(pd.Series({k: a.mean() for k, a in ours.items()}).reindex(range(1, 51)).interpolate()[n])
        k = worth(level, n, theirs)
        at_least = "" if reaches(level, theirs) else "at least "
        if k > 1.3:
            marks.append(Mark(start=(n, level), end=(min(n * k, 100), level), says=f"worth {at_least}{k:.1f} x labels"))
    return curves(shown, "labels a class", (1, 100), marks, title="Accuracy on 1,000 unseen digits")


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The race, and the backbone if it is trained too."""
    shown = []
    if "glyph backbone" in evidence:
        learned = {"source": evidence["glyph backbone"]}
        shown.append(race(learned, live_backbone().steps, "The backbone learns glyphs: accuracy on unseen drawings"))
    if arms := racing(evidence):
        shown.append(race(arms, STEPS, f"The race, {settings['labels']} labels a class"))
    return shown


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The picture that was predicted, what the race cost, and what goes wrong."""
    shown = [picture(evidence, settings, guess)]
    if len(arms := racing(evidence)) == 2:
        before = evidence["glyph backbone"] if "glyph backbone" in evidence else evidence["backbone"]
        shown.append(ledger(arms, settings["labels"], before))
    if "mistakes" in evidence:
        shown.append(mistakes(evidence["mistakes"]["runs"]))
    return shown


def mistakes(found: list[dict[str, Any]]) -> Figure:
    """The digits that the first net of each arm gets wrong."""
    rows, told = {}, []
    for name, one in zip(("pretrained", "from scratch"), found):
        told.append(f"{name}: {one['wrong']} wrong")
        rows[f"{name}: {one['wrong']} of {one['of']:,} wrong, some of them"] = [
            {
                "image": wrong["image"],
                "says": f"{wrong['truth']} → {wrong['answer']}",
                "alt": f"a {wrong['truth']} read as {wrong['answer']}",
            }
            for wrong in one["pictures"]
        ]
    alt = "Digits that the first net of each arm gets wrong. " + "; ".join(told) + "."
    return thumbnails(rows, alt, title="What they get wrong: the true digit → what the net read")


def after(settings: Settings) -> Values:
    race = runs(settings)
    return {"mistakes": Measure(kind="mistakes", runs=(race["pretrained"], race["scratch"]), count=14)}  # type: ignore[arg-type]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    return confronted(guess, GUESSED, pretrained(evidence), "pretrained, {n} label{s} a class")


def script(settings: Settings) -> str:
    run = runs(settings)["pretrained"]
    assert isinstance(run, Run)
    return scripts.digits(run, f"{settings['labels']} labels a class, pretrained, {settings['method']}")


def share(name: str, n: int, default: int) -> Control:
    return Control(
        name=name,
        label=f"With {n} label{'s' * (n > 1)} a class, in percent",
        options=tuple(range(10, 101, 5)),
        default=default,
        help="The share of unseen digits that the pretrained net reads correctly.",
        slider=True,
    )


QUESTIONS = (
    Question(
        asks="Your pretrained net reads 90 % of digits with 5 labels a class. A colleague's net from scratch gets 90 % too, "
        "with 50. What did pretraining buy?",
        options={
            "45 labels a class that nobody had to write": "Yes: at equal accuracy the difference is labels. That is what the bracket measures.",
            "A better net, which would stay ahead at any number of labels": "Not shown by this. The curves draw closer as labels grow; equal accuracy only compares labels.",
            "Nothing: both read 90 %": "Both read as well, but one of them cost ten times the labelling.",
        },
        right="45 labels a class that nobody had to write",
    ),
    Question(
        asks="With 2 labels a class you fine-tune all weights at once from the first step, and it is hardly better than "
        "scratch. What should you try first?",
        options={
            "Pretrain on more glyphs": "The features are not the weak spot: read out with the head alone they already do far better.",
            "Train only the head first, then everything gently": "Yes. A random head sends large, wrong gradients into good features; let it settle before anything else moves.",
            "Train four times as long": "More steps of the same kind do not bring back features that the first steps shook apart.",
        },
        right="Train only the head first, then everything gently",
    ),
    Question(
        asks="Why does the band get narrower as labels grow?",
        options={
            "With few labels, which ones you happen to draw decides much": "Yes. One untypical 4 is your whole idea of 4. With fifty of each, draws resemble each other.",
            "More labels mean more training steps": "Every run here makes equally many steps, whatever the labels.",
            "Larger numbers vary less": "Accuracy is a share of the same 1,000 digits at every point; its size is not what shrinks the band.",
        },
        right="With few labels, which ones you happen to draw decides much",
    ),
)

LESSON = Lesson(
    number=3,
    title="What is a label worth?",
    covers=("A2", "T"),
    question="How few labels can I get away with?",
    controls=(
        Control(
            name="labels",
            label="Labels a class",
            options=(1, 2, 3, 5, 7, 10, 15, 20, 30, 50),
            default=10,
            help="How many labelled examples of each digit both nets get.",
            slider=True,
        ),
        Control(
            name="method",
            label="How to fine-tune",
            options=tuple(METHODS),
            default="head first",
            help="Head first: the head on frozen features, then everything gently. All at once: every weight from the "
            "first step. Head only: the features stay as they were.",
        ),
        Control(
            name="backbone",
            label="Pretrained net",
            options=(SHIPPED, LIVE),
            default=SHIPPED,
            help="Train one now: watch a backbone learn to tell glyphs apart from nothing, then use that one.",
        ),
    ),
    prediction=Prediction(
        asks="How many unseen digits will the pretrained net read?",
        sliders=(share("at1", 1, 40), share("at5", 5, 60), share("at20", 20, 80)),
        hidden="pretrained",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
