"""The test of one task that a run takes again and again, through the head that answers it.

It knows no stage and no optimiser. What layers that stay as they are make of the examples is computed once: `frozen`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core import align, keep, nets, worlds
from core.align.rater import Judge
from core.experiment.spec import Run
from core.experiment.tasks import Task
from core.nets import Net, Theta

# What goes through the net at a time, of all seeds together: more does not fit the processor's cache.
EXAMPLES, ANSWERS = 256, 2**20


@dataclass(frozen=True, kw_only=True)
class Evaluator:
    """Test examples, what they are worth, and what of the run is known to stay as it is."""

    net: Net
    head: Theta  # an ancestor's, which stays as it was; empty where the run answers through its own
    seeds: int
    examples: Tensor  # (n, ...)
    y: Tensor  # (n, ...)
    unit: str  # of the scores
    scores: Callable[[Tensor, Tensor], Tensor]  # answers (seeds, n, ..., classes), y (n, ...) -> (seeds, n)
    chunk: int  # examples a seed that go through the net at a time
    judge: Judge | None = None  # of what the net writes, where that is judged too
    first: int = 0  # the layers below this one are done with
    features: tuple[Tensor, ...] = ()  # what these made of the examples, (seeds, chunk, ...) each

    @classmethod
    def for_task(cls, run: Run, task: Task, net: Net, ancestors: dict[Run, Theta]) -> Evaluator:
        """For weights that may all move."""
        world, (examples, y) = worlds.load(task), worlds.load(task).test(task)
        return cls(
            net=net,
            head=keep.old_head(run, task, ancestors),
            seeds=run.seeds,
            examples=examples,
            y=y,
            unit=getattr(world, "UNIT", "accuracy"),
            scores=getattr(world, "scores", worlds.right),
            judge=Judge(align.case(run, task, net, ancestors)) if task.judged and run.start else None,
            chunk=max(4, min(EXAMPLES, ANSWERS // (y[0].numel() * world.classes(task))) // run.seeds),
        )

    def frozen(self, theta: Theta, first: int) -> Evaluator:
        """For weights whose layers below `first` stay as they are in theta."""
        with torch.no_grad():
            features = tuple(nets.forward(self.net, theta, x, 0, first) for x in self.chunks())
        return replace(self, first=first, features=features)

    def subset(self, count: int, chunk: int = 0) -> Evaluator:
        """With `count` of the examples, evenly spread: in some worlds they are in order of their classes."""
        examples, y = (worlds.evenly_spaced(part, count) for part in (self.examples, self.y))
        return replace(self, examples=examples, y=y, chunk=chunk or self.chunk, first=0, features=())

    def chunks(self) -> Iterator[Tensor]:
        """The examples for every seed, (seeds, chunk, ...)."""
        return (x.expand(self.seeds, *x.shape) for x in self.examples.split(self.chunk))

    def logits_in_chunks(self, theta: Theta) -> Iterator[Tensor]:
        """Logits (seeds, chunk, ..., classes), a chunk at a time, because answers about text are large."""
        for x in self.features or self.chunks():
            with torch.no_grad():
                answers = nets.forward(self.net, theta | self.head, x, self.first)
            yield answers

    def answers(self, theta: Theta) -> Tensor:
        """Logits (seeds, n, ..., classes)."""
        return torch.cat(list(self.logits_in_chunks(theta)), 1)

    def score(self, theta: Theta) -> list[float]:
        """Every seed's mean score."""
        each = [self.scores(answers, y) for answers, y in zip(self.logits_in_chunks(theta), self.y.split(self.chunk))]
        return [round(mean, 5) for mean in torch.cat(each, 1).mean(1).tolist()]

    def report(self, theta: Theta) -> dict[str, list[float]]:
        """Every seed's scores by unit: of what it reads, and where that is judged too, of what it writes."""
        return {self.unit: self.score(theta)} | (self.judge.report(theta) if self.judge else {})
