"""Draws a map of choices with their accuracy against their cost. Some choices are named, and the goal is shaded.

The spec is a Plotly figure as a dictionary, so this module does not need Plotly.
"""

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
# Colours of labels, which must be readable on a light and on a dark page.
INK, PAPER = "#1c2430", "rgba(255, 255, 255, 0.92)"
HIGH = 300  # the approximate height of the plot in pixels
AWAY = (-44, 44, 84, -84, 124)  # distances of a label from its point, in pixels downwards


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Holds a choice on the map."""

    name: str  # shown when the pointer is over it
    cost: float  # in coins
    right: float  # in percent
    missed: int = 0  # how many requirements it does not meet


@dataclass(frozen=True, kw_only=True)
class LabelledSpot(Spot):
    """Holds a choice with its name beside it."""

    kind: str  # a key of MARKS
    label: str = ""  # the text beside it, if it is not the text of its kind


def cost_accuracy_map(
    spots: Sequence[Spot],
    named: Sequence[LabelledSpot],
    goal: tuple[float, float],
    span: tuple[float, float],
    low: float,
    title: str = "",
) -> Figure:
    """Draws the map.

    `goal` is the highest cost and the lowest accuracy that are allowed. `span` holds the ends of the cost axis, and
    `low` is the lowest accuracy that is shown.
    """
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
        "annotations": [goal_label(span), *labels(named, span, low)],
        "xaxis": {"title": {"text": "coins spent"}, "type": "log", "range": ends, "zeroline": False} | ticks(span),
        "yaxis": {
            "title": {"text": "accuracy on unseen examples"},
            "ticksuffix": " %",
            "range": [low, 101],
            "zeroline": False,
        },
    }
    return Figure(kind="plotly", spec={"data": traces, "layout": layout}, alt=alt_text(spots, named, goal), title=title)


def cloud(spots: Sequence[Spot], met: bool) -> dict[str, Any]:
    """Returns all choices that were searched as faint marks. Filled dots meet every requirement, and rings do not."""
    look = {"size": 8, "color": GREY, "opacity": 0.55, "symbol": "circle" if met else "circle-open"}
    return trace(spots) | {"marker": look}


def pin(one: LabelledSpot) -> dict[str, Any]:
    """Returns the mark of a named choice."""
    colour, symbol, size = MARKS[one.kind]
    look = {"size": size, "color": colour, "symbol": symbol, "line": {"color": "#ffffff", "width": 1.5}}
    if symbol.endswith("open"):
        look["line"] = {"color": colour, "width": 3}
    return trace([one]) | {"marker": look}


def trace(spots: Sequence[Spot]) -> dict[str, Any]:
    """Returns choices as a trace for Plotly."""
    said = [f"{spot.name}<br>accuracy {spot.right:.1f} %, {spot.cost:,.0f} coins" for spot in spots]
    places = {"x": [round(spot.cost, 2) for spot in spots], "y": [round(spot.right, 2) for spot in spots]}
    return {"type": "scatter", "mode": "markers", "text": said, "hovertemplate": "%{text}<extra></extra>"} | places


def ticks(span: tuple[float, float]) -> dict[str, Any]:
    """Returns numbers at 1, 3, 10, 30, ..."""
    values = [m * 10**k for k in range(-2, 6) for m in (1, 3)]
    there = [value for value in values if span[0] <= value <= span[1]]
    return {"tickvals": there, "ticktext": [f"{value:,g}" for value in there]}


def goal_label(span: tuple[float, float]) -> dict[str, Any]:
    """Returns the label of the goal."""
    place = {"x": math.log10(span[0]), "y": 101, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return place | {
        "text": "accuracy and budget that the brief asks for",
        "font": {"color": INK, "size": 13},
        "bgcolor": PAPER,
    }


def labels(named: Sequence[LabelledSpot], span: tuple[float, float], low: float) -> list[dict[str, Any]]:
    """Returns a label for each named choice. Choices that are close together share a label with one line for each,
    and labels do not overlap."""
    groups: list[list[LabelledSpot]] = []
    for one in named:
        beside = [group for group in groups if together(group[0], one, span, low)]
        if beside:
            beside[0].append(one)
        else:
            groups.append([one])
    made: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []  # the centres of labels, as shares of the width and height of the picture
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
    """Returns the position of a choice, as shares of the width and height of the picture."""
    return share(one.cost, span, log=True), share(one.right, (low, 101))


def together(one: Spot, other: Spot, span: tuple[float, float], low: float) -> bool:
    """Returns whether two choices are so close that they share a label."""
    (x, y), (a, b) = place(one, span, low), place(other, span, low)
    return abs(x - a) < 0.06 and abs(y - b) < 0.06


def free(across: float, up: float, taken: Sequence[tuple[float, float]]) -> bool:
    """Returns whether a label fits here: within the picture, and without touching the others."""
    return 0.03 < up < 0.93 and all(abs(across - x) > 0.75 or abs(up - y) > 0.18 for x, y in taken)


WORDS = {"best": "best known choice", "naive": "naive choice", "advised": "the lessons' advice", "yours": "yours"}
WORDS |= {"guess": "your prediction"}


def point_label(one: LabelledSpot) -> str:
    """Returns the name of a choice, and the number of requirements that it misses, which the axes do not show."""
    return (one.label or WORDS[one.kind]) + f", {one.missed} missed" * (one.missed > 0)


def alt_text(spots: Sequence[Spot], named: Sequence[LabelledSpot], goal: tuple[float, float]) -> str:
    """Describes the map in words."""
    parts = [
        "Accuracy on unseen examples against the coins spent. "
        f"The brief asks for at least {goal[1]:g} % for at most {goal[0]:,.0f} coins"
    ]
    if spots:
        met = sum(not spot.missed for spot in spots)
        parts.append(f"{met} of {len(spots)} choices meet every requirement")
    parts += [f"{point_label(one)}: {one.name}, {one.right:.1f} % for {one.cost:,.0f} coins" for one in named]
    return ". ".join(parts) + "."
