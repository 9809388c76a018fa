"""The transformer once more, as small as it can be: one block that writes notes of a few words."""

from __future__ import annotations

from core.nets import Net
from core.nets.transformer import Block, Embed, Head

READS = ("notes",)  # forms of examples, as tasks name them

WIDTH, HEADS, CONTEXT = 32, 2, 10


def layers(classes: int) -> Net:
    return {
        "embed": Embed(classes, WIDTH, CONTEXT),
        "block1": Block(WIDTH, HEADS, 1),
        "head": Head(WIDTH, classes, relu=False),
    }
