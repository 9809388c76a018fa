"""A decision map: what every choice scores against what it costs, some of them named, the goal shaded. Its spec is a
Plotly figure as a dictionary; nothing here needs Plotly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.figures import ROLES, Figure, share

MARKS = {
    "best": (ROLES["source"][0], "star", 17),
    "naive": (ROLES["scratch"][0], "square", 12),
    "advised": (ROLES["target"][0], "diamond", 13),
}
MARKS |= {"yours": (ROLES["pretrained"][0], "circle", 16), "guess": (ROLES["guess"][0], "diamond-open", 14)}
MARKS |= {"earlier": (ROLES["pretrained"][0], "circle-open", 12)}
GREY, GOAL = ROLES["note"][0], "rgba(0, 138, 26, 0.13)"
INK, PAPER = "#1c2430", "rgba(255, 255, 255, 0.92)"  # of labels, which read alike on a light page and on a dark one
HIGH = 300  # pixels of the axes, or so
AWAY = (-44, 44, 84, -84, 124)  # of a label from its place, in pixels downwards


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A choice on the map."""

    name: str  # what is said of it when it is pointed at
    cost: float  # coins
    right: float  # percent
    missed: int = 0  # how many requirements it does not meet


@dataclass(frozen=True, kw_only=True)
class LabelledSpot(Spot):
    """One with its name beside it."""

    kind: str  # a key of MARKS
    label: str = ""  # what is written beside it, where that is not its kind's


def cost_accuracy_map(
    spots: Sequence[Spot],
    named: Sequence[LabelledSpot],
    goal: tuple[float, float],
    span: tuple[float, float],
    low: float,
    title: str = "",
) -> Figure:
    """`goal` is the most that may be spent and the least that must be right; `span` are the ends of the axis of costs,
    `low` the least that is shown of what is right."""
    traces = [cloud([spot for spot in spots if (not spot.missed) is met], met) for met in (False, True)]
    traces += [pin(one) for one in named]
    ends = [math.log10(end) for end in span]
    shade = {"type": "rect", "x0": span[0], "x1": min(goal[0], span[1]), "y0": goal[1], "y1": 101, "layer": "below"}
    shade |= {"line": {"color": ROLES["source"][0], "width": 1, "dash": "dot"}, "fillcolor": GOAL}
    layout = {
        "margin": {"l": 58, "r": 14, "t": 30, "b": 50},
        "showlegend": False,
        "hovermode": "closest",
        "uirevision": "kept",
        "shapes": [shade],
        "annotations": [axis_option(span), *labels(named, span, low)],
        "xaxis": {"title": {"text": "coins spent"}, "type": "log", "range": ends, "zeroline": False} | ticks(span),
        "yaxis": {"title": {"text": "right"}, "ticksuffix": " %", "range": [low, 101], "zeroline": False},
    }
    return Figure(kind="plotly", spec={"data": traces, "layout": layout}, alt=alt_text(spots, named, goal), title=title)


def cloud(spots: Sequence[Spot], met: bool) -> dict[str, Any]:
    """All that was searched, faint: whole dots meet every requirement, rings miss some."""
    look = {"size": 8, "color": GREY, "opacity": 0.55, "symbol": "circle" if met else "circle-open"}
    return trace(spots) | {"marker": look}


def pin(one: LabelledSpot) -> dict[str, Any]:
    colour, symbol, size = MARKS[one.kind]
    look = {"size": size, "color": colour, "symbol": symbol, "line": {"color": "#ffffff", "width": 1.5}}
    if symbol.endswith("open"):
        look["line"] = {"color": colour, "width": 3}
    return trace([one]) | {"marker": look}


def trace(spots: Sequence[Spot]) -> dict[str, Any]:
    said = [f"{spot.name}<br>{spot.right:.1f} % right, {spot.cost:,.0f} coins" for spot in spots]
    places = {"x": [round(spot.cost, 2) for spot in spots], "y": [round(spot.right, 2) for spot in spots]}
    return {"type": "scatter", "mode": "markers", "text": said, "hovertemplate": "%{text}<extra></extra>"} | places


def ticks(span: tuple[float, float]) -> dict[str, Any]:
    """Numbers at 1, 3, 10, 30, ..."""
    values = [m * 10**k for k in range(-2, 6) for m in (1, 3)]
    there = [value for value in values if span[0] <= value <= span[1]]
    return {"tickvals": there, "ticktext": [f"{value:,g}" for value in there]}


def axis_option(span: tuple[float, float]) -> dict[str, Any]:
    place = {"x": math.log10(span[0]), "y": 101, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return place | {"text": "what is asked for", "font": {"color": INK, "size": 13}, "bgcolor": PAPER}


def labels(named: Sequence[LabelledSpot], span: tuple[float, float], low: float) -> list[dict[str, Any]]:
    """A name for each place; those that stand together share a label, a line each, and no label lies on another."""
    groups: list[list[LabelledSpot]] = []
    for one in named:
        beside = [group for group in groups if together(group[0], one, span, low)]
        if beside:
            beside[0].append(one)
        else:
            groups.append([one])
    made: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []  # middles of labels: shares of the picture across and upwards
    for group in groups:
        across, up = place(group[0], span, low)
        ay = next((y for y in AWAY if free(across, up - y / HIGH, taken)), AWAY[0])
        taken.append((across, up - ay / HIGH))
        label: dict[str, Any] = {"x": math.log10(group[0].cost), "y": group[0].right, "ax": 0, "ay": ay}
        label["xanchor"] = "left" if across < 0.35 else "right" if across > 0.65 else "center"
        look = {"showarrow": True, "arrowhead": 0, "arrowcolor": GREY, "bgcolor": PAPER, "borderpad": 3}
        text = "<br>".join(dict.fromkeys(map(point_label, group)))
        made.append(label | look | {"text": text, "font": {"color": INK, "size": 13}})
    return made


def place(one: Spot, span: tuple[float, float], low: float) -> tuple[float, float]:
    """Where it stands, as shares of the picture across and upwards."""
    return share(one.cost, span, log=True), share(one.right, (low, 101))


def together(one: Spot, other: Spot, span: tuple[float, float], low: float) -> bool:
    (x, y), (a, b) = place(one, span, low), place(other, span, low)
    return abs(x - a) < 0.06 and abs(y - b) < 0.06


def free(across: float, up: float, taken: Sequence[tuple[float, float]]) -> bool:
    """Whether a label may lie there: within the picture, and clear of the others."""
    return 0.03 < up < 0.93 and all(abs(across - x) > 0.75 or abs(up - y) > 0.18 for x, y in taken)


WORDS = {"best": "best known", "naive": "naive", "advised": "as the lessons advise", "yours": "yours"}
WORDS |= {"guess": "your guess"}


def point_label(one: LabelledSpot) -> str:
    """Its name, and what may not be seen on the two axes: that it misses something."""
    return (one.label or WORDS[one.kind]) + f", {one.missed} missed" * (one.missed > 0)


def alt_text(spots: Sequence[Spot], named: Sequence[LabelledSpot], goal: tuple[float, float]) -> str:
    """The map in words."""
    parts = [
        f"What is right, in percent, against coins spent. Asked for: {goal[1]:g} % for {goal[0]:,.0f} coins at most"
    ]
    if spots:
        met = sum(not spot.missed for spot in spots)
        parts.append(f"{met} of {len(spots)} choices that were searched meet every requirement")
    parts += [f"{point_label(one)}: {one.name}, {one.right:.1f} % for {one.cost:,.0f} coins" for one in named]
    return ". ".join(parts) + "."
