"""Where examples come from. Every world is a module with the same functions; none knows a net or a method.

classes(task) -> int                    how many answers the question has
names(task) -> tuple[str, ...]          what each answer is called, where that is not its number alone
train(task, seeds) -> Pool              the training examples of each seed
test(task) -> (x (n, ...), y (n, ...))  test examples that no training ever touches, the same for all seeds

What a good answer is may differ too; a world whose question is not "which class?" says so with three more names:

UNIT                                    what its scores are called where they are kept: accuracy if it does not say
scores(answers, y) -> (seeds, n)        the score of every test example, from answers (seeds, n, ..., classes)
loss(answers, y) -> (seeds,)            what training makes small

What a run records of some examples as it goes (core/training/tracked_examples.py) is the class of each, unless a world
says otherwise:

EXHIBIT                                 classes | map | answers | continuations | notes | nothing
exhibit(task, count) -> list[dict]      these examples, if not test ones evenly spread: truth, name, prompt, right
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

import torch
import torch.nn.functional as F
from torch import Tensor

from core.experiment.tasks import Task


def right(answers: Tensor, y: Tensor) -> Tensor:
    """The scores for a class: 1 where the answer is right, else 0."""
    return (answers.argmax(-1) == y).float()


def cross_entropy(answers: Tensor, y: Tensor) -> Tensor:
    """The mean over each seed's examples, in nats: answers (seeds, batch, ..., classes), y (seeds, batch, ...)."""
    each = F.cross_entropy(answers.flatten(0, -2), y.flatten(), reduction="none")
    return each.view(len(y), -1).mean(1)


def load(task: Task) -> ModuleType:
    return import_module(f"core.worlds.{task.world}")


def loss_of(task: Task) -> Callable[[Tensor, Tensor], Tensor]:
    """What training on a task makes small: its world's loss, cross-entropy where it has none of its own."""
    loss: Callable[[Tensor, Tensor], Tensor] = getattr(load(task), "loss", cross_entropy)
    return loss


def generator(purpose: str, seed: int) -> torch.Generator:
    """Randomness for one purpose and one seed; two purposes never share a stream."""
    word = int.from_bytes(hashlib.sha256(f"{purpose} {seed}".encode()).digest()[:7], "big")
    return torch.Generator().manual_seed(word)


def evenly_spaced(examples: Tensor, count: int) -> Tensor:
    """`count` of the examples (n, ...), evenly spaced, so that every class is among them; all if there are fewer."""
    return examples[torch.linspace(0, len(examples) - 1, min(count, len(examples))).long()]


def draw_per_class(classes: Sequence[Sequence[int]], labels: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """The places of `labels` examples of each class, fewer where there are fewer, in random order; their classes."""
    picked = [torch.tensor(places)[torch.randperm(len(places), generator=rng)[:labels]] for places in classes]
    y = torch.arange(len(picked)).repeat_interleave(torch.tensor([len(places) for places in picked]))
    order = torch.randperm(len(y), generator=rng)
    return torch.cat(picked)[order], y[order]


class TrainingSet:
    """A finite training set for each seed: x (seeds, n, ...), y (seeds, n), in random order."""

    def __init__(self, x: Tensor, y: Tensor):
        self.x, self.y = x, y

    @property
    def size(self) -> int:
        return self.y.shape[1]

    @property
    def example(self) -> Tensor:
        """One example a seed, (seeds, 1, ...), for its shape."""
        return self.take(torch.zeros((len(self.y), 1), dtype=torch.long))[0]

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """index (seeds, batch) -> x (seeds, batch, ...), y (seeds, batch)."""
        row = torch.arange(len(index))[:, None]
        return self.x[row, index], self.y[row, index]

    def all_examples(self) -> tuple[Tensor, Tensor]:
        """All examples at once: x (seeds, n, ...), y (seeds, n)."""
        return self.take(torch.arange(self.size).expand(len(self.y), -1))

    def through(self, function: Callable[[Tensor], Tensor]) -> TrainingSet:
        """The same examples as a function of them: what frozen layers make of the set, computed once."""
        parts = torch.arange(self.size).expand(len(self.y), -1).split(256, dim=1)
        return TrainingSet(torch.cat([function(self.take(part)[0]) for part in parts], 1), self.y)
