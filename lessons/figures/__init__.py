"""Pictures as values: made of tables, with a text alternative computed from the same tables. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

# One colour, dash and mark for each role, the same on every page; readable on white and on near-black.
ROLES: dict[str, tuple[str, str, str]] = {
    "pretrained": ("#2a7de1", "solid", "circle"),
    "scratch": ("#d9650b", "dashed", "rect"),
    "scratch best": ("#d9650b", "dotted", "triangle"),
    "source": ("#12936f", "solid", "circle"),
    "target": ("#9a5bd0", "dashed", "rect"),
    "note": ("#808495", "solid", "none"),
    "guess": ("#d03a7c", "dotted", "diamond"),
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture. spec is an ECharts option, a table (pandas), or HTML, by its kind."""

    kind: Literal["chart", "table", "html"]
    spec: Any
    alt: str  # what the picture says, for who cannot see it
    title: str = ""  # a sentence above it
    height: int = 380


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"
