"""Draws curves with bands over seeds, and with labels at their ends. All pictures of accuracy against something use
it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from lessons.kit.figures import ROLES, Figure, Ground, percent
from lessons.kit.figures.end_labels import spread_end_labels
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.model.values import side_name
from lessons.kit.results.evidence import band


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Holds one curve. Its table has x, mean, low and high (accuracies in [0, 1]), and its role determines its look."""

    table: pd.DataFrame
    name: str
    role: str
    named: bool = True  # whether its name is shown at its end
    crest: bool = False  # whether its name is shown at the highest point instead
    tag: tuple[float, str] | None = None  # or the x at which its name is shown instead, and the side of the point


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Holds a straight line between two points of the picture with a word on it, such as a bracket or a mark of the
    learner."""

    start: tuple[float, float]  # (x, accuracy)
    end: tuple[float, float]
    says: str
    role: str = "note"
    place: str = "insideMiddleBottom"  # the position of the word along the line, in the terms of ECharts


def curves(
    shown: Sequence[Curve],
    x: str,
    span: tuple[float, float],
    marks: Sequence[Mark] = (),
    title: str = "",
    height: int = 380,
    y: str = "Accuracy",
    log: bool = True,
    share: tuple[float, float] = (0, 1),
    at: Sequence[float] = (),
) -> Figure:
    """Draws accuracy, or another share `y` within the range `share`, against `x`.

    The x-axis covers `span`, and is logarithmic or linear. On a logarithmic axis, `at` holds the positions of the
    numbers.
    """
    shown = [after_zero(curve) for curve in shown] if log else shown
    series = [one for curve in shown for one in curve_series(curve)]
    series += [mark_series(mark, k) for k, mark in enumerate(marks)]
    ground = Ground(x=span, y=(100 * share[0], 100 * share[1]), log=(log, False))
    spread_end_labels(series, ground)
    option = {
        "animation": False,
        "grid": ground.grid,
        "tooltip": {"trigger": "axis", "valueFormatter": "%.1f %%", "confine": True},
        "xAxis": {
            "type": "log" if log else "value",
            "name": x,
            "nameLocation": "middle",
            "nameGap": 28,
            "min": span[0],
            "max": span[1],
            "splitLine": {"show": False},
            **(
                {key: {"customValues": list(at) or ticks(span)} for key in ("axisLabel", "axisTick")}
                if log
                else linear(shown)
            ),
        },
        "yAxis": {
            "type": "value",
            "min": ground.y[0],
            "max": ground.y[1],
            "axisLabel": {"formatter": "{value} %"},
        },
        "series": series,
    }
    return Figure(
        kind="chart", spec=option, alt=alt_text(shown, x, marks, y), title=title, height=height, ground=ground
    )


def after_zero(curve: Curve) -> Curve:
    """Returns the curve without the points at or below zero, which a logarithmic axis cannot show."""
    return replace(curve, table=curve.table[curve.table.x > 0])


def ticks(span: tuple[float, float]) -> list[float]:
    """Returns the numbers for a logarithmic axis: 1, 2, 5, 10, ... if there is room, powers of ten on a long axis,
    and every number on a short one."""
    reach = span[1] / span[0]
    steps = tuple(range(1, 10)) if reach <= 6 else (1, 2, 5) if reach <= 100 else (1,)
    return [k * 10**power for power in range(-6, 10) for k in steps if span[0] <= k * 10**power <= span[1]]


def linear(shown: Sequence[Curve]) -> dict[str, int]:
    """Returns the tick settings for a linear axis. If all x are whole numbers, there are no ticks between whole
    numbers."""
    return {"minInterval": 1} if all((curve.table.x % 1 == 0).all() for curve in shown) else {}


@cache_by_identity(512)
def over_steps(table: pd.DataFrame, name: str, role: str) -> Curve:
    """Returns the accuracy of a run against steps."""
    return Curve(table=band(table).rename(columns={"step": "x"}), name=name, role=role)


def race(tables: Mapping[str, pd.DataFrame], steps: int, title: str = "") -> Figure:
    """Draws accuracy against steps for runs in progress. The keys of `tables` are the roles."""
    return curves(
        [over_steps(table, side_name(role), role) for role, table in tables.items()],
        "training steps",
        (1, steps),
        title=title,
    )


def curve_series(curve: Curve) -> list[dict[str, Any]]:
    """Returns the band as two stacked lines, of which the lower one is invisible, and the mean above them."""
    colour, dash, symbol = ROLES[curve.role]
    table, (low, span, mean) = curve.table, band_edges(curve.table)
    hidden = {"type": "line", "symbol": "none", "lineStyle": {"opacity": 0}, "silent": True, "tooltip": {"show": False}}
    band = [
        hidden | {"id": f"{curve.name} low", "stack": curve.name, "data": low},
        hidden
        | {
            "id": f"{curve.name} band",
            "stack": curve.name,
            "data": span,
            "areaStyle": {"color": colour, "opacity": 0.18},
        },
    ]
    line = {
        "type": "line",
        "id": curve.name,
        "name": curve.name,
        "data": mean,
        "symbol": symbol,
        "symbolSize": 7,
        "color": colour,
        "lineStyle": {"type": dash, "width": 2.5},
        "endLabel": {"show": curve.named, "formatter": "{a}", "color": colour, "fontWeight": "bold", "distance": 6},
        "z": 3,
    }
    if curve.crest:
        line |= named_at(curve, colour, table.loc[table["mean"].idxmax()], "top")
    elif curve.tag:
        line |= named_at(curve, colour, table.loc[(table.x - curve.tag[0]).abs().idxmin()], curve.tag[1])
    return (band if any(width for _, width in span) else []) + [line]


@cache_by_identity(512)
def band_edges(table: pd.DataFrame) -> tuple[list[list[float]], ...]:
    """Returns the lower edge of the band, its width, and the mean for each point of a curve, in percent."""
    low, high, mean = (100 * table[name].to_numpy() for name in ("low", "high", "mean"))
    x = table.x.tolist()
    return tuple(points(x, y.tolist()) for y in (low, high - low, mean))


def named_at(curve: Curve, colour: str, point: pd.Series, side: str) -> dict[str, Any]:
    """Returns the options that show the name of a curve beside one of its points, instead of at its end."""
    label = {"show": True, "formatter": curve.name, "color": colour, "fontWeight": "bold", "position": side}
    label["distance"] = 8
    at = {"coord": [float(point.x), 100 * float(point["mean"])]}
    named = {"symbol": "circle", "symbolSize": 1, "label": label, "data": [at]}
    return {"endLabel": {"show": False}, "markPoint": named}


def points(x: Sequence[float], y: Sequence[float]) -> list[list[float]]:
    """Returns pairs of rounded numbers, which keeps the spec small."""
    return [[float(f"{a:.6g}"), round(b, 3)] for a, b in zip(x, y)]


def mark_series(mark: Mark, number: int) -> dict[str, Any]:
    """Returns the mark as a line without points, with its word at the middle."""
    colour = ROLES[mark.role][0]
    ends = [{"coord": [x, 100 * accuracy]} for x, accuracy in (mark.start, mark.end)]
    return {
        "type": "line",
        "id": f"mark {number}",
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": ["none", "none"] if mark.start[0] == mark.end[0] else ["none", "arrow"],
            "lineStyle": {"type": ROLES[mark.role][1], "width": 2, "color": colour},
            "label": {"formatter": mark.says, "position": mark.place, "fontWeight": "bold", "color": colour},
            "data": [ends],
        },
    }


def alt_text(shown: Sequence[Curve], x: str, marks: Sequence[Mark], y: str) -> str:
    """Describes the picture in words: the start, the middle and the end of each curve, and the words of the marks."""
    parts = []
    for curve in shown:
        if len(curve.table):
            parts.append(f"{curve.name}: {stops(curve.table)}")
    parts += [f"marked at {mark.start[0]:g}: {mark.says}" for mark in marks]
    return f"{y} against {x}. " + "; ".join(parts) + "."


@cache_by_identity(512)
def stops(table: pd.DataFrame) -> str:
    """Describes the start, the middle and the end of a curve."""
    x, mean = table.x.to_numpy(), table["mean"].to_numpy()
    return ", ".join(f"{percent(mean[k])} at {x[k]:g}" for k in sorted({0, len(x) // 2, len(x) - 1}))
