"""Draws accuracy against the number of labels, with the race and the learner's guess. Two lessons share it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lessons.kit.figures import percent
from lessons.kit.figures.curves import Curve
from lessons.kit.model.values import Control, Results, Settings, side_name
from lessons.kit.results.evidence import band_by_x, final, line_by_x


def racing(evidence: Results) -> dict[str, pd.DataFrame]:
    """Returns the tables of the live race by side, for the sides that have started. Scratch comes first."""
    return dict(sorted(evidence.tables("race").items(), reverse=True))


def raced(evidence: Results, labels: int) -> list[Curve]:
    """Returns the current accuracy of each side of the live race, as points."""
    return [
        Curve(table=band_by_x({labels: final(table)}), name=f"{side_name(side)}, this run", role=side, named=False)
        for side, table in racing(evidence).items()
    ]


def handle(name: str, labels: int, default: int, what: str) -> Control[int]:
    """Returns a control for the learner's prediction at this number of labels per class, as a share in percent."""
    return Control(
        name=name,
        label=f"Accuracy with {labels} label{'s' * (labels > 1)} per class, in percent",
        options=tuple(range(10, 101, 5)),
        default=default,
        help=what,
        slider=True,
    )


def guess_curves(guess: Settings, handles: Mapping[int, Control[int]]) -> list[Curve]:
    """Returns the learner's guess as a curve against labels per class, or no curve if they have not guessed yet."""
    if not guess:
        return []
    line = line_by_x({labels: guess[handle] / 100 for labels, handle in handles.items()})
    return [Curve(table=line, name="your prediction", role="guess")]


def compare_with_guess(
    guess: Settings, handles: Mapping[int, Control[int]], ours: Mapping[int, np.ndarray], what: str
) -> list[tuple[str, str, str]]:
    """Compares the learner's guess with the results, with one row for each handle.

    In `what`, {n} is the number of labels and {s} is the "s" of a plural.
    """
    return [
        (what.format(n=n, s="s" * (n > 1)), f"{guess[handle]} %", percent(float(ours[n].mean())))
        for n, handle in handles.items()
    ]
