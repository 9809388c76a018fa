"""Draws the figures of this lesson: accuracy against labels for tweets or products, and the film reader as it
learns."""

from __future__ import annotations

from functools import partial

from lessons.kind_words.claims import pretrained, scratch
from lessons.kind_words.runs import ABOUT, FEW, LABELS, MANY, SIZES, STEPS, SUBJECTS
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, curves, race
from lessons.kit.figures.label_curves import compare_with_guess, guess_curves, raced, racing
from lessons.kit.figures.word_weights import word_weights
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import band_by_x


def handle(name: str, labels: int, default: int) -> Control[int]:
    return Control(
        name=name,
        label=f"With {labels} labelled tweets of each kind, in percent",
        options=tuple(range(40, 101, 5)),
        default=default,
        help="The share of unseen tweets that the pretrained net judges as people did. Guessing gives 50.",
        slider=True,
    )


# By the number of tweets of each kind.
HANDLES = {FEW: handle("few", FEW, 60), 50: handle("some", 50, 75), MANY: handle("many", MANY, 90)}


MARKS = tuple(Handle(x=n, y=control, unit=" %") for n, control in HANDLES.items())


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the learner's sentence with the weights of the film reader."""
    if not evidence.has("weighed"):
        title = "A bag of words learns to judge films: unseen sentences it gets right"
        return race({"source": evidence.table("films")}, STEPS, title)
    return word_weights(evidence.answer("weighed")["runs"][0][0], "What the film reader makes of each word")


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against the number of labels, with both bands, the learner's guess for tweets, and the live race
    as points."""
    about = settings[ABOUT]
    shown = [Curve(table=band_by_x(scratch(evidence, about)), name="scratch", role="scratch")]
    if about == SUBJECTS[0]:
        shown += guess_curves(guess, HANDLES)
    if ours := pretrained(evidence, about):
        shown += raced(evidence, settings[LABELS])
        shown.append(Curve(table=band_by_x(ours), name="pretrained", role="pretrained"))
    title = f"Kind or unkind? Accuracy on unseen sentences ({about})"
    return curves(shown, "labels of each kind", (1, MANY), title=title, share=(0.4, 1), at=SIZES)


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the race, the film reader as it learns, and the learner's sentence with the weights of
    single nets."""
    shown: Views = {}
    if evidence.has("weighed"):
        shown["Your sentence"] = lambda: hook(evidence, settings)
    if evidence.has("yours"):
        for name, (told,) in zip(("By tweets", "From scratch"), evidence.answer("yours")["runs"]):
            shown[name] = partial(word_weights, told, f"The same sentence: {name.lower()}")
    if sides := racing(evidence):
        title = f"The race, {settings[LABELS]} labels of each kind ({settings[ABOUT]})"
        shown["The race"] = lambda: race(sides, STEPS, title)
    if evidence.has("source"):
        learned = {"source": evidence.table("source")}
        shown["The film reader"] = lambda: race(learned, STEPS, "The film reader learns: accuracy on unseen films")
    return shown


def verdict(evidence: Results, guess: Guess) -> Verdict:
    ours = pretrained(evidence, SUBJECTS[0])
    return compare_with_guess(guess, HANDLES, ours, "pretrained, {n} labelled tweets of each kind")
