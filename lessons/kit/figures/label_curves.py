"""Accuracy against labels: what two lessons draw and say alike, of the race and of the learner's guess."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lessons.kit.figures import percent
from lessons.kit.figures.curves import Curve
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import band_by_x, final


def racing(evidence: Results) -> dict[str, pd.DataFrame]:
    """The sides of the live race that have begun, scratch first."""
    return dict(sorted(evidence.tables("race").items(), reverse=True))


def raced(evidence: Results, labels: int) -> list[Curve]:
    """Where the sides of the live race have come to, as points."""
    return [
        Curve(table=band_by_x({labels: final(table)}), name=f"{side}, this race", role=side, named=False)
        for side, table in racing(evidence).items()
    ]


def handle(name: str, labels: int, default: int, what: str) -> Control[int]:
    """A prediction at so many labels per class: a share in percent."""
    return Control(
        name=name,
        label=f"With {labels} label{'s' * (labels > 1)} per class, in percent",
        options=tuple(range(10, 101, 5)),
        default=default,
        help=what,
        slider=True,
    )


def guess_curves(guess: Settings, handles: Mapping[int, Control[int]]) -> list[Curve]:
    """The learner's line, by labels per class; none before they have guessed."""
    if not guess:
        return []
    line = pd.DataFrame({"x": list(handles), "mean": [guess[handle] / 100 for handle in handles.values()]})
    return [Curve(table=line.assign(low=line["mean"], high=line["mean"]), name="your guess", role="guess")]


def compare_with_guess(
    guess: Settings, handles: Mapping[int, Control[int]], ours: Mapping[int, np.ndarray], what: str
) -> list[tuple[str, str, str]]:
    """What the learner said and what it did, a row a handle; {n} and {s} in `what` are the labels and a plural's s."""
    return [
        (what.format(n=n, s="s" * (n > 1)), f"{guess[handle]} %", percent(float(ours[n].mean())))
        for n, handle in handles.items()
    ]
