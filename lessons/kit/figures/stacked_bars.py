"""Draws upright bars that consist of stacked parts. They show what was paid, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.figures import ROLES, Figure, compact

VISIBLE = 60  # pieces of a part that can be told apart


@dataclass(frozen=True, kw_only=True)
class Part:
    """Holds one part of a bar."""

    name: str
    amount: float
    role: str
    count: int = 1  # the number of equal pieces in which it is drawn, if they are few enough to be visible
    pale: bool = False  # whether it is drawn in a paler shade, to tell two parts of one role apart


def stacked_bars(
    bars: Sequence[tuple[str, Sequence[Part]]], high: float, unit: str, title: str = "", form: str = ",.3g"
) -> Figure:
    """Draws the bars from left to right, with their sums above them, on an axis that ends at `high`."""
    series: list[dict[str, Any]] = []
    for k, (_, parts) in enumerate(bars):
        for part in parts:
            pieces = part.count if part.count <= VISIBLE else 1
            series += [piece(part, part.amount / pieces, k, len(bars), named=one == 0) for one in range(pieces)]
    sums = [sum(part.amount for part in parts) for _, parts in bars]
    series.append(
        {
            "type": "scatter",
            "symbolSize": 0,
            "silent": True,
            "data": [
                {"value": [k, total], "label": {"formatter": f"{total:{form}} {unit}"}} for k, total in enumerate(sums)
            ],
            "label": {"show": True, "position": "top", "fontWeight": "bold", "fontSize": 15},
        }
    )
    option = compact(
        {
            "series": series,
            "grid": {"left": 44, "right": 24, "top": 28, "bottom": 8, "containLabel": True},
            "animation": True,
            "animationDurationUpdate": 350,
        },
        xAxis={
            "type": "category",
            "data": [name for name, _ in bars],
            "axisTick": {"show": False},
            "axisLabel": {"fontWeight": "bold", "fontSize": 14, "interval": 0},
        },
        yAxis={
            "type": "value",
            "name": unit,
            "min": 0,
            "max": high,
            "nameGap": 52,
            "axisLabel": {"showMaxLabel": False},
        },
    )
    told = "; ".join(
        f"{name}: {total:{form}}, of which " + ", ".join(f"{part.name} {part.amount:{form}}" for part in parts)
        for (name, parts), total in zip(bars, sums)
    )
    return Figure(kind="chart", spec=option, alt=f"In {unit}. {told}.", title=title)


def piece(part: Part, amount: float, bar: int, bars: int, named: bool) -> dict[str, Any]:
    """Returns one piece as a series. It is stacked on the earlier pieces of the same bar."""
    name = {
        "formatter": part.name,
        "show": named,
        "position": "inside",
        "color": "#fff",
        "fontWeight": "bold",
        "fontSize": 11,
    }
    return {
        "type": "bar",
        "stack": "paid",
        "name": part.name,
        "barWidth": "84%",
        "barMaxWidth": 220,
        "data": [round(amount, 6) if k == bar else "-" for k in range(bars)],
        "itemStyle": {
            "color": ROLES[part.role][0],
            "opacity": 0.75 if part.pale else 1,
            "borderColor": "rgba(255,255,255,.55)",
            "borderWidth": 1,
        },
        "label": {"show": False},
        "labelLayout": {"hideOverlap": True},
    } | ({"label": name | {"overflow": "truncate"}} if named and part.count == 1 and amount else {})
