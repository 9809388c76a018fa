"""Draws horizontal bars from a zero line with the spread over seeds. Gains go to the right and losses to the left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessons.kit.figures import ROLES, Figure, compact

LOSS = "#c8352b"  # the colour of a bar below zero, which is also hatched so that it can be told without its colour


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Holds one bar: its name, and the values of every seed. The bar shows their mean and one standard deviation."""

    name: str
    values: np.ndarray
    role: str = "pretrained"


def bars(shown: Sequence[Bar], what: str, unit: str = "points", title: str = "", signed: bool = True) -> Figure:
    """Draws the bars from top to bottom, with `what` and its unit on the axis. If `signed` is true, a value below
    zero is shown as a loss."""
    rows = [(bar, float(bar.values.mean()), float(bar.values.std())) for bar in shown]
    low = min(min(mean - spread for _, mean, spread in rows), 0) if signed else 0
    high = max(max(mean + spread for _, mean, spread in rows), 0)
    room = 0.24 * (high - low or 1)  # room for the numbers beside the bars
    option = compact(
        {
            "series": [
                {"type": "bar", "barMaxWidth": 22, "data": [one_bar(bar, mean, signed) for bar, mean, _ in rows]},
                spread_lines(rows, signed),
                numbers(rows, signed),
            ],
            "tooltip": {"show": False},
        },
        xAxis={
            "type": "value",
            "name": f"{what}, {unit}",
            "min": round(low - room * (low < 0)),
            "max": min(100, round(high + room)) if unit == "percent" and not signed else round(high + room),
            "axisLabel": {"showMaxLabel": False, "showMinLabel": low >= 0},  # these labels might be round numbers
        },
        yAxis={"type": "category", "inverse": True, "data": [bar.name for bar in shown], "axisTick": {"show": False}},
    )
    sign = "+" if signed else ""
    told = "; ".join(f"{bar.name}: {mean:{sign}.1f} (spread {spread:.1f})" for bar, mean, spread in rows)
    return Figure(kind="chart", spec=option, alt=f"{what} in {unit}: {told}.", title=title, height=70 + 34 * len(rows))


def one_bar(bar: Bar, mean: float, signed: bool) -> dict[str, Any]:
    loss = signed and mean < 0
    colour = LOSS if loss and bar.role != "guess" else ROLES[bar.role][0]  # a guess keeps the colour of a guess
    style: dict[str, Any] = {"color": colour}
    if loss:
        style["decal"] = {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [3, 4], "rotation": -0.785}
    return {"value": round(mean, 3), "itemStyle": style}


def numbers(rows: Sequence[tuple[Bar, float, float]], signed: bool) -> dict[str, Any]:
    """Returns the means as numbers beyond the bars and their spread. They are the labels of invisible dots."""
    data = [
        {
            "value": [round(mean - spread if mean < 0 else mean + spread, 3), k],
            "label": {
                "formatter": f"{mean:{'+' if signed else ''}.1f}",
                "position": "left" if mean < 0 else "right",
            },
        }
        for k, (_, mean, spread) in enumerate(rows)
    ]
    label = {"show": True, "fontWeight": "bold", "distance": 6}
    return {"type": "scatter", "symbolSize": 0, "silent": True, "label": label, "data": data}


def spread_lines(rows: Sequence[tuple[Bar, float, float]], signed: bool) -> dict[str, Any]:
    """Returns thin lines of one standard deviation on each side of the ends of the bars. Without signs, they end at
    zero."""
    least = -math.inf if signed else 0
    ends = [
        [
            {"coord": [round(max(mean - spread, least), 3), k]},
            {"coord": [round(mean + spread, 3), k]},
        ]
        for k, (_, mean, spread) in enumerate(rows)
        if spread
    ]
    line = {
        "silent": True,
        "symbol": ["none", "none"],
        "lineStyle": {"type": "solid", "width": 2, "color": ROLES["note"][0]},
    }
    return {"type": "bar", "data": [], "barGap": "-100%", "markLine": line | {"label": {"show": False}, "data": ends}}
