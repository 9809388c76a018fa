"""Computes the cost of an accuracy, and after how many tasks a backbone has paid for itself. Costs are in seconds of
computing.

The price of a label has the same unit, because only the ratio of the two prices matters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lessons.kit.model.values import Results
from lessons.kit.results.evidence import reached

CLASSES = 10
STANDARD = 1e-3  # the learning rate of the runs with equal steps


@dataclass(frozen=True, kw_only=True)
class Way:
    """Holds the cost of reaching an accuracy with one stored run, until the mean over its seeds reaches it."""

    rate: float  # the learning rate
    labels: int  # labels per class
    steps: float
    operations: float  # of one net

    def cost(self, price: float, speed: float) -> float:
        """Returns the cost of one task in seconds of computing. A label costs `price` seconds, and one second has
        `speed` operations."""
        return self.operations / speed + CLASSES * self.labels * price


@dataclass(frozen=True, kw_only=True)
class Learning:
    """Holds the table of a run as arrays, so that it can be resampled quickly."""

    rate: float
    labels: int
    steps: np.ndarray  # (points,)
    operations: np.ndarray  # (points,)
    accuracy: np.ndarray  # (points, seeds)

    def way(self, goal: float, seeds: np.ndarray | slice = slice(None)) -> Way | None:
        """Returns the way to an accuracy, or None if the run never reaches it."""
        steps = reached(self.steps, self.accuracy[:, seeds].mean(1), goal)
        if math.isinf(steps):
            return None
        operations = float(np.interp(steps, self.steps, self.operations))
        return Way(rate=self.rate, labels=self.labels, steps=steps, operations=operations)


def learning(table: pd.DataFrame, labels: int, rate: float) -> Learning:
    """Converts the table of a run to arrays."""
    wide = table.pivot(index="step", columns="seed", values="accuracy")
    paid = table.groupby("step").flops.first().to_numpy()
    return Learning(rate=rate, labels=labels, steps=wide.index.to_numpy(), operations=paid, accuracy=wide.to_numpy())


def break_even(once: float, ours: float, theirs: float) -> float:
    """Returns after how many tasks the cost of the backbone is saved, or inf if nothing is saved."""
    return once / (theirs - ours) if theirs > ours else math.inf


@dataclass(frozen=True)
class Books:
    """Holds all results of both sides, and the cost of the backbone."""

    ours: list[Learning]
    theirs: list[Learning]
    once: float  # seconds of training the backbone
    speed: float  # operations in one second of this training

    def ways(self, goal: int, draw: np.ndarray | slice = slice(None)) -> tuple[list[Way], list[Way]]:
        """Returns all ways of each side to an accuracy in percent."""
        ours, theirs = (
            [way for run in side if (way := run.way(goal / 100, draw))] for side in (self.ours, self.theirs)
        )
        assert ours and theirs, f"no run of a side reaches {goal} %"
        return ours, theirs

    def cheapest(self, ways: tuple[list[Way], list[Way]], price: float) -> tuple[Way, Way]:
        """Returns the cheapest way of each side at this price of a label. It may save labels or steps."""
        ours, theirs = (min(side, key=lambda way: way.cost(price, self.speed)) for side in ways)
        return ours, theirs

    def tasks(self, ways: tuple[list[Way], list[Way]], price: float) -> float:
        """Returns after how many tasks pretraining has paid for itself."""
        ours, theirs = self.cheapest(ways, price)
        return break_even(self.once, ours.cost(price, self.speed), theirs.cost(price, self.speed))


def books(evidence: Results) -> Books:
    """Returns the books from the evidence of a lesson: both sides with equal steps, scratch trained to its best, and
    the cost of the backbone."""
    paid = evidence.table("backbone").iloc[-1]
    equal = (evidence.tables(side).items() for side in ("pretrained", "scratch"))
    ours, theirs = ([learning(table, n, STANDARD) for n, table in tables] for tables in equal)
    theirs += [learning(table, n, rate) for (n, rate), table in evidence.tables("scratch best").items()]
    return Books(ours, theirs, float(paid.seconds), float(paid.flops / paid.seconds))
