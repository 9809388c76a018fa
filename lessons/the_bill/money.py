"""Computes the bill of the learner's own case in euros: what pretraining costs, what it saves, and after how many tasks
it has paid for itself.

The factor by which pretraining saves labels is the smallest one that lesson 1 measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from lessons.kit.figures import Figure
from lessons.kit.figures.stacked_bars import Part, stacked_bars
from lessons.kit.model.values import Control, Seeds, Settings
from lessons.kit.results.evidence import load_results
from lessons.kit.results.label_savings import pretrained, scratch_best, worth
from lessons.kit.runs.recipes import FEW, label_runs
from lessons.the_bill.bill import break_even
from lessons.the_bill.claims import task_count
from lessons.the_bill.runs import OTHERS, PAYER, TASKS

CORE_HOUR = 0.05  # euros for an hour of one processor core, which is what our own backbone was trained on
LABEL_PRICES = {"crowd": 0.05, "specialist": 1.0, "doctor": 10.0}  # euros
LABELLERS = {"crowd": "a crowd worker", "specialist": "a specialist", "doctor": "a doctor"}
GPU_HOURS = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000)
LABEL_COUNTS = (100, 1000, 10_000, 100_000, 1_000_000)


def with_commas(numbers: tuple[int, ...]) -> dict[int, str]:
    """Returns large numbers as one reads them, such as "10,000"."""
    return {number: f"{number:,}" for number in numbers}


HOURS = Control(
    name="hours",
    label="Pretraining takes this many GPU-hours",
    options=GPU_HOURS,
    labels=with_commas(GPU_HOURS),
    default=1000,
    help="What it takes to pretrain the backbone once. Large language models take millions of GPU-hours.",
    slider=True,
    changes_runs=False,
)
HOUR_PRICE = Control(
    name="hour_price",
    label="A GPU-hour costs this many euros",
    options=(0.5, 1.0, 2.0, 4.0, 8.0),
    default=2.0,
    help="The price of renting one GPU for an hour.",
    slider=True,
    changes_runs=False,
)
TASK_LABELS = Control(
    name="task_labels",
    label="A task needs this many labels from scratch",
    options=LABEL_COUNTS,
    labels=with_commas(LABEL_COUNTS),
    default=10_000,
    help="How many labelled examples one task needs without pretraining.",
    slider=True,
    changes_runs=False,
)
LABELLER = Control(
    name="labeller",
    label="Who gives the labels?",
    options=tuple(LABEL_PRICES),
    default="crowd",
    labels={
        who: f"{LABELLERS[who]}, {price:g} euro{'s' * (price != 1)} a label" for who, price in LABEL_PRICES.items()
    },
    help="A label costs what the person who gives it is paid for their time.",
    changes_runs=False,
)
TASK_HOURS = Control(
    name="task_hours",
    label="Training for one task takes this many GPU-hours",
    options=(0.1, 1.0, 10.0, 100.0),
    default=1.0,
    help="The same for both sides, which favours training from scratch.",
    slider=True,
    changes_runs=False,
)
CASE = (HOURS, HOUR_PRICE, TASK_LABELS, LABELLER, TASK_HOURS)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Holds the costs of the learner's own case, in euros."""

    once: float  # pretraining
    computing: float  # training for one task
    labels_pretrained: float  # the labels of one task
    labels_scratch: float

    @property
    def tasks(self) -> float:
        """Returns after how many tasks pretraining has paid for itself."""
        return break_even(self.once, self.labels_pretrained, self.labels_scratch)


@cache
def label_factor() -> float:
    """Returns the smallest factor by which pretraining saves labels in lesson 1, over all numbers of labels."""
    evidence = load_results(label_runs(Seeds()))
    ours, theirs = pretrained(evidence), scratch_best(evidence)
    return min(worth(float(ours[labels].mean()), labels, theirs) for labels in FEW)


def case(settings: Settings, factor: float) -> Case:
    """Returns the costs of the learner's own case. With pretraining a task needs fewer labels by the `factor`."""
    hour = settings[HOUR_PRICE]
    labels = settings[TASK_LABELS] * LABEL_PRICES[settings[LABELLER]]
    return Case(
        once=0.0 if settings[PAYER] == OTHERS else settings[HOURS] * hour,
        computing=settings[TASK_HOURS] * hour,
        labels_pretrained=labels / factor,
        labels_scratch=labels,
    )


def in_money(settings: Settings) -> Figure:
    """Draws the bill of the learner's own case as two towers, with one sentence to take to a meeting."""
    mine, count = case(settings, label_factor()), settings[TASKS]
    bars = []
    for name, role, once, labels in (
        ("pretrained", "pretrained", mine.once, mine.labels_pretrained),
        ("from scratch", "scratch", 0.0, mine.labels_scratch),
    ):
        parts = [Part(name="pretraining", amount=once, role="source")] if once else []
        parts.append(Part(name="labels", amount=count * labels, role=role))
        parts.append(Part(name="computing", amount=count * mine.computing, role=role, pale=True))
        bars.append((name, parts))
    high = 1.15 * max(sum(part.amount for part in parts) for _, parts in bars)
    return stacked_bars(bars, high, "euros", sentence(mine, count), ",.0f")


def sentence(mine: Case, count: int) -> str:
    """Returns the sentence to take to a meeting."""
    saved = count * (mine.labels_scratch - mine.labels_pretrained) - mine.once
    tasks = "1 task" if count == 1 else f"{count:,} tasks"
    when = "with the first task" if mine.tasks <= 1 else f"after {task_count(mine.tasks)} tasks"
    if math.isinf(mine.tasks):
        when = "never"
    total = f"it saves {saved:,.0f} euros" if saved >= 0 else f"it costs {-saved:,.0f} euros more than it saves"
    return f"Pretraining pays for itself {when}. Over {tasks}, {total}."


def pretraining_cents(seconds: float) -> float:
    """Returns the price in cents of the backbone of this app, which took this many seconds on one processor core."""
    return 100 * seconds / 3600 * CORE_HOUR
