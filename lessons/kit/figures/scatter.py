"""Draws dots between two axes, each with its name beside it. It compares methods, backbones or worlds by two
numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.figures import ROLES, Figure, Ground, compact, share
from lessons.kit.figures.end_labels import HIGH, WIDE

# The side of a name, and how many pixels it is lowered. Lowered names do not touch the arms of the cross of the dot.
SIDES = {side: (side, 0) for side in ("right", "left", "top", "bottom")}
SIDES |= {f"lower {side}": (side, 13) for side in ("right", "left")}
LETTER, LINE, NEAR = 7, 15, 9  # pixels of a letter of a bold name, of its height, and from a dot to its name
LEFT = 62  # pixels for the numbers and the name of the y-axis
# Pixels above the axes for names in one row, each joined to its dot by a thin line; for dots that are close together.
LANE = 28


@dataclass(frozen=True, kw_only=True)
class Dot:
    """Holds one dot. `x_spread` and `y_spread` are one standard deviation over seeds, drawn as a thin cross."""

    name: str
    x: float
    y: float
    role: str = "pretrained"
    x_spread: float = 0.0
    y_spread: float = 0.0
    named: bool = True  # whether its name is shown beside it; the text alternative always has it
    side: str = "right"  # the position of its name: a key of SIDES, or "lane"


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Defines one axis: its name, its ends if they are fixed, and the format of a value, as in Python's `format`."""

    name: str
    low: float | None = None
    high: float | None = None
    log: bool = False
    form: str = ".2f"
    ticks: Sequence[float] = ()  # the numbers that are written, if the chart does not choose them


def scatter(
    shown: Sequence[Dot], x: Axis, y: Axis, title: str = "", joined: Sequence[Sequence[str]] = (), height: int = 400
) -> Figure:
    """Draws the dots. `joined` holds lists of names of dots that are joined by a thin line, such as one method at
    several strengths."""
    places = {dot.name: [dot.x, dot.y] for dot in shown}
    series = [one_dot(dot) for dot in shown if not (dot.x_spread or dot.y_spread)]
    series += [one_dot(dot) | crossed(dot) for dot in shown if dot.x_spread or dot.y_spread]
    series += [
        {"type": "line", "symbol": "none", "silent": True, "data": [places[n] for n in row]}
        | {"color": ROLES["note"][0], "lineStyle": {"width": 1.5, "opacity": 0.6}}
        for row in joined
    ]
    top = 26 + LANE * any(dot.side == "lane" for dot in shown)
    ground = grounded(x, y, top)
    grid = ground.grid if ground else {"left": 32, "right": 40, "top": top, "bottom": 30, "containLabel": True}
    option = compact(
        {"series": series, "tooltip": {"confine": True, "formatter": "{a}"}, "grid": grid},
        xAxis=axis_option(x),
        yAxis=axis_option(y) | {"nameGap": 40},
    )
    told = "; ".join(f"{dot.name}: {dot.x:{x.form}}, {dot.y:{y.form}}" for dot in shown)
    alt = f"{y.name} against {x.name}. Each as {x.name}; {y.name}: {told}."
    return Figure(kind="chart", spec=option, alt=alt, title=title, height=height, ground=ground)


def clear_side(dot: Dot, others: Sequence[Dot], ground: Ground) -> str:
    """Returns the side of a dot at which its name covers the fewest other dots and ends within the chart, on a phone
    and on a wide screen. If several sides are alike, it is the first one of SIDES."""

    def covered(side: str) -> float:
        total = 0.0
        for wide, high in ((WIDE, HIGH), (3 * WIDE, 1.7 * HIGH)):
            x, y = pixels(dot, ground, wide, high)
            left, top = corner(side, x, y, LETTER * len(dot.name))
            right, bottom = left + LETTER * len(dot.name), top + LINE
            for other in others:
                there = pixels(other, ground, wide, high)
                beside = left - NEAR < there[0] < right + NEAR and top - NEAR < there[1]
                total += beside and there[1] < bottom + NEAR
                total += 0.3 * (beside and other.side == "lane" and top < there[1])  # the line to its name
            total += 10 * (left < -ground.left or right > wide + ground.right or top < 0 or bottom > high)
        return total

    return min(SIDES, key=covered)


def pixels(dot: Dot, ground: Ground, wide: float, high: float) -> tuple[float, float]:
    """Returns the place of a dot in pixels, from the left and from the top of axes of this size."""
    return wide * share(dot.x, ground.x, ground.log[0]), high * (1 - share(dot.y, ground.y, ground.log[1]))


def corner(side: str, x: float, y: float, long: float) -> tuple[float, float]:
    """Returns the left upper corner of a name of this length beside a dot at x and y."""
    where, lower = SIDES[side]
    left = {"right": x + NEAR, "left": x - NEAR - long}.get(where, x - long / 2)
    return left, {"top": y - NEAR - LINE, "bottom": y + NEAR}.get(where, y - LINE / 2) + lower


def grounded(x: Axis, y: Axis, top: int) -> Ground | None:
    """Returns the ground of the chart if all ends of the axes are fixed, or None."""
    if x.low is None or x.high is None or y.low is None or y.high is None:
        return None
    return Ground(x=(x.low, x.high), y=(y.low, y.high), log=(x.log, y.log), left=LEFT, right=40, top=top)


def axis_option(axis: Axis) -> dict[str, Any]:
    ends = {"min": axis.low, "max": axis.high}
    numbers = {"axisLabel": {"customValues": list(axis.ticks)}} if axis.ticks else {}
    kind = {"type": "log" if axis.log else "value", "name": axis.name, "scale": True, "splitLine": {"show": False}}
    return kind | numbers | {name: end for name, end in ends.items() if end is not None}


def one_dot(dot: Dot) -> dict[str, Any]:
    colour, _, symbol = ROLES[dot.role]
    position, lower = SIDES["top" if dot.side == "lane" else dot.side]
    mark: dict[str, Any] = {
        "type": "scatter",
        "name": dot.name,
        "data": [[dot.x, dot.y]],
        "symbol": symbol if symbol != "none" else "circle",
        "symbolSize": 13,
        "color": colour,
        "label": {"show": dot.named, "formatter": "{a}", "position": position, "color": colour, "fontWeight": "bold"},
        "labelLayout": {"hideOverlap": False, "moveOverlap": "shiftY"} | ({"dy": lower} if lower else {}),
        "z": 3,
    }
    return mark | laned(mark) if dot.side == "lane" else mark


def laned(mark: dict[str, Any]) -> dict[str, Any]:
    """Returns the options for a name in the row above the axes. It is moved sideways if it would touch another name."""
    return {
        "label": mark["label"] | {"formatter": "\u00a0{a}\u00a0"},  # padding would not keep the names apart
        "labelLayout": {"y": LANE / 2, "hideOverlap": False, "moveOverlap": "shiftX"},
        "labelLine": {"show": True, "lineStyle": {"color": mark["color"], "width": 1, "type": "dotted"}},
    }


def crossed(dot: Dot) -> dict[str, Any]:
    """Returns the cross of a dot, which shows one standard deviation on both axes."""
    arms = [
        [{"coord": [dot.x - dot.x_spread, dot.y]}, {"coord": [dot.x + dot.x_spread, dot.y]}],
        [{"coord": [dot.x, dot.y - dot.y_spread]}, {"coord": [dot.x, dot.y + dot.y_spread]}],
    ]
    line = {"type": "solid", "width": 1.5, "opacity": 0.6, "color": ROLES[dot.role][0]}
    return {
        "markLine": {
            "silent": True,
            "symbol": ["none", "none"],
            "label": {"show": False},
            "lineStyle": line,
            "data": arms,
        }
    }
