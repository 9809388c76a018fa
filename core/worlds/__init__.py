"""Defines where examples come from. Every world is a module with the same functions. No world depends on a net or a
method.

classes(task) -> int                    Returns how many answers the question has.
names(task) -> tuple[str, ...]          Returns the name of each answer, if an answer is more than a number.
train(task, seeds) -> TrainingSet       Returns the training examples of each seed.
test(task) -> (x (n, ...), y (n, ...))  Returns the test examples: never used in training, and the same for all seeds.

A world whose question is not "which class?" defines three more names, which say what a good answer is:

UNIT                                    The unit of its scores. The default is accuracy.
scores(answers, y) -> (seeds, n)        Returns the score of every test example, from answers (seeds, n, ..., classes).
loss(answers, y) -> (seeds,)            Returns what training minimises.

During training, a run records the predicted class of some examples (core/training/tracked_examples.py). A world can
change this with two more names:

EXHIBIT                                 classes | map | answers | continuations | notes | curve | chat | nothing
exhibit(task, count) -> list[dict]      Returns these examples with truth, name, prompt, right. By default they are
                                        evenly spaced test examples.

A world whose nets write defines how to read what they write: for answers, encode_prompt(prompt) -> list[int] and
has_form(name, answer) -> bool; for notes, read(note) -> str.
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

VALUES = 2**23  # numbers of the examples that go through a function at once, over all seeds


def right(answers: Tensor, y: Tensor) -> Tensor:
    """Scores the answers to a question about classes: 1 if the answer is right, else 0."""
    return (answers.argmax(-1) == y).float()


def cross_entropy(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the mean over each seed's examples in nats: answers (seeds, batch, ..., classes), y (seeds, batch,
    ...)."""
    each = F.cross_entropy(answers.flatten(0, -2), y.flatten(), reduction="none")
    return each.view(len(y), -1).mean(1)


def surprise(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the loss of every test example in nats, (seeds, n, ...): answers (seeds, n, ..., classes), y (n, ...)."""
    truth = y.expand(len(answers), *y.shape)[..., None]
    return -answers.log_softmax(-1).gather(-1, truth)[..., 0]


def load(task: Task) -> ModuleType:
    """Imports the world of a task."""
    return import_module(f"core.worlds.{task.world}")


def loss_of(task: Task) -> Callable[[Tensor, Tensor], Tensor]:
    """Returns the loss of the task's world, or cross-entropy if the world has no loss of its own."""
    loss: Callable[[Tensor, Tensor], Tensor] = getattr(load(task), "loss", cross_entropy)
    return loss


def generator(purpose: str, seed: int) -> torch.Generator:
    """Returns a random generator for one purpose and one seed. Two purposes never share a stream."""
    word = int.from_bytes(hashlib.sha256(f"{purpose} {seed}".encode()).digest()[:7], "big")
    return torch.Generator().manual_seed(word)


def evenly_spaced(examples: Tensor, count: int) -> Tensor:
    """Returns `count` of the examples (n, ...), or all if there are fewer. They are evenly spaced, so that every
    class is among them."""
    return examples[torch.linspace(0, len(examples) - 1, min(count, len(examples))).long()]


def draw_per_class(classes: Sequence[Sequence[int]], labels: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draws `labels` positions of examples from each class, in random order, with their classes. A small class gives
    fewer."""
    picked = [torch.tensor(places)[torch.randperm(len(places), generator=rng)[:labels]] for places in classes]
    y = torch.arange(len(picked)).repeat_interleave(torch.tensor([len(places) for places in picked]))
    order = torch.randperm(len(y), generator=rng)
    return torch.cat(picked)[order], y[order]


class TrainingSet:
    """Holds a finite training set for each seed: x (seeds, n, ...), y (seeds, n), in random order."""

    def __init__(self, x: Tensor, y: Tensor):
        self.x, self.y = x, y

    @property
    def size(self) -> int:
        return self.y.shape[1]

    @property
    def example(self) -> Tensor:
        """Returns one example of each seed, (seeds, 1, ...), whose shape is needed."""
        return self.take(torch.zeros((len(self.y), 1), dtype=torch.long))[0]

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the examples at index (seeds, batch): x (seeds, batch, ...), y (seeds, batch)."""
        row = torch.arange(len(index))[:, None]
        return self.x[row, index], self.y[row, index]

    def all_examples(self) -> tuple[Tensor, Tensor]:
        """Returns all examples at once: x (seeds, n, ...), y (seeds, n)."""
        return self.take(torch.arange(self.size).expand(len(self.y), -1))

    def through(self, function: Callable[[Tensor], Tensor]) -> TrainingSet:
        """Returns the training set with `function` applied to the examples, such as the frozen layers of a net. The
        function is computed only once."""
        at_once = max(4, min(256, VALUES // self.example.numel()))
        parts = torch.arange(self.size).expand(len(self.y), -1).split(at_once, dim=1)
        return TrainingSet(torch.cat([function(self.take(part)[0]) for part in parts], 1), self.y)
