"""A small causal transformer: the GPT of Radford et al. (2019) in a simplified form. Does not depend on text.

Tokens become vectors. In every block, each place first looks back at the places before it (attention, Vaswani et al.
2017). Then a small perceptron processes each place by itself. Both add their output to the vectors. The head turns
the last vectors into a score for every token that may come next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.nets import Linear, Net
from core.tensors.batched_matmul import batched_matmul

READS = ("tokens", "notes")  # forms of examples, as in core/experiment/tasks.py

WIDTH, HEADS, BLOCKS, CONTEXT = 128, 4, 4, 128  # of the net for text, which has a million weights


def at_every_place(x: Tensor, weight: Tensor) -> Tensor:
    """Multiplies x (seeds, batch, places, inputs) by weight (seeds, inputs, outputs) at every place."""
    return batched_matmul(x.flatten(1, 2), weight).unflatten(1, x.shape[1:3])


def norm(x: Tensor) -> Tensor:
    """Normalises every vector to mean 0 and variance 1, so the blocks do not depend on the scale of their input."""
    return F.layer_norm(x, x.shape[-1:])


@dataclass(frozen=True)
class Embed:
    """Embeds tokens (seeds, batch, places) -> vectors (seeds, batch, places, width): the sum of a token embedding and a
    position embedding."""

    tokens: int
    width: int = WIDTH
    context: int = CONTEXT

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"token": (self.tokens, self.width), "place": (self.context, self.width)}

    def bound(self, part: str) -> float:
        return 0.05

    def __call__(self, x: Tensor, token: Tensor, place: Tensor) -> Tensor:
        vectors = [F.embedding(tokens, table) for tokens, table in zip(x, token)]
        return torch.stack(vectors) + place[:, None, : x.shape[2]]

    def products(self, outputs: tuple[int, ...]) -> int:
        return 0


@dataclass(frozen=True)
class Block:
    """A transformer block. It adds the output of attention and then the output of a perceptron to x (seeds, batch,
    places, width)."""

    width: int
    heads: int
    depth: int  # number of blocks in the net

    def shapes(self) -> dict[str, tuple[int, ...]]:
        w = self.width
        return {"qkv": (w, 3 * w), "out": (w, w), "expand": (w, 4 * w), "contract": (4 * w, w)}

    def bound(self, part: str) -> float:
        # The parts that are added to the residual stream start small, and smaller in a net with more blocks.
        return 1 / math.sqrt(self.shapes()[part][0]) / (math.sqrt(2 * self.depth) if part in ("out", "contract") else 1)

    def __call__(self, x: Tensor, qkv: Tensor, out: Tensor, expand: Tensor, contract: Tensor) -> Tensor:
        x = x + at_every_place(self.attention(at_every_place(norm(x), qkv)), out)
        return x + at_every_place(F.gelu(at_every_place(norm(x), expand)), contract)

    def attention(self, qkv: Tensor) -> Tensor:
        """Computes causal self-attention with several heads.

        Each place sends a query (q). The place itself and all places before it answer with a key (k) and a value (v).
        The output is the mean of the values, weighted by softmax(q k / sqrt(numbers in q)), in each head separately.
        """
        rows = qkv.flatten(0, 1)  # all seeds in one axis, because PyTorch's fast attention accepts no further axis
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in rows.chunk(3, -1))
        heard = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return heard.transpose(1, 2).flatten(2).view_as(qkv[..., : self.width])

    def products(self, outputs: tuple[int, ...]) -> int:
        places = outputs[0]
        return places * 12 * self.width**2 + places**2 * self.width


@dataclass(frozen=True)
class Head(Linear):
    """Predicts a score for every token. Its weights start near zero, so the first loss is ln(tokens), a pure guess."""

    def bound(self, part: str) -> float:
        return 1e-3

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return at_every_place(norm(x), weight) + bias[:, None]


def layers(classes: int) -> Net:
    """Returns the layers of the net."""
    blocks = {f"block{k + 1}": Block(WIDTH, HEADS, BLOCKS) for k in range(BLOCKS)}
    return {"embed": Embed(classes), **blocks, "head": Head(WIDTH, classes, relu=False)}
