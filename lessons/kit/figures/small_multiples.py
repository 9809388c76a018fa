"""Draws several small charts of one kind in one picture, in two columns. All have the same axes, so that they can be
compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import ROLES, Figure, Ground, Pane
from lessons.kit.figures.curves import Curve, Mark, alt_text, curve_series, mark_series
from lessons.kit.model.cache_by_identity import Same, cache_by_identity

LEFT, TOP, WIDE, HIGH, ACROSS, DOWN = 0.11, 0.1, 0.355, 0.31, 0.49, 0.47  # shares of the chart


@dataclass(frozen=True, kw_only=True)
class Small:
    """Holds one of the small charts."""

    title: str
    shown: Sequence[Curve]
    marks: Sequence[Mark] = ()
    gap: bool = False  # whether the area between its first two curves is shaded


def small_multiples(
    charts: Sequence[Small],
    x: str,
    span: tuple[float, float],
    at: Sequence[float],
    y: str = "Accuracy",
    title: str = "",
) -> Figure:
    """Draws shares against x on a logarithmic axis over `span`, with numbers at the positions in `at`. There are at
    most four charts, row by row."""
    places = [pane(k) for k in range(len(charts))]
    series: list[dict[str, Any]] = []
    for k, chart in enumerate(charts):
        axes = {"xAxisIndex": k, "yAxisIndex": k}
        mine = [one for curve in chart.shown for one in curve_series(replace(curve, named=False))]
        mine += shaded(chart) if chart.gap and len(chart.shown) > 1 else []
        mine += [mark_series(mark, number) for number, mark in enumerate(chart.marks)]
        series += [one | axes | {"id": f"{k} {one['id']}"} | stacked(one, k) for one in mine]
    numbers = {"customValues": list(at)}
    option = {
        "animation": False,
        "tooltip": {"trigger": "axis", "valueFormatter": "%.1f %%", "confine": True},
        "title": [
            {"text": chart.title, "left": percents(left), "top": percents(top - 0.075), "textStyle": {"fontSize": 13}}
            for chart, (left, top, _, _) in zip(charts, places)
        ],
        "grid": [
            {"left": percents(a), "top": percents(b), "width": percents(c), "height": percents(d)}
            | {"containLabel": False, "outerBoundsMode": "none"}
            for a, b, c, d in places
        ],
        "xAxis": [
            {"type": "log", "gridIndex": k, "min": span[0], "max": span[1], "splitLine": {"show": False}}
            | {"axisLabel": numbers, "axisTick": numbers}
            | ({"name": x, "nameLocation": "middle", "nameGap": 26} if k >= len(charts) - 2 else {})
            for k in range(len(charts))
        ],
        "yAxis": [
            {"type": "value", "gridIndex": k, "min": 0, "max": 100, "interval": 50}
            | {"axisLabel": {"formatter": "{value} %"}}
            for k in range(len(charts))
        ],
        "series": series,
    }
    alt = " ".join(f"{chart.title}: {alt_text(chart.shown, x, chart.marks, y)}" for chart in charts)
    ground = Ground(x=span, y=(0, 100), log=(True, False), panes=tuple(places))
    return Figure(kind="chart", spec=option, alt=alt, title=title, ground=ground)


def pane(k: int) -> Pane:
    return round(LEFT + ACROSS * (k % 2), 3), round(TOP + DOWN * (k // 2), 3), WIDE, HIGH


def percents(share: float) -> str:
    return f"{100 * share:.1f}%"


def stacked(series: dict[str, Any], k: int) -> dict[str, Any]:
    """Returns a stack name for each chart, because bands of different charts must not be stacked, even if they have
    the same name."""
    return {"stack": f"{k} {series['stack']}"} if "stack" in series else {}


def shaded(chart: Small) -> list[dict[str, Any]]:
    """Returns the shaded area between the first two curves, at the x that both have."""
    one, other = chart.shown[:2]
    return between(one.table, Same(other.table))


@cache_by_identity(128)
def between(table: pd.DataFrame, beside: Same) -> list[dict[str, Any]]:
    """Returns the area between the means of two tables."""
    x, mine, theirs = np.intersect1d(table.x, beside.value.x, return_indices=True)
    one, other = table["mean"].to_numpy()[mine], beside.value["mean"].to_numpy()[theirs]
    low, span = (np.column_stack([x, 100 * y]).tolist() for y in (np.minimum(one, other), abs(one - other)))
    unseen = {"type": "line", "symbol": "none", "silent": True, "tooltip": {"show": False}, "stack": "gap"}
    unseen |= {"lineStyle": {"opacity": 0}}
    area = {"areaStyle": {"color": ROLES["guess"][0], "opacity": 0.16}}
    return [
        unseen | {"id": "gap low", "data": low},
        unseen | area | {"id": "gap", "data": span},
    ]
