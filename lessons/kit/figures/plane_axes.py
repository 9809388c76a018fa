"""Makes the two axes of a plane in the units of the measured values. The net sees these values rescaled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

WANTED = 4  # the approximate number of ticks on an axis


@dataclass(frozen=True)
class PlaneAxis:
    """Holds the name of an axis, and the positions of its numbers in the coordinates of the plane."""

    name: str
    ticks: tuple[tuple[float, str], ...]


def plane_axis(name: str, values: Sequence[float], reach: float) -> PlaneAxis:
    """Returns the axis for these values. The smallest value is at -reach and the largest at reach."""
    low, high = min(values), max(values)
    step = round_step((high - low) / WANTED)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = []
    for k in range(first, last + 1):
        text = f"{k * step:.{digits}f}" if digits < 7 and high < 1e9 and low > -1e9 else f"{k * step:g}"
        ticks.append((reach * (2 * (k * step - low) / (high - low) - 1), text.replace("-", "\u2212")))
    return PlaneAxis(name, tuple(ticks))


def axes_spec(axes: tuple[PlaneAxis, PlaneAxis] | None) -> dict[str, Any]:
    """Returns the axes in the form that the browser reads."""
    return {"axes": [{"name": axis.name, "ticks": list(axis.ticks)} for axis in axes]} if axes else {}


def round_step(size: float) -> float:
    """Returns the smallest number that is 1, 2 or 5 times a power of ten and is not below `size`."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size * (1 - 1e-9))


def bounding_square(xy: np.ndarray | None) -> list[float]:
    """Returns left, right, bottom and top of a square with a margin that contains every point of every frame. A
    square keeps distances comparable. The shape of `xy` is (frames, points, 2)."""
    assert xy is not None
    low, high = xy.min((0, 1)), xy.max((0, 1))
    middle, half = (low + high) / 2, max(float((high - low).max()) * 0.54, 1e-6)
    return [float(v) for v in (middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half)]
