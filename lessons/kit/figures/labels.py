"""Accuracy against labels: what two lessons draw and say alike, of the race and of the learner's guess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.evidence import against, final
from lessons.kit.figures import percent
from lessons.kit.figures.curves import Curve

ARMS = ("scratch", "pretrained")


def racing(evidence: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The arms of the live race that have begun."""
    return {role: evidence[role] for role in ARMS if role in evidence}


def raced(evidence: Mapping[str, Any], labels: int) -> list[Curve]:
    """Where the arms of the live race have come to, as points."""
    return [
        Curve(table=against({labels: final(table)}), name=f"{role}, this race", role=role, named=False)
        for role, table in racing(evidence).items()
    ]


def guessed(guess: Mapping[str, Any], at: Mapping[str, int]) -> list[Curve]:
    """The learner's line: the slider of each name in percent, at so many labels; none before they have guessed."""
    if not guess:
        return []
    line = pd.DataFrame({"x": list(at.values()), "mean": [guess[name] / 100 for name in at]})
    return [Curve(table=line.assign(low=line["mean"], high=line["mean"]), name="your guess", role="guess")]


def confronted(
    guess: Mapping[str, Any], at: Mapping[str, int], ours: Mapping[int, np.ndarray], what: str
) -> list[tuple[str, str, str]]:
    """What the learner said and what it did, a row a slider; {n} and {s} in `what` are the labels and a plural's s."""
    return [
        (what.format(n=n, s="s" * (n > 1)), f"{guess[name]} %", percent(float(ours[n].mean())))
        for name, n in at.items()
    ]
