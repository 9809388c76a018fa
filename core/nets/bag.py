"""A bag of words: a sentence is the mean of its words' vectors, whatever their order; a head judges it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.nets import Linear, Net

READS = ("sentences",)  # forms of examples, as tasks name them

BUCKETS, WIDTH = 16_384, 16


@dataclass(frozen=True)
class Bag:
    """Words (seeds, batch, places), 0 where there is none -> the sum of their vectors over the root of how many they
    are (seeds, batch, WIDTH), so that long sentences are not quieter than short ones."""

    words: int
    width: int

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"word": (self.words, self.width)}

    def bound(self, part: str) -> float:
        return 0.1

    def __call__(self, x: Tensor, word: Tensor) -> Tensor:
        tables = [F.embedding_bag(words.long(), table, mode="sum", padding_idx=0) for words, table in zip(x, word)]
        return torch.stack(tables) / (x != 0).sum(-1, keepdim=True).clamp(min=1).sqrt()

    def products(self, outputs: tuple[int, ...]) -> int:
        return math.prod(outputs)


def layers(classes: int) -> Net:
    return {"words": Bag(BUCKETS, WIDTH), "head": Linear(WIDTH, classes, relu=False)}
