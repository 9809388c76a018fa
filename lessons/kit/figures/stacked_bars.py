"""Draws bars that consist of stacked parts, on a fixed axis. They show what was paid, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.figures import ROLES, Figure, compact


@dataclass(frozen=True, kw_only=True)
class Part:
    """Holds one part of a bar."""

    name: str
    amount: float
    role: str
    count: int = 1  # the number of equal pieces in which it is drawn, if they are few enough to be visible


def stacked_bars(
    rows: Sequence[tuple[str, Sequence[Part]]], high: float, unit: str, title: str = "", form: str = ",.3g"
) -> Figure:
    """Draws the bars from top to bottom with their sums. A bar that is longer than `high` is cut off at the edge,
    with a note."""
    series: list[dict[str, Any]] = []
    for k, (_, parts) in enumerate(rows):
        for part in parts:
            pieces = part.count if part.count <= 60 else 1
            series += [piece(part, part.amount / pieces, k, len(rows), named=one == 0) for one in range(pieces)]
    sums = [sum(part.amount for part in parts) for _, parts in rows]
    series.append(
        {
            "type": "scatter",
            "symbolSize": 0,
            "silent": True,
            "data": [
                {"value": [min(total, high), k], "label": {"formatter": f"{total:{form}}{' →' * (total > high)}"}}
                for k, total in enumerate(sums)
            ],
            "label": {"show": True, "position": "right", "fontWeight": "bold", "fontSize": 15},
        }
    )
    option = compact(
        {"series": series, "grid": {"left": 8, "right": 96, "top": 18, "bottom": 34, "containLabel": True}},
        xAxis={"type": "value", "name": unit, "min": 0, "max": high},
        yAxis={
            "type": "category",
            "inverse": True,
            "data": [name for name, _ in rows],
            "axisTick": {"show": False},
            "axisLabel": {"fontWeight": "bold", "fontSize": 14},
        },
    )
    told = "; ".join(
        f"{name}: {total:{form}}, of which " + ", ".join(f"{part.name} {part.amount:{form}}" for part in parts)
        for (name, parts), total in zip(rows, sums)
    )
    return Figure(kind="chart", spec=option, alt=f"In {unit}. {told}.", title=title)


def piece(part: Part, amount: float, row: int, rows: int, named: bool) -> dict[str, Any]:
    """Returns one piece as a series. It is stacked on the earlier pieces of the same row."""
    colour = ROLES[part.role][0]
    wide = {"formatter": part.name, "show": named, "position": "insideLeft", "color": "#fff", "fontWeight": "bold"}
    return {
        "type": "bar",
        "stack": "paid",
        "name": part.name,
        "barWidth": "46%",
        "data": [round(amount, 6) if k == row else "-" for k in range(rows)],
        "itemStyle": {"color": colour, "borderColor": "rgba(255,255,255,.55)", "borderWidth": 1},
        "label": {"show": False},
        "labelLayout": {"hideOverlap": True},
    } | ({"label": wide | {"overflow": "truncate"}} if named and part.count == 1 and amount else {})
