"""Writes one sentence that says whether pretraining helped on a dataset, by how much, in which interval, and why.

The nets of the two sides are pairs, because both nets of a pair learned from the same labels. The interval is the
interval of the mean difference over pairs, from Student's t distribution, which is valid even for two pairs. This
module does not depend on any page.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Quantiles of Student's t distribution at 97.5 %, for 1 degree of freedom and up.
QUANTILES = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
NORMAL = 1.96  # the quantile for more degrees of freedom
HELPS, SAME, HURTS = "helps", "makes no clear difference", "hurts"


@dataclass(frozen=True)
class Unit:
    """Defines how a score is written."""

    name: str
    digits: int
    better: int  # 1 if a higher score is better, -1 if a lower score is better
    scale: float = 1.0


POINTS = Unit("points", 1, 1, 100.0)  # points of accuracy, in percent
BITS = Unit("bits per character", 2, -1)


@dataclass(frozen=True)
class Verdict:
    """Holds the effect of pretraining, in a unit in which higher is better."""

    gain: float  # the mean over pairs of nets
    low: float  # the lower end of the 95 % interval
    high: float
    pairs: int

    @property
    def word(self) -> str:
        """Returns whether pretraining helps, hurts or makes no clear difference, which depends on whether the
        interval includes 0."""
        return HELPS if self.low > 0 else HURTS if self.high < 0 else SAME


def compare(ours: np.ndarray, theirs: np.ndarray, unit: Unit = POINTS) -> Verdict:
    """Compares the scores of pretrained nets with the scores of nets from scratch. Both have the shape (pairs,), with
    at least one pair."""
    gains = unit.better * unit.scale * (np.asarray(ours, float) - np.asarray(theirs, float))
    count = len(gains)
    mean = float(gains.mean())
    if count < 2:
        return Verdict(mean, -np.inf, np.inf, count)
    quantile = QUANTILES[count - 2] if count - 2 < len(QUANTILES) else NORMAL
    reach = quantile * float(gains.std(ddof=1)) / count**0.5
    return Verdict(mean, mean - reach, mean + reach, count)


def sentence(ours: np.ndarray, theirs: np.ndarray, unit: Unit = POINTS, source: str = "", frozen: bool = False) -> str:
    """Returns one sentence with the effect and its interval, and another sentence with the reason.

    `source` names what the pretrained nets had learned before. `frozen` means that only their heads were trained.
    """
    found = compare(ours, theirs, unit)
    before = f" The pretrained nets had learned {source} before." if source else ""
    if found.pairs < 2:
        return "One pair of nets cannot show whether pretraining helps. Train more nets."
    low, high = (format_value(value, unit) for value in (found.low, found.high))
    within = f"{unit.name} (95 % interval: {low} to {high}, over {found.pairs} pairs of nets)"
    if found.word == SAME:
        return (
            f"**Pretraining makes no clear difference on these data**: {format_value(found.gain, unit)} {within}. "
            "The interval includes zero."
        )
    amount = f"{abs(found.gain):.{unit.digits}f}"
    if found.word == HELPS:
        return f"**Pretraining helps on these data**, by {amount} {within}.{before} That is useful here too."
    why = "the nets need many steps to unlearn it. A net from scratch uses these steps to learn your data."
    if frozen:
        why = "their frozen layers cannot unlearn it."
    return f"**Pretraining hurts on these data**, by {amount} {within}.{before} That does not fit here, and {why}"


def format_value(value: float, unit: Unit) -> str:
    """Writes a number with its sign. Zero has no sign."""
    text = f"{value:+.{unit.digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "\u2212")
