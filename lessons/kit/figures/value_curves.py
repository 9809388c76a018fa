"""Draws curves of values that are not shares, such as losses, costs or counts. Both axes can be logarithmic or
linear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lessons.kit.figures import Figure, Ground
from lessons.kit.figures.curves import Curve, Mark, curves, ticks
from lessons.kit.figures.end_labels import spread_end_labels
from lessons.kit.figures.scatter import Axis


def value_curves(shown: Sequence[Curve], x: Axis, y: Axis, marks: Sequence[Mark] = (), title: str = "") -> Figure:
    """Draws the curves in the unit of the y-axis. Both axes must have fixed ends."""
    assert x.low is not None and x.high is not None and y.low is not None and y.high is not None
    # The function for shares multiplies them by a hundred.
    scaled = [replace(curve, table=curve.table.assign(**curve.table[COLUMNS] / 100)) for curve in shown]
    low = [
        replace(mark, start=(mark.start[0], mark.start[1] / 100), end=(mark.end[0], mark.end[1] / 100))
        for mark in marks
    ]
    figure = curves(scaled, x.name, (x.low, x.high), low, title, log=x.log)
    marked = ticks((y.low, y.high)) if y.log else [y.high]
    wide = max(len(f"{tick:,g}") for tick in marked)  # the number of characters of the widest number beside the axis
    gap = 16 + 7 * wide  # pixels between the axis and its name
    ground = Ground(x=(x.low, x.high), y=(y.low, y.high), log=(x.log, y.log), left=gap + 14)
    spread_end_labels(figure.spec["series"], ground)
    kind = "log" if y.log else "value"
    axis: dict[str, object] = {"type": kind, "name": y.name, "nameLocation": "middle", "nameGap": gap}
    axis |= {"min": y.low, "max": y.high}
    if y.log:
        axis |= {name: {"customValues": marked} for name in ("axisLabel", "axisTick")}
    tooltip = {"trigger": "axis", "confine": True}
    spec = figure.spec | {"grid": ground.grid, "yAxis": axis, "tooltip": tooltip}
    return replace(figure, spec=spec, alt=alt_text(shown, x, y, marks), ground=ground)


COLUMNS = ["mean", "low", "high"]


def alt_text(shown: Sequence[Curve], x: Axis, y: Axis, marks: Sequence[Mark]) -> str:
    """Describes the picture in words: the start and the end of each curve, and the words of the marks."""
    parts = []
    for curve in shown:
        first, last = curve.table.iloc[0], curve.table.iloc[-1]
        stops = (f"{row['mean']:{y.form}} at {row.x:{x.form}}" for row in (first, last))
        parts.append(f"{curve.name}: " + ", ".join(stops))
    parts += [f"marked at {mark.start[0]:{x.form}}: {mark.says}" for mark in marks]
    return f"{y.name} against {x.name}. " + "; ".join(parts) + "."
