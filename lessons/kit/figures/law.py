"""A loss against how much was learned from, both axes logarithmic, with the straight line nearest to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons.kit.evidence import against, power_law
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark
from lessons.kit.figures.dots import Axis
from lessons.kit.figures.lines import lines


def law(
    amounts: Sequence[float],
    loss: np.ndarray,
    x: Axis,
    y: Axis,
    marks: Sequence[Mark] = (),
    title: str = "",
    more: Sequence[Curve] = (),
) -> Figure:
    """loss (amounts, seeds); `more` is drawn beside it."""
    exponent, start, _ = power_law(amounts, loss.mean(1))
    measured = against(dict(zip(amounts, loss)))
    straight = pd.DataFrame({"x": measured.x, "mean": start * np.array(amounts, float) ** -exponent})
    shown = [
        Curve(table=straight.assign(low=straight["mean"], high=straight["mean"]), name="a power law", role="note"),
        Curve(table=measured, name="measured", role="source"),
    ]
    return lines([*shown, *more], x, y, marks, title)
