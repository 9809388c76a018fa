"""Draws the same items in two columns, joined by lines, with names and numbers at the ends. If two lines cross, the
columns rank these items in a different order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.figures import ROLES, Figure, Ground, percent

SIDE = 132  # pixels for the names beside each column
LOW = -6  # percent: room between zero and the names of the columns
TALL, ROOM = 228, 16  # pixels of the axis where it is shortest, on a phone, and the height of a name


@dataclass(frozen=True, kw_only=True)
class Slope:
    """Holds one item and its value in each column, a share in [0, 1], or None if it is not known."""

    name: str
    left: float | None
    right: float | None
    role: str = "note"
    named: bool = True  # whether its name and its numbers are shown beside it
    says: tuple[str, str] = ("", "")  # its numbers, if they are not percentages
    guess: float | None = None  # the learner's guess for the right column


def slopes(shown: Sequence[Slope], columns: tuple[str, str], title: str = "", height: int = 420) -> Figure:
    """Draws the lines between two columns. Lines without names are thin and are drawn below the others."""
    shown = sorted(shown, key=lambda slope: slope.named)
    ground = Ground(x=(0, 1), y=(LOW, 100), left=SIDE, right=SIDE)
    named = [slope for slope in shown if slope.named]
    lower = [lowered([slope.left for slope in named]), lowered([slope.right for slope in named])]
    down = {slope.name: (left, right) for slope, left, right in zip(named, *lower)}
    quiet = {"axisLabel": {"show": False}, "axisTick": {"show": False}, "axisLine": {"show": False}}
    option = {
        "animation": False,
        "grid": ground.grid,
        "tooltip": {"trigger": "item", "formatter": "{a}", "confine": True},
        "xAxis": {
            "type": "category",
            "data": list(columns),
            "boundaryGap": False,
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "axisLabel": {"fontWeight": "bold", "fontSize": 14, "interval": 0},
            "splitLine": {"show": True},
        },
        "yAxis": {"type": "value", "min": LOW, "max": 100, "splitLine": {"show": False}} | quiet,
        "series": [
            *(line(slope, down.get(slope.name, (0, 0))) for slope in shown),
            *(guess_line(slope, slope.guess) for slope in shown if slope.guess is not None),
        ],
    }
    return Figure(kind="chart", spec=option, alt=alt_text(shown, columns), title=title, height=height, ground=ground)


def lowered(values: Sequence[float | None]) -> list[int]:
    """Returns how many pixels each name is moved down, so that names do not overlap."""
    places = {k: (1 - value) * TALL for k, value in enumerate(values) if value is not None}
    last, moved = -math.inf, dict.fromkeys(range(len(values)), 0)
    for k in sorted(places, key=places.__getitem__):
        last = max(places[k], last + ROOM)
        moved[k] = round(last - places[k])
    return list(moved.values())


def line(slope: Slope, down: tuple[int, int]) -> dict[str, Any]:
    colour, dash, symbol = ROLES[slope.role]
    ends = [(0, slope.left, "left"), (1, slope.right, "right")]
    data = []
    for column, value, side in ends:
        if value is not None:
            number = slope.says[column] or percent(value)
            says = number if column and slope.left is not None else f"{slope.name} {number}"
            label = {"show": slope.named, "formatter": says, "position": side, "color": colour, "fontWeight": "bold"}
            label |= {"distance": 8, "fontSize": 13, "offset": [0, down[column]]}
            data.append({"value": [column, round(100 * value, 2)], "label": label})
    return {
        "type": "line",
        "id": slope.name,
        "name": slope.name,
        "data": data,
        "color": colour,
        "symbol": symbol if symbol != "none" else "circle",
        "symbolSize": 9 if slope.named else 5,
        "lineStyle": {"type": dash, "width": 3 if slope.named else 1, "opacity": 1 if slope.named else 0.45},
        "itemStyle": {"opacity": 1 if slope.named else 0.6},
        "label": {"show": slope.named},
        "z": 4 if slope.named else 2,
    }


def guess_line(slope: Slope, guess: float) -> dict[str, Any]:
    """Returns the line that the learner guessed. The gap between it and the result is the error of the guess."""
    colour, dash, symbol = ROLES["guess"]
    begin = [] if slope.left is None else [[0, round(100 * slope.left, 2)]]
    return {
        "type": "line",
        "id": f"{slope.name} guess",
        "name": f"{slope.name} (you: {percent(guess)})",
        "data": [*begin, [1, round(100 * guess, 2)]],
        "symbol": symbol,
        "symbolSize": 11,
        "color": colour,
        "lineStyle": {"type": dash, "width": 2},
        "z": 3,
    }


def alt_text(shown: Sequence[Slope], columns: tuple[str, str]) -> str:
    parts = []
    for slope in shown:
        places = zip(columns, (slope.left, slope.right), slope.says)
        known = [f"{column} {says or percent(value)}" for column, value, says in places if value is not None]
        said = [f"you said {percent(slope.guess)}"] if slope.guess is not None else []
        parts.append(f"{slope.name}: {', '.join(known + said)}")
    return f"{columns[0]}, then {columns[1]}. {'; '.join(parts)}."
