"""Defines the controls of this lesson, and the runs: those of the number of labels, and the cheapest way for each
side."""

from __future__ import annotations

import math
from functools import cache

from core.experiment.spec import Run
from core.experiment.tasks import Handwriting
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide
from lessons.kit.results.evidence import load_results
from lessons.kit.runs.recipes import backbone, fine_tuned, label_runs, scratch
from lessons.the_bill.bill import Books, books

ACCURACIES = (80, 85, 90, 93)  # percent of unseen digits
USUAL = 90
# Seconds of computing for one label.
PRICES = {"nothing": 0.0, "1 ms": 0.001, "10 ms": 0.01, "0.1 s": 0.1, "1 s": 1.0, "10 s": 10.0}
FREE, DEAR = "nothing", "0.1 s"
YOU, OTHERS = "you", "somebody else"
COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # numbers of tasks

TASKS = Control(
    name="tasks",
    label="Number of tasks",
    options=COUNTS,
    default=10,
    help="How many tasks like this one use the same backbone.",
    changes_runs=False,
    slider=True,
)
PRICE = Control(
    name="price",
    label="Price of one label",
    options=tuple(PRICES),
    default=DEAR,
    labels={FREE: "free"},
    help="The price of one label, in seconds of computing on one processor core. A person who needs a few seconds for "
    "a label costs about as much as hours of computing, which is far beyond this scale.",
)
PAYER = Control(
    name="payer",
    label="Who paid for pretraining?",
    options=(YOU, OTHERS),
    default=YOU,
    help="If somebody else has pretrained the backbone and gives it away, it costs you nothing.",
)
ACCURACY = Control(
    name="accuracy",
    label="Accuracy that each net must reach, in percent",
    options=ACCURACIES,
    default=USUAL,
    help="Both nets train until they read this percentage of unseen digits.",
)


def bill_runs(seeds: Seeds) -> Values:
    """Returns the runs for each number of labels, and the backbone with its cost."""
    return [*label_runs(seeds), LabelledRun("backbone", backbone(seeds))]


@cache
def shipped_books() -> Books | None:
    """Returns the books from the results that ship, or None if these are not complete."""
    values = bill_runs(Seeds())
    evidence = load_results(values)
    return books(evidence) if len(evidence) == len(values) else None


def open_books() -> Books:
    """Returns the books for the pictures, which are drawn only if all results are stored."""
    known = shipped_books()
    assert known, "a page stops before its pictures where results are missing"
    return known


def sides(settings: Settings) -> dict[str, Run]:
    """Returns the cheapest run of each side, on its own labels. Scratch has some additional steps."""
    seeds, known = Seeds(first=100 * settings.draw), shipped_books()
    if not known:
        return {"pretrained": fine_tuned(5, seeds=seeds, start=backbone()), "scratch": scratch(50, seeds=seeds)}
    ours, theirs = known.cheapest(known.ways(settings[ACCURACY]), PRICES[settings[PRICE]])
    steps = 50 * math.ceil(1.3 * theirs.steps / 50)
    return {
        "pretrained": fine_tuned(ours.labels, seeds=seeds, start=backbone()),
        "scratch": scratch(theirs.labels, theirs.rate, steps, seeds),
    }


def labels(run: Run) -> int:
    """Returns the number of labels per class."""
    assert isinstance(run.task, Handwriting)
    return run.task.labels


def runs(settings: Settings) -> Runs:
    return [LabelledRun("race", run, side, name=side) for side, run in sides(settings).items()]


def backdrop(settings: Settings) -> Values:
    return hide(bill_runs(Seeds()), "pretrained")
