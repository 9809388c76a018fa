"""Tests a run on one task, again and again during training, through the head that answers the task.

`frozen` computes the output of frozen layers only once. This module does not depend on stages or the optimiser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core import align, keep, nets, worlds
from core.align.rater import Judge
from core.experiment.spec import Run
from core.experiment.tasks import Task
from core.nets import Net, Theta

# Limits on what goes through the net at once, over all seeds together: examples, numbers that are read, and numbers
# that are answered. More does not fit into the processor's cache.
EXAMPLES, READ, ANSWERS = 256, 2**22, 2**20
Score = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class Evaluator:
    """Holds the test examples of a task, the way to score answers, and the outputs of frozen layers."""

    net: Net
    head: Theta  # the head of an ancestor, which stays unchanged; empty if the run answers through its own head
    seeds: int
    examples: Tensor  # (n, ...)
    y: Tensor  # (n, ...)
    unit: str  # unit of the scores
    scores: Score  # answers (seeds, n, ..., classes), y (n, ...) -> (seeds, n)
    chunk: int  # examples a seed that go through the net at once
    nats: bool = False  # whether the loss is reported, too
    judge: Judge | None = None  # judges what the net writes, for tasks that are judged
    first: int = 0  # the first layer that still has to be computed
    features: tuple[Tensor, ...] = ()  # the output of the layers below `first`, (seeds, chunk, ...) each

    @classmethod
    def for_task(cls, run: Run, task: Task, net: Net, ancestors: dict[Run, Theta]) -> Evaluator:
        """Creates an evaluator for weights that may all change."""
        world, (examples, y) = worlds.load(task), worlds.load(task).test(task)
        return cls(
            net=net,
            head=keep.old_head(run, task, ancestors),
            seeds=run.seeds,
            examples=examples,
            y=y,
            unit=getattr(world, "UNIT", "accuracy"),
            scores=getattr(world, "scores", worlds.right),
            nats=run.nats,
            judge=Judge(align.case(run, task, net, ancestors)) if task.judged and run.start else None,
            chunk=max(4, chunk_of_all_seeds(examples[0].numel(), y[0].numel() * world.classes(task)) // run.seeds),
        )

    def frozen(self, theta: Theta, first: int) -> Evaluator:
        """Returns an evaluator for weights whose layers below `first` stay as they are in `theta`."""
        with torch.no_grad():
            features = tuple(nets.frozen_features(self.net, theta, x, first) for x in self.chunks())
        return replace(self, first=first, features=features)

    def subset(self, count: int, chunk: int = 0) -> Evaluator:
        """Returns an evaluator for `count` of the examples, evenly spread because some worlds order their examples by
        class."""
        examples, y = (worlds.evenly_spaced(part, count) for part in (self.examples, self.y))
        return replace(self, examples=examples, y=y, chunk=chunk or self.chunk, first=0, features=())

    def chunks(self) -> Iterator[Tensor]:
        """Yields the examples, repeated for every seed, of shape (seeds, chunk, ...)."""
        return (x.expand(self.seeds, *x.shape) for x in self.examples.split(self.chunk))

    def logits_in_chunks(self, theta: Theta) -> Iterator[Tensor]:
        """Yields logits (seeds, chunk, ..., classes), one chunk at a time, because the logits of text are large."""
        for x in self.features or self.chunks():
            with torch.no_grad():
                answers = nets.forward(self.net, theta | self.head, x, self.first)
            yield answers

    def answers(self, theta: Theta) -> Tensor:
        """Returns the logits of all examples, (seeds, n, ..., classes)."""
        return torch.cat(list(self.logits_in_chunks(theta)), 1)

    def score(self, theta: Theta) -> list[float]:
        """Returns the mean score of every seed."""
        return self.means(theta, {self.unit: self.scores})[self.unit]

    def means(self, theta: Theta, units: Mapping[str, Score]) -> dict[str, list[float]]:
        """Returns the mean of several scores for every seed, by unit."""
        each: dict[str, list[Tensor]] = {unit: [] for unit in units}
        for answers, y in zip(self.logits_in_chunks(theta), self.y.split(self.chunk)):
            for unit, score in units.items():
                each[unit].append(score(answers, y))
        return {unit: [round(mean, 5) for mean in torch.cat(parts, 1).mean(1).tolist()] for unit, parts in each.items()}

    def report(self, theta: Theta) -> dict[str, list[float]]:
        """Returns the scores of every seed by unit, with the loss in nats if the run records it. If the task is judged,
        this includes the scores of what the net writes."""
        units = {self.unit: self.scores} | ({"nats": worlds.surprise} if self.nats else {})
        return self.means(theta, units) | (self.judge.report(theta) if self.judge else {})


def chunk_of_all_seeds(read: int, answered: int) -> int:
    """Returns how many examples go through the net at once, from the numbers that one of them has."""
    return min(EXAMPLES, READ // read, ANSWERS // answered)
