"""What protects the skills that a run's ancestors learned: a penalty beside the loss. One file a method.

Every method is a module with the same one function; none knows the loop, and the loop knows none by name.

prepare(keep, past, start, rngs) -> Penalty   past: the tasks of the lineage; start: the weights the run begins with
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
    """What is added to the loss of every seed, and what that takes."""

    value: Callable[[Theta, Tensor, Tensor], Tensor]  # theta, x (seeds, batch, ...), features of x -> (seeds,)
    flops: float = 0.0  # operations that each new example costs more
    once: float = 0.0  # operations before the first step
    numbers: int = 0  # pixels, weights and importances that must be kept


@dataclass(frozen=True)
class TaskMemory:
    """A task that was learned before."""

    task: Task
    new: Task  # what is learned now
    seeds: range
    net: Net
    theta: Theta  # the weights when it had just been learned, (seeds, ...)
    head: Theta  # its head, kept as it was; empty where the run goes on training it

    def examples(self, count: int) -> tuple[Tensor, Tensor]:
        """x (seeds, n, ...), y (seeds, n, ...): `count` of each seed's own training examples, of every class where the
        task counts its labels by class; or all there are."""
        task = self.task.at_most(count)
        pool = worlds.load(task).train(task, self.seeds)
        n = pool.size if hasattr(task, "labels") else min(count, pool.size)
        x, y = pool.take(torch.arange(n).expand(len(self.seeds), -1))
        return x, y

    def to_replay(self, count: int) -> tuple[Tensor, Tensor]:
        """The same; where something is asked at every place, as of text, x and y (seeds, n, places) are no longer than
        the new examples, so that as many old tokens are read as new ones."""
        x, y = self.examples(count)
        if x.shape != y.shape:
            return x, y
        places = self.new_example.shape[-1]
        return x[..., :places], y[..., :places]

    @property
    def new_example(self) -> Tensor:
        """One example of what is learned now, (seeds, 1, ...), for its shape."""
        x, _ = worlds.load(self.new).test(self.new)
        return x[:1].expand(len(self.seeds), *x[:1].shape)

    @property
    def asks_for_numbers(self) -> bool:
        """Whether its answers are numbers, as the places of points on a line are, and not chances of classes."""
        _, y = worlds.load(self.task).test(self.task)
        return bool(y.is_floating_point())

    def loss(self, theta: Theta, x: Tensor, y: Tensor) -> Tensor:
        """Of old examples, through its own head, (seeds,)."""
        return worlds.loss_of(self.task)(self.answers(theta, x), y)

    def answers(self, theta: Theta, x: Tensor, first: int = 0) -> Tensor:
        """Logits (seeds, batch, ..., classes) through its own head; x has been through the layers below `first`."""
        return nets.forward(self.net, theta | self.head, x, first)


def load(method: str) -> ModuleType:
    return import_module(f"core.keep.{method}")


def past(run: Run, ancestors: dict[Run, Theta]) -> list[TaskMemory]:
    """Every task of the lineage, the latest first; not the run's own, where it goes on from the midst of it."""
    seeds, found = range(run.first_seed, run.first_seed + run.seeds), []
    for ancestor in list(run.lineage())[1:]:
        task = ancestor.task
        if ancestor.until and ancestor.task == run.task:
            continue
        net = nets.load(run.net, worlds.load(task).classes(task))
        theta = for_each_seed(ancestors[ancestor], run.seeds)
        found.append(TaskMemory(task, run.task, seeds, net, theta, old_head(run, task, ancestors)))
    return found


def old_head(run: Run, task: Task, ancestors: dict[Run, Theta]) -> Theta:
    """The head through which a run answers a task, if an ancestor's that stays as it was; nothing if its own."""
    answering = run.answering(task)
    if answering == run:
        return {}
    return for_each_seed({n: w for n, w in ancestors[answering].items() if nets.layer_of(n) == "head"}, run.seeds)


def for_each_seed(theta: Theta, seeds: int) -> Theta:
    """The weights for every seed, the same for all where there is only one seed's."""
    return {name: weight.expand(seeds, *weight.shape[1:]) for name, weight in theta.items()}


def anchors(past: list[TaskMemory], start: Theta) -> Theta:
    """The weights of the start that an old task stands on: all but a head that only the new task uses."""
    one_head = any(not old.head for old in past)
    return {name: weight for name, weight in start.items() if one_head or nets.layer_of(name) != "head"}


def size(theta: Theta) -> int:
    """How many weights one seed has."""
    return sum(weight[0].numel() for weight in theta.values())
