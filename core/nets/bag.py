"""A bag of words: the net adds up the vectors of a sentence's words in any order, and a head classifies the result."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.nets import Linear, Net

READS = ("sentences",)  # forms of examples, as in core/experiment/tasks.py

BUCKETS, WIDTH = 16_384, 16


@dataclass(frozen=True)
class Bag:
    """Maps words (seeds, batch, places) to one vector for each sentence (seeds, batch, WIDTH). Empty places are 0.

    The vector is the sum of the words' vectors divided by the square root of the number of words, so that long
    sentences do not get smaller vectors than short ones.
    """

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
    """Returns the layers of the net."""
    return {"words": Bag(BUCKETS, WIDTH), "head": Linear(WIDTH, classes, relu=False)}
