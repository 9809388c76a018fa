"""Draws the figures of this lesson: accuracy against labels for tweets or products, and the film reader as it
learns."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from lessons.kind_words.claims import pretrained, scratch, untouched
from lessons.kind_words.runs import ABOUT, FEW, LABELS, MANY, SIZES, STEPS, SUBJECTS
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark, curves, race
from lessons.kit.figures.label_curves import compare_with_guess, guess_curves, raced, racing
from lessons.kit.figures.word_weights import word_weights
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.model.wording import count_noun
from lessons.kit.results.evidence import band_by_x
from lessons.kit.results.label_savings import Accuracies


def handle(name: str, labels: int, default: int) -> Control[int]:
    return Control(
        name=name,
        label=f"Accuracy with {labels} labelled tweets per class, in percent",
        options=tuple(range(40, 101, 5)),
        default=default,
        help="The percentage of unseen tweets that the pretrained net judges correctly. Guessing gets half of them "
        "right.",
        slider=True,
    )


# By the number of tweets of each kind.
HANDLES = {FEW: handle("few", FEW, 60), 50: handle("some", 50, 75), MANY: handle("many", MANY, 90)}


LOWEST = 0.4  # the lower end of the axis of accuracy
ZERO = 0.5  # the place of the net before any label, because a logarithmic axis has no zero
NO_LABELS = "no labels"
PRETRAINING = "Pretraining: accuracy on unseen sentences about films"
SENTENCES = {
    "Fine-tuned": "Your sentence, as your fine-tuned net judges it",
    "From scratch": "Your sentence, as your net from scratch judges it",
}
MARKS = tuple(Handle(x=n, y=control, unit=" %") for n, control in HANDLES.items())


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the learner's sentence with the weights of the film reader."""
    if not evidence.has("weighed"):
        title = PRETRAINING
        return race({"source": evidence.table("films")}, STEPS, title)
    return word_weights(
        evidence.answer("weighed")["runs"][0][0], "How kind or unkind each word is to the pretrained net"
    )


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against the number of labels, with both bands, the learner's guess for tweets, and the live race
    as points."""
    about = settings[ABOUT]
    shown = [Curve(table=band_by_x(scratch(evidence, about)), name="from scratch", role="scratch")]
    marks: list[Mark] = []
    if about == SUBJECTS[0]:
        shown += guess_curves(guess, HANDLES)
    if ours := pretrained(evidence, about):
        shown += raced(evidence, settings[LABELS])
        start = untouched(evidence, about)
        shown.append(Curve(table=band_by_x({ZERO: start}), name=NO_LABELS, role="note", tag=(ZERO, "top")))
        shown.append(Curve(table=band_by_x({ZERO: start} | ours), name="pretrained", role="pretrained"))
        if crossed := crossing(ours, scratch(evidence, about)):
            says = f"from scratch is as good with about {crossed[0]:.0f} labels per class"
            marks.append(Mark(start=crossed, end=(crossed[0], 0.95), says=says, place="end"))
    title = f"Accuracy on unseen {ABOUT.label_of(about)}: kind or unkind?"
    return curves(shown, "labels per class", (0.4, MANY), marks, title=title, share=(LOWEST, 1), at=SIZES)


def crossing(ours: Accuracies, theirs: Accuracies) -> tuple[float, float] | None:
    """Returns the number of labels from which a net from scratch is as good, and the accuracy there. It lies on the
    straight lines between the points of the picture. Returns None if the curves do not cross."""
    gaps = {n: float(ours[n].mean() - theirs[n].mean()) for n in sorted(ours)}
    for before, after in pairwise(gaps):
        if gaps[before] > 0 >= gaps[after]:
            share = gaps[before] / (gaps[before] - gaps[after])
            low, high = float(ours[before].mean()), float(ours[after].mean())
            return before * (after / before) ** share, low + share * (high - low)
    return None


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the race, the film reader as it learns, and the learner's sentence with the weights of
    single nets."""
    shown: Views = {}
    if evidence.has("weighed"):
        shown["Your sentence"] = lambda: hook(evidence, settings)
    if evidence.has("yours"):
        for name, (told,) in zip(("Fine-tuned", "From scratch"), evidence.answer("yours")["runs"]):
            shown[name] = partial(word_weights, told, SENTENCES[name])
    if sides := racing(evidence):
        what = ABOUT.label_of(settings[ABOUT])
        title = f"Accuracy on unseen {what}, with {count_noun(settings[LABELS], 'label')} per class"
        shown["The race"] = lambda: race(sides, STEPS, title)
    if evidence.has("source"):
        learned = {"source": evidence.table("source")}
        shown["Pretraining"] = lambda: race(learned, STEPS, PRETRAINING)
    return shown


def verdict(evidence: Results, guess: Guess) -> Verdict:
    ours = pretrained(evidence, SUBJECTS[0])
    return compare_with_guess(guess, HANDLES, ours, "pretrained net with {n} labelled tweet{s} per class")
