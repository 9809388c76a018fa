"""Protects the skills that a run's ancestors learned, by a penalty that is added to the loss. There is one file for
each method.

Every method is a module with the same function. No method depends on the training loop, and the loop does not know
the names of the methods.

prepare(keep, old_tasks, start, rngs) -> Penalty

`old_tasks` holds the tasks of the lineage, and `start` the weights that the run begins with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.spec import Run
from core.experiment.tasks import Task
from core.nets import Net, Theta


@dataclass(frozen=True)
class Penalty:
    """Holds a penalty that is added to the loss of every seed, and the cost of computing it."""

    value: Callable[[Theta, Tensor, Tensor], Tensor]  # theta, x (seeds, batch, ...), features of x -> (seeds,)
    flops: float = 0.0  # extra operations for each new example
    once: float = 0.0  # operations before the first step
    numbers: int = 0  # number of pixels, weights and importances that must be stored


@dataclass(frozen=True)
class TaskMemory:
    """Holds a task that was learned before, and the weights that learned it."""

    task: Task
    new: Task  # the task that is learned now
    seeds: range
    net: Net
    theta: Theta  # the weights right after the old task was learned, (seeds, ...)
    head: Theta  # the head of the old task, frozen; empty if the run keeps training it

    def examples(self, count: int) -> tuple[Tensor, Tensor]:
        """Returns `count` training examples of each seed: x (seeds, n, ...), y (seeds, n, ...).

        If the task counts its labels by class, `count` is the number in every class. If there are fewer, all are
        returned.
        """
        task = self.task.at_most(count)
        pool = worlds.load(task).train(task, self.seeds)
        n = pool.size if hasattr(task, "labels") else min(count, pool.size)
        x, y = pool.take(torch.arange(n).expand(len(self.seeds), -1))
        return x, y

    def to_replay(self, count: int) -> tuple[Tensor, Tensor]:
        """Returns the examples for replay. Texts are cut to the length of the new examples.

        If a task asks for an answer at every place, as texts do, x and y are (seeds, n, places). With equal lengths,
        the net reads as many old tokens as new ones.
        """
        x, y = self.examples(count)
        if x.shape != y.shape:
            return x, y
        places = self.new_example.shape[-1]
        return x[..., :places], y[..., :places]

    @property
    def new_example(self) -> Tensor:
        """Returns one example of the new task, (seeds, 1, ...), whose shape is needed."""
        x, _ = worlds.load(self.new).test(self.new)
        return x[:1].expand(len(self.seeds), *x[:1].shape)

    @property
    def asks_for_numbers(self) -> bool:
        """Returns whether the answers are numbers, such as the y of points on a line, and not probabilities of
        classes."""
        _, y = worlds.load(self.task).test(self.task)
        return bool(y.is_floating_point())

    def loss(self, theta: Theta, x: Tensor, y: Tensor) -> Tensor:
        """Returns the loss on old examples through the old task's head, of shape (seeds,)."""
        return worlds.loss_of(self.task)(self.answers(theta, x), y)

    def answers(self, theta: Theta, x: Tensor, first: int = 0) -> Tensor:
        """Returns the logits (seeds, batch, ..., classes) of the old task's head. x is the output of the layers below
        `first`."""
        return nets.forward(self.net, theta | self.head, x, first)


def load(method: str) -> ModuleType:
    """Imports a method by the name of its file."""
    return import_module(f"core.keep.{method}")


def old_tasks(run: Run, ancestors: dict[Run, Theta]) -> list[TaskMemory]:
    """Returns every task of the lineage, latest first. Leaves out the run's own task if the run continues it midway."""
    seeds, found = run.seed_range, []
    for ancestor in list(run.lineage())[1:]:
        task = ancestor.task
        if ancestor.until and ancestor.task == run.task:
            continue
        net = nets.load(run.net, worlds.load(task).classes(task))
        theta = for_each_seed(ancestors[ancestor], run.seeds)
        found.append(TaskMemory(task, run.task, seeds, net, theta, old_head(run, task, ancestors)))
    return found


def old_head(run: Run, task: Task, ancestors: dict[Run, Theta]) -> Theta:
    """Returns the frozen head of the ancestor that answers the task, or an empty dict if the run's own head answers
    it."""
    answering = run.answering(task)
    if answering == run:
        return {}
    return for_each_seed({n: w for n, w in ancestors[answering].items() if nets.layer_of(n) == "head"}, run.seeds)


def for_each_seed(theta: Theta, seeds: int) -> Theta:
    """Returns the weights for every seed. If there is only one seed, its weights are repeated."""
    return {name: weight.expand(seeds, *weight.shape[1:]) for name, weight in theta.items()}


def anchors(old_tasks: list[TaskMemory], start: Theta) -> Theta:
    """Returns the weights of the start that an old task depends on: all except a head that only the new task uses."""
    one_head = any(not old.head for old in old_tasks)
    return {name: weight for name, weight in start.items() if one_head or nets.layer_of(name) != "head"}


def size(theta: Theta) -> int:
    """Returns the number of weights of one seed."""
    return sum(weight[0].numel() for weight in theta.values())
