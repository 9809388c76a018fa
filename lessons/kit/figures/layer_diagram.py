"""Draws nets as rows of layers in HTML. Each layer shows how it was initialized and whether it is trained."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lessons.kit.figures import ROLES, Figure

COPIED, SHUFFLED, RANDOM = "copied", "shuffled", "random"
MARKS = {COPIED: "=", SHUFFLED: "⤨", RANDOM: "⚄"}
NAME = "margin:.7rem 0 .1rem"
BOX = (
    "display:inline-block;box-sizing:border-box;width:22%;max-width:150px;margin:2px 1%;padding:.45rem .2rem;"
    "text-align:center;border-radius:8px;font-size:.85rem;line-height:1.3;border:2px "
)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Holds one layer of a net in the drawing."""

    name: str
    began: str  # how it was initialized: COPIED, SHUFFLED or RANDOM
    locked: bool  # whether it is frozen


def layer_diagram(rows: Mapping[str, Sequence[Layer]], title: str = "") -> Figure:
    """Draws one row for each net, beginning with the layer at the input."""
    parts = []
    for name, layers in rows.items():
        boxes = "".join(map(box, layers))
        parts.append(f'<p style="{NAME}"><strong>{html.escape(name)}</strong></p><div>{boxes}</div>')
    alt = "; ".join(f"{name}: {', '.join(map(layer_text, layers))}" for name, layers in rows.items())
    return Figure(kind="html", spec="".join(parts), alt=f"{alt}.", title=title)


def box(layer: Layer) -> str:
    colour = ROLES["pretrained" if layer.began == COPIED else "note"][0]
    opaque = "33" if layer.began == COPIED else "14"  # in hexadecimal
    style = f"{BOX}{'solid' if layer.locked else 'dashed'} {colour};background:{colour}{opaque}"
    does = "\N{LOCK} locked" if layer.locked else "learns"
    name = html.escape(layer.name)
    return f'<span style="{style}"><b>{name}</b><br>{MARKS[layer.began]} {layer.began}<br>{does}</span>'


def layer_text(layer: Layer) -> str:
    return f"{layer.name} {layer.began} and {'locked' if layer.locked else 'learning'}"
