"""Defines figures as values. They are made from tables, with a text alternative that is computed from the same
tables. They do not depend on the screen."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import Any, Literal

# One colour, dash and mark for each role, the same on every page. As text each colour is readable (a contrast of 4.5 to
# 1) on white and on near-black. Colours that share a picture also differ for colour-blind readers:
# tests/test_colours.py measures this.
ROLES: dict[str, tuple[str, str, str]] = {
    "pretrained": ("#2176d9", "solid", "circle"),
    "scratch": ("#ae6500", "dashed", "rect"),
    "scratch best": ("#ae6500", "dotted", "triangle"),
    "source": ("#008a1a", "solid", "circle"),
    "target": ("#ae40e4", "dashed", "rect"),
    "past pretrained": ("#2176d9", "dotted", "triangle"),
    "past source": ("#008a1a", "dotted", "triangle"),
    "past target": ("#ae40e4", "dotted", "triangle"),
    "real model": ("#ae40e4", "dotted", "triangle"),
    "note": ("#757588", "solid", "none"),
    "guess": ("#dc287c", "dotted", "diamond"),
}


Pane = tuple[float, float, float, float]  # as shares of the chart: left, top, width, height


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Defines where the axes of a chart are. With it, a value can be converted to pixels and pixels to a value."""

    x: tuple[float, float]  # the ends of the axis, in the unit of the axis
    y: tuple[float, float]
    log: tuple[bool, bool] = (False, False)  # whether the axes x and y are logarithmic
    left: int = 52  # pixels between the edge of the chart and the axes: room for numbers,
    right: int = 88  # for the names at the ends of curves,
    top: int = 26
    bottom: int = 52  # for the numbers and the name of the axis
    # The panes, if there are several axes of one kind; each has its axes in a pane, and the margins are not used.
    panes: tuple[Pane, ...] = ()

    @property
    def grid(self) -> dict[str, Any]:
        """Returns the grid as an option for ECharts. Without these settings, ECharts would move the axes inwards to
        make room for their numbers."""
        edges = {name: getattr(self, name) for name in ("left", "right", "top", "bottom")}
        return edges | {"containLabel": False, "outerBoundsMode": "none"}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Holds a picture.

    Depending on its kind, `spec` is an ECharts option, a Plotly figure as a dictionary, a pandas table, HTML, or the
    data for the player, the rows, the cards or the game.
    """

    kind: Literal["chart", "plotly", "table", "html", "player", "rows", "cards", "game"]
    spec: Any
    alt: str  # the content of the picture in words, for people who cannot see it
    title: str = ""  # a sentence above the picture
    height: int = 380
    ground: Ground | None = None  # set for a chart on which something can be dragged
    tools: bool = False  # for a Plotly figure, whether the learner can zoom, select and save

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Returns the figure in the forms that a notebook can show."""
        from lessons.kit.figures.notebook_figure import mimebundle

        return mimebundle(self)


def svg_address(drawing: str) -> str:
    """Returns an SVG drawing as a data URL for an image, because Streamlit removes inline SVG from a page's HTML."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


def compact(spec: dict[str, Any], **axes: dict[str, Any]) -> dict[str, Any]:
    """Returns the options that all our charts share: no animation, room for labels, and axis titles in the middle."""
    common = {"animation": False, "grid": {"left": 8, "right": 40, "top": 18, "bottom": 30, "containLabel": True}}
    named = {name: {"nameLocation": "middle", "nameGap": 28} | axis for name, axis in axes.items()}
    return common | named | spec


def share(value: float, ends: tuple[float, float], log: bool = False) -> float:
    """Returns the position of a value on an axis, as a share of the length of the axis."""
    low, high, there = (math.log(max(one, 1e-12)) if log else one for one in (*ends, value))
    return (there - low) / (high - low)


def percent(share: float) -> str:
    """Writes a share as a percentage, such as "82 %"."""
    return f"{100 * share:.0f} %"
