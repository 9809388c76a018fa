"""Curves with bands over seeds, labelled where they end. The one picture of accuracy against anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from lessons.kit.figures import ROLES, Figure, Ground, percent
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.results.evidence import band


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One curve: a table with x, mean, low, high (accuracies in [0, 1]) and the role that gives it its look."""

    table: pd.DataFrame
    name: str
    role: str
    named: bool = True  # whether its name stands at its end
    crest: bool = False  # whether it stands at the curve's highest point instead
    tag: tuple[float, str] | None = None  # or at which x it stands instead, and on which side of the point


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A straight line between two points of the picture, with a word on it: a bracket, a learner's mark."""

    start: tuple[float, float]  # x, accuracy
    end: tuple[float, float]
    says: str
    role: str = "note"
    place: str = "insideMiddleBottom"  # of the word along the line, as ECharts calls it


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
    """Accuracy, or another share `y` within `share`, against `x` on an axis over `span`, log or linear; on a log axis
    `at` says where numbers stand."""
    shown = [after_zero(curve) for curve in shown] if log else shown
    series = [one for curve in shown for one in curve_series(curve)]
    series += [mark_series(mark, k) for k, mark in enumerate(marks)]
    ground = Ground(x=span, y=(100 * share[0], 100 * share[1]), log=(log, False))
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
    """The curve without its points at or below zero, which no log axis shows."""
    return replace(curve, table=curve.table[curve.table.x > 0])


def ticks(span: tuple[float, float]) -> list[float]:
    """1, 2, 5, 10, ... where there is room for them, else powers of ten; on a short axis every number."""
    reach = span[1] / span[0]
    steps = tuple(range(1, 10)) if reach <= 6 else (1, 2, 5) if reach <= 100 else (1,)
    return [k * 10**power for power in range(-6, 10) for k in steps if span[0] <= k * 10**power <= span[1]]


def linear(shown: Sequence[Curve]) -> dict[str, int]:
    """A linear axis has no tick between whole numbers where only these can be."""
    return {"minInterval": 1} if all((curve.table.x % 1 == 0).all() for curve in shown) else {}


@cache_by_identity(512)
def over_steps(table: pd.DataFrame, name: str, role: str) -> Curve:
    """A run's accuracy against steps."""
    return Curve(table=band(table).rename(columns={"step": "x"}), name=name, role=role)


def race(tables: Mapping[str, pd.DataFrame], steps: int, title: str = "") -> Figure:
    """Accuracy against steps of runs in progress; a table's label is its role."""
    return curves([over_steps(table, role, role) for role, table in tables.items()], "steps", (1, steps), title=title)


def curve_series(curve: Curve) -> list[dict[str, Any]]:
    """The band as two stacked lines, the lower one unseen, and the mean above them."""
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
        "labelLayout": {"moveOverlap": "shiftY"},
        "z": 3,
    }
    if curve.crest:
        line |= named_at(curve, colour, table.loc[table["mean"].idxmax()], "top")
    elif curve.tag:
        line |= named_at(curve, colour, table.loc[(table.x - curve.tag[0]).abs().idxmin()], curve.tag[1])
    return (band if any(width for _, width in span) else []) + [line]


@cache_by_identity(512)
def band_edges(table: pd.DataFrame) -> tuple[list[list[float]], ...]:
    """Of a curve's points the lower edge of the band, its width and the mean, in percent."""
    low, high, mean = (100 * table[name].to_numpy() for name in ("low", "high", "mean"))
    x = table.x.tolist()
    return tuple(points(x, y.tolist()) for y in (low, high - low, mean))


def named_at(curve: Curve, colour: str, point: pd.Series, side: str) -> dict[str, Any]:
    """A curve's name beside one of its points, instead of at its end."""
    label = {"show": True, "formatter": curve.name, "color": colour, "fontWeight": "bold", "position": side}
    label["distance"] = 8
    at = {"coord": [float(point.x), 100 * float(point["mean"])]}
    named = {"symbol": "circle", "symbolSize": 1, "label": label, "data": [at]}
    return {"endLabel": {"show": False}, "markPoint": named}


def points(x: Sequence[float], y: Sequence[float]) -> list[list[float]]:
    return [[float(f"{a:.6g}"), round(b, 3)] for a, b in zip(x, y)]


def mark_series(mark: Mark, number: int) -> dict[str, Any]:
    """The mark as a line without points of its own, with its word beside the middle."""
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
    """The picture in words: where each curve begins, passes its middle and ends, and what the marks say."""
    parts = []
    for curve in shown:
        if len(curve.table):
            parts.append(f"{curve.name}: {stops(curve.table)}")
    parts += [f"marked at {mark.start[0]:g}: {mark.says}" for mark in marks]
    return f"{y} against {x}. " + "; ".join(parts) + "."


@cache_by_identity(512)
def stops(table: pd.DataFrame) -> str:
    """Where a curve begins, passes its middle and ends."""
    x, mean = table.x.to_numpy(), table["mean"].to_numpy()
    return ", ".join(f"{percent(mean[k])} at {x[k]:g}" for k in sorted({0, len(x) // 2, len(x) - 1}))
