"""Says which of two sides is better, by how much, and how sure that is over their nets. Knows no run and no screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lessons.kit.sandbox.results import Shown, shown

BETTER, WORSE, ALIKE, UNSURE = "better", "worse", "alike", "unsure"
# The 97.5 % point of Student's t for 1 to 31 degrees of freedom (Student 1908): 2 to 32 nets.
T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042, 2.040,
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """How much better one side is than another, in the unit of the picture: the mean over nets and its interval."""

    mean: float  # positive: the first side is better
    low: float  # of the 95 % interval
    high: float
    nets: int
    unit: str  # of the amount: "points", "bits a character"

    @property
    def kind(self) -> str:
        """BETTER, WORSE, ALIKE where the interval contains 0, UNSURE where one net says nothing about others."""
        if self.nets < 2:
            return UNSURE
        return BETTER if self.low > 0 else WORSE if self.high < 0 else ALIKE


def difference(mine: pd.DataFrame, other: pd.DataFrame) -> Difference | None:
    """Returns how the last scores of two runs on the same task differ, net by net: nets of the same seed had the same
    labels. None where they are scored in different units, or have no net in common."""
    of, beside = shown(mine, "new"), shown(other, "new")
    if of is None or beside is None or of.column != beside.column:
        return None
    a, b = last_by_seed(mine, of), last_by_seed(other, beside)
    both = a.index.intersection(b.index)
    if not len(both):
        return None
    less = of.scale.unit != "%"  # of bits and errors less is better
    gaps = (b[both] - a[both] if less else a[both] - b[both]).to_numpy(float)
    mean = float(gaps.mean())
    half = T[min(len(gaps) - 1, len(T)) - 1] * float(gaps.std(ddof=1)) / len(gaps) ** 0.5 if len(gaps) > 1 else np.inf
    unit = {"%": "points", "bits": "bits a character"}.get(of.scale.unit, of.scale.unit)
    return Difference(mean, mean - half, mean + half, len(gaps), unit)


def last_by_seed(table: pd.DataFrame, of: Shown) -> pd.Series:
    """Returns the last score of every net, by its seed, in the unit of the picture."""
    last = table[table.step == table.step.max()]
    return of.times * last.set_index("seed")[of.column]


def verdict(found: Difference, mine: str, other: str) -> str:
    """Returns one sentence about two sides, called `mine` and `other`, which is better and by how much."""
    amount = f"{figure(abs(found.mean))} {found.unit}"
    low, high = found.low, found.high
    if found.kind == UNSURE:
        return f"**One net is too few** to say which side is better: train more nets. The gap is {amount}."
    if found.kind == ALIKE:
        return (
            f"**No clear difference** between {mine} and {other}: the gap is {amount}, and the 95 % interval over "
            f"{found.nets} nets, {figure(low)} to {figure(high)}, contains 0."
        )
    first, second = (mine, other) if found.kind == BETTER else (other, mine)
    if found.kind == WORSE:
        low, high = -high, -low
    return (
        f"**{first[0].upper()}{first[1:]} is better than {second}**, by {amount} (95 % interval over {found.nets} "
        f"nets: {figure(low)} to {figure(high)})."
    )


def figure(value: float) -> str:
    """Returns a number with as many digits as its size deserves."""
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}" if round(value, 3) else "0"


def tally(found: Sequence[Difference], mine: str, other: str) -> str:
    """Returns one sentence about many pairs of runs: how often which side is better; nothing without any."""
    kinds = Counter(each.kind for each in found)
    if not found or kinds[UNSURE]:
        return ""
    parts = [(f"{mine} is better", kinds[BETTER]), (f"{other} is better", kinds[WORSE])]
    parts.append(("there is no clear difference", kinds[ALIKE]))
    said = [f"{what} at {count}" for what, count in parts if count]
    said[0] += f" of {len(found)} setting{'s' * (len(found) != 1)}"
    return f"{said[0][0].upper()}{'; '.join(said)[1:]}."
