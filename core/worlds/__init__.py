"""Where examples come from. Every world is a module with the same three functions; none knows a net or a method.

classes(task) -> int                    how many answers the question has
train(task, seeds) -> Pool              the training examples of each seed
test(task) -> (x (n, ...), y (n,))      test examples that no training ever touches, the same for all seeds
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import torch
from torch import Tensor

from core.spec import Task


def load(task: Task) -> ModuleType:
    return import_module(f"core.worlds.{task.world}")


def generator(purpose: str, seed: int) -> torch.Generator:
    """Randomness for one purpose and one seed; two purposes never share a stream."""
    word = int.from_bytes(hashlib.sha256(f"{purpose} {seed}".encode()).digest()[:7], "big")
    return torch.Generator().manual_seed(word)


class Pool:
    """A finite training set for each seed: x (seeds, n, ...), y (seeds, n), in random order."""

    def __init__(self, x: Tensor, y: Tensor):
        self.x, self.y = x, y

    @property
    def size(self) -> int:
        return self.y.shape[1]

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """index (seeds, batch) -> x (seeds, batch, ...), y (seeds, batch)."""
        row = torch.arange(len(index))[:, None]
        return self.x[row, index], self.y[row, index]

    def through(self, function: Callable[[Tensor], Tensor]) -> Pool:
        """The same examples as a function of them: what frozen layers make of the set, computed once."""
        parts = torch.arange(self.size).expand(len(self.y), -1).split(256, dim=1)
        return Pool(torch.cat([function(self.take(part)[0]) for part in parts], 1), self.y)
