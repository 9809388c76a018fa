"""A small causal transformer, the GPT of Radford et al. 2019 without its trimmings. Knows no text.

Tokens become vectors; every block lets each place look back at the places before it (attention, Vaswani et al. 2017)
and then thinks about what it saw (a small perceptron); both only add to what is there. The head turns the
last vectors into a score for every token that might come next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.nets import Linear, Net
from core.tensors.batched_matmul import batched_matmul

READS = ("tokens", "notes")  # forms of examples, as tasks name them

WIDTH, HEADS, BLOCKS, CONTEXT = 128, 4, 4, 128  # of the net for text, a million weights


def at_every_place(x: Tensor, weight: Tensor) -> Tensor:
    """x (seeds, batch, places, inputs) times weight (seeds, inputs, outputs), at every place."""
    return batched_matmul(x.flatten(1, 2), weight).unflatten(1, x.shape[1:3])


def norm(x: Tensor) -> Tensor:
    """Every vector with mean 0 and variance 1, so that no block has to mind the size of what it reads."""
    return F.layer_norm(x, x.shape[-1:])


@dataclass(frozen=True)
class Embed:
    """Tokens (seeds, batch, places) -> vectors (seeds, batch, places, width): what it is, plus where it stands."""

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
    """x (seeds, batch, places, width) -> x plus what attention found, plus what the perceptron made of it."""

    width: int
    heads: int
    depth: int  # how many blocks the net has

    def shapes(self) -> dict[str, tuple[int, ...]]:
        w = self.width
        return {"qkv": (w, 3 * w), "out": (w, w), "expand": (w, 4 * w), "contract": (4 * w, w)}

    def bound(self, part: str) -> float:
        # What is added to the stream begins small, the smaller the more blocks add to it.
        return 1 / math.sqrt(self.shapes()[part][0]) / (math.sqrt(2 * self.depth) if part in ("out", "contract") else 1)

    def __call__(self, x: Tensor, qkv: Tensor, out: Tensor, expand: Tensor, contract: Tensor) -> Tensor:
        x = x + at_every_place(self.attention(at_every_place(norm(x), qkv)), out)
        return x + at_every_place(F.gelu(at_every_place(norm(x), expand)), contract)

    def attention(self, qkv: Tensor) -> Tensor:
        """Each place asks (q); it and all places before it answer how well they fit (k) and what they say (v). What a
        place hears is the mean of what is said, weighed by softmax(q k / sqrt(numbers in q)); each head for itself."""
        rows = qkv.flatten(0, 1)  # of all seeds: PyTorch's fast attention takes no axis more
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in rows.chunk(3, -1))
        heard = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return heard.transpose(1, 2).flatten(2).view_as(qkv[..., : self.width])

    def products(self, outputs: tuple[int, ...]) -> int:
        places = outputs[0]
        return places * 12 * self.width**2 + places**2 * self.width


@dataclass(frozen=True)
class Head(Linear):
    """Vectors -> a score for every token. It begins near zero, so the first loss is ln(tokens): knowing nothing."""

    def bound(self, part: str) -> float:
        return 1e-3

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return at_every_place(norm(x), weight) + bias[:, None]


def layers(classes: int) -> Net:
    blocks = {f"block{k + 1}": Block(WIDTH, HEADS, BLOCKS) for k in range(BLOCKS)}
    return {"embed": Embed(classes), **blocks, "head": Head(WIDTH, classes, relu=False)}
