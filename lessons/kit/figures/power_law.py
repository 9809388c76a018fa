"""Draws a loss against the amount of training data on two logarithmic axes, with the straight line that fits it
best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.results.evidence import band_by_x, fit_power_law, without_band


def power_law(
    amounts: Sequence[float],
    loss: np.ndarray,
    x: Axis,
    y: Axis,
    marks: Sequence[Mark] = (),
    title: str = "",
    more: Sequence[Curve] = (),
) -> Figure:
    """Draws the loss, which has the shape (amounts, seeds), with the curves in `more` beside it."""
    exponent, start, _ = fit_power_law(amounts, loss.mean(1))
    measured = band_by_x(dict(zip(amounts, loss)))
    straight = pd.DataFrame({"x": measured.x, "mean": start * np.array(amounts, float) ** -exponent})
    shown = [
        Curve(table=without_band(straight), name="a power law", role="note"),
        Curve(table=measured, name="measured", role="source"),
    ]
    return value_curves([*shown, *more], x, y, marks, title)
