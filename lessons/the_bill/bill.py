"""What an accuracy costs, and after how many tasks a backbone is paid. Costs are in seconds of computing.

Labels have a price in the same unit, because only the ratio of the two prices matters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lessons.kit.evidence import reached

CLASSES = 10


@dataclass(frozen=True, kw_only=True)
class Way:
    """One stored run as a way to an accuracy: what it takes until the mean over its seeds is there."""

    run: str  # its label
    labels: int  # a class
    steps: float
    operations: float  # of one net

    def cost(self, price: float, speed: float) -> float:
        """Seconds of computing for one task, where a label costs `price` of them and a second is `speed` operations."""
        return self.operations / speed + CLASSES * self.labels * price


@dataclass(frozen=True, kw_only=True)
class Learning:
    """A run's table as arrays, quick enough to be resampled."""

    run: str
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
        return Way(run=self.run, labels=self.labels, steps=steps, operations=operations)


def learning(tables: Mapping[str, pd.DataFrame], arm: str) -> list[Learning]:
    """Every run of an arm, whose labels are "arm labels" and perhaps "at rate"."""
    found = []
    for label, table in tables.items():
        if label.startswith(f"{arm} "):
            wide = table.pivot(index="step", columns="seed", values="accuracy")
            paid = table.groupby("step").flops.first().to_numpy()
            labels = int(label.split()[1])
            found.append(
                Learning(
                    run=label, labels=labels, steps=wide.index.to_numpy(), operations=paid, accuracy=wide.to_numpy()
                )
            )
    return found


def break_even(once: float, ours: float, theirs: float) -> float:
    """Tasks after which what was paid once has been saved; inf if nothing is saved."""
    return once / (theirs - ours) if theirs > ours else math.inf
