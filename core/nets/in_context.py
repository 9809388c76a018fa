"""A small transformer that reads numbers instead of tokens. Its prompt shows examples and then asks for the next
answer."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from core.nets import Linear, Net
from core.nets.transformer import Block, at_every_place, norm

READS = ("lines",)  # forms of examples, as in core/experiment/tasks.py

WIDTH, HEADS, BLOCKS, CONTEXT = 48, 4, 2, 32


@dataclass(frozen=True)
class NumberEmbedding(Linear):
    """Embeds vectors (seeds, batch, places, inputs) -> (seeds, batch, places, outputs), and adds the embedding of
    each place."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.inputs, self.outputs), "place": (CONTEXT, self.outputs)}

    def __call__(self, x: Tensor, weight: Tensor, place: Tensor) -> Tensor:
        return at_every_place(x, weight) + place[:, None, : x.shape[2]]


@dataclass(frozen=True)
class NumberHead(Linear):
    """Predicts one number at every place."""

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return at_every_place(norm(x), weight) + bias[:, None]


def layers(classes: int) -> Net:
    """Returns the layers of the net. `classes` is the length of the vectors that it reads: a question and an answer."""
    blocks = {f"block{k + 1}": Block(WIDTH, HEADS, BLOCKS) for k in range(BLOCKS)}
    return {"embed": NumberEmbedding(classes, WIDTH), **blocks, "head": NumberHead(WIDTH, 1, relu=False)}
