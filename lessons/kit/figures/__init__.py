"""Pictures as values: made of tables, with a text alternative computed from the same tables. Knows no screen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

# One colour, dash and mark for each role, the same on every page. As text it is readable (4.5 to 1) on white and on
# near-black, and colours that share a picture differ for colour-blind eyes too: tests/test_colours.py measures it.
ROLES: dict[str, tuple[str, str, str]] = {
    "pretrained": ("#2176d9", "solid", "circle"),
    "scratch": ("#ae6500", "dashed", "rect"),
    "scratch best": ("#ae6500", "dotted", "triangle"),
    "source": ("#008a1a", "solid", "circle"),
    "target": ("#ae40e4", "dashed", "rect"),
    "past source": ("#008a1a", "dotted", "triangle"),
    "past target": ("#ae40e4", "dotted", "triangle"),
    "real model": ("#ae40e4", "dotted", "triangle"),
    "note": ("#757588", "solid", "none"),
    "guess": ("#dc287c", "dotted", "diamond"),
}


Pane = tuple[float, float, float, float]  # shares of a chart: left, top, width, height


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where the axes of a chart lie: enough to lay a value on its pixels, and to read one from them."""

    x: tuple[float, float]  # the ends of the axis, in its own unit
    y: tuple[float, float]
    log: tuple[bool, bool] = (False, False)  # x, y
    left: int = 52  # pixels between the chart's edge and the axes: room for numbers,
    right: int = 88  # for names at the ends of curves,
    top: int = 26
    bottom: int = 52  # for numbers and the name of the axis
    panes: tuple[Pane, ...] = ()  # where there are several axes of one kind, each within one of these and no edges

    @property
    def grid(self) -> dict[str, Any]:
        """As ECharts has it, which otherwise moves the axes inwards until their numbers are within these edges."""
        edges = {name: getattr(self, name) for name in ("left", "right", "top", "bottom")}
        return edges | {"containLabel": False, "outerBoundsMode": "none"}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture. spec is an ECharts option, a Plotly figure as a dictionary, a table (pandas), HTML, or what the
    player, the rows, the cards or the game are sent, by its kind."""

    kind: Literal["chart", "plotly", "table", "html", "player", "rows", "cards", "game"]
    spec: Any
    alt: str  # what the picture says, for who cannot see it
    title: str = ""  # a sentence above it
    height: int = 380
    ground: Ground | None = None  # of a chart on which something can be dragged
    tools: bool = False  # of a Plotly figure: whether it can be zoomed, selected in and saved

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """How a notebook shows it."""
        from lessons.kit.figures.notebook_figure import mimebundle

        return mimebundle(self)


def compact(spec: dict[str, Any], **axes: dict[str, Any]) -> dict[str, Any]:
    """What all our charts have in common: no animation, room for labels, axis titles in the middle."""
    common = {"animation": False, "grid": {"left": 8, "right": 40, "top": 18, "bottom": 30, "containLabel": True}}
    named = {name: {"nameLocation": "middle", "nameGap": 28} | axis for name, axis in axes.items()}
    return common | named | spec


def share(value: float, ends: tuple[float, float], log: bool = False) -> float:
    """Where a value stands on an axis, as a share of its length."""
    low, high, there = (math.log(max(one, 1e-12)) if log else one for one in (*ends, value))
    return (there - low) / (high - low)


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"
