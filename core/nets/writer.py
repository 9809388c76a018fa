"""The smallest transformer: it has one block and writes notes of a few words."""

from __future__ import annotations

from core.nets import Net
from core.nets.transformer import Block, Embed, Head

READS = ("notes",)  # forms of examples, as in core/experiment/tasks.py

WIDTH, HEADS, CONTEXT = 32, 2, 10


def layers(classes: int) -> Net:
    """Returns the layers of the net."""
    return {
        "embed": Embed(classes, WIDTH, CONTEXT),
        "block1": Block(WIDTH, HEADS, 1),
        "head": Head(WIDTH, classes, relu=False),
    }
