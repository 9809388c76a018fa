"""What an accuracy costs, and after how many tasks a backbone is paid. Costs are in seconds of computing.

Labels have a price in the same unit, because only the ratio of the two prices matters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lessons.kit.model.values import Results
from lessons.kit.results.evidence import reached

CLASSES = 10
STANDARD = 1e-3  # learning rate of the runs in equal steps


@dataclass(frozen=True, kw_only=True)
class Way:
    """One stored run as a way to an accuracy: what it takes until the mean over its seeds is there."""

    rate: float  # learning rate
    labels: int  # a class
    steps: float
    operations: float  # of one net

    def cost(self, price: float, speed: float) -> float:
        """Seconds of computing for one task, where a label costs `price` of them and a second is `speed` operations."""
        return self.operations / speed + CLASSES * self.labels * price


@dataclass(frozen=True, kw_only=True)
class Learning:
    """A run's table as arrays, quick enough to be resampled."""

    rate: float
    labels: int
    steps: np.ndarray  # (points,)
    operations: np.ndarray  # (points,)
    accuracy: np.ndarray  # (points, seeds)

    def way(self, goal: float, seeds: np.ndarray | slice = slice(None)) -> Way | None:
        """None if it never gets there."""
        steps = reached(self.steps, self.accuracy[:, seeds].mean(1), goal)
        if math.isinf(steps):
            return None
        operations = float(np.interp(steps, self.steps, self.operations))
        return Way(rate=self.rate, labels=self.labels, steps=steps, operations=operations)


def learning(table: pd.DataFrame, labels: int, rate: float) -> Learning:
    wide = table.pivot(index="step", columns="seed", values="accuracy")
    paid = table.groupby("step").flops.first().to_numpy()
    return Learning(rate=rate, labels=labels, steps=wide.index.to_numpy(), operations=paid, accuracy=wide.to_numpy())


def break_even(once: float, ours: float, theirs: float) -> float:
    """Tasks after which what was paid once has been saved; inf if nothing is saved."""
    return once / (theirs - ours) if theirs > ours else math.inf


@dataclass(frozen=True)
class Books:
    """All that is known of both sides, and what the backbone cost."""

    ours: list[Learning]
    theirs: list[Learning]
    once: float  # seconds that the backbone took
    speed: float  # operations a second of it

    def ways(self, goal: int, draw: np.ndarray | slice = slice(None)) -> tuple[list[Way], list[Way]]:
        """All ways of each side to an accuracy in percent."""
        ours, theirs = (
            [way for run in side if (way := run.way(goal / 100, draw))] for side in (self.ours, self.theirs)
        )
        assert ours and theirs, f"no run of a side reaches {goal} %"
        return ours, theirs

    def cheapest(self, ways: tuple[list[Way], list[Way]], price: float) -> tuple[Way, Way]:
        """The cheapest way of each side: labels or steps, whichever costs less at this price of a label."""
        ours, theirs = (min(side, key=lambda way: way.cost(price, self.speed)) for side in ways)
        return ours, theirs

    def tasks(self, ways: tuple[list[Way], list[Way]], price: float) -> float:
        """Tasks until pretraining is paid."""
        ours, theirs = self.cheapest(ways, price)
        return break_even(self.once, ours.cost(price, self.speed), theirs.cost(price, self.speed))


def books(evidence: Results) -> Books:
    """What a lesson's evidence says: sides in equal steps, scratch also to its best, and the backbone's own bill."""
    paid = evidence.table("backbone").iloc[-1]
    equal = (evidence.tables(side).items() for side in ("pretrained", "scratch"))
    ours, theirs = ([learning(table, n, STANDARD) for n, table in tables] for tables in equal)
    theirs += [learning(table, n, rate) for (n, rate), table in evidence.tables("scratch best").items()]
    return Books(ours, theirs, float(paid.seconds), float(paid.flops / paid.seconds))
