"""The events that a training run yields, and when it yields them.

This module does not know stages, methods or the optimiser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from core.experiment.spec import Run
from core.nets import Net, Theta, first_seed
from core.training.evaluator import Evaluator
from core.training.tracked_examples import behaviour, exhibits

TEXTS = 6  # how often a run writes the texts that it records
QUIET = 20, 5e9  # the most steps, and operations of all nets, that pass without an event


@dataclass(frozen=True)
class Point:
    """Holds the results of a run after some number of steps. Lists have one entry for each seed."""

    step: int
    stage: str  # the method of the current stage
    flops: float  # floating-point operations spent on one seed so far, forward and backward
    loss: list[float | None]  # cross-entropy of the last training batch in nats; None before the first batch
    # by unit, then by task: "0" is the run's own task, "1" the first watched task, ...
    scores: dict[str, dict[str, list[float]]]
    # by task: what the first seed does with the tracked examples (Run.exhibit)
    exhibit: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def accuracy(self) -> dict[str, list[float]]:
        return self.scores["accuracy"]


@dataclass(frozen=True)
class Frame:
    """The first seed's weights at one moment, each of shape (1, ...)."""

    step: int
    theta: Theta


@dataclass(frozen=True)
class Tick:
    """An event without a result. The caller may stop the run here."""

    step: int


@dataclass(frozen=True)
class Done:
    """The last event. It holds the trained weights, each of shape (seeds, ...)."""

    theta: Theta
    patch: Theta = field(default_factory=dict)  # what was trained, if the weights follow from it and from the start


class Reporter:
    """Decides which events are due before each step, and makes them."""

    def __init__(self, run: Run, net: Net, ancestors: dict[Run, Theta]):
        self.run = run
        self.evaluators = [Evaluator.for_task(run, task, net, ancestors) for task in (run.task, *run.watch)]
        self.tracked = exhibits(run, self.evaluators)
        self.texts = written_at(run.tests)  # the tests at which texts are written
        self.tests = set(run.tests[:-1])  # the last one is made at the end
        self.frames = set(moments(run.steps, run.frames))
        self.method, self.quiet = "", 1

    def begin_stage(self, method: str, start: Theta, first: int, cost: float) -> None:
        """Prepares for a stage that trains the layers from `first` on, at a cost of so many operations a step and
        seed. The outputs of the layers below are computed once."""
        self.method = method
        self.quiet = max(1, min(QUIET[0], int(QUIET[1] / max(1.0, cost * self.run.seeds))))
        self.evaluators = [evaluator.frozen(start, first) for evaluator in self.evaluators]
        self.tracked = {place: exhibit.frozen(start, first) for place, exhibit in self.tracked.items()}

    def before_step(
        self, step: int, flops: float, losses: Tensor, weights: Callable[[], Theta]
    ) -> Iterator[Point | Frame | Tick]:
        """Yields what is due before a step. `weights` computes the current weights, (seeds, ...) each."""
        if step in self.tests:
            self.tests.discard(step)  # a step that two stages share is tested once
            yield self.point(step, flops, losses, detached(weights()), writing=step in self.texts)
        elif step % self.quiet == 0:
            yield Tick(step)
        if step in self.frames:
            self.frames.discard(step)
            yield Frame(step, copy_first_seed(weights()))

    def at_end(
        self, step: int, flops: float, losses: Tensor, theta: Theta, patch: Theta
    ) -> Iterator[Point | Frame | Done]:
        """Yields the last test, the last frame if the run records frames, and the trained weights."""
        yield self.point(step, flops, losses, theta, writing=True)
        if self.run.frames:
            yield Frame(step, copy_first_seed(theta))
        yield Done(theta, patch)

    def point(self, step: int, flops: float, losses: Tensor, theta: Theta, writing: bool) -> Point:
        """Tests weights (seeds, ...) on all tasks. `writing` says whether the net also writes texts now."""
        seen = behaviour(self.tracked, theta, writing)
        return Point(step, self.method, flops, nats(losses), scored(self.evaluators, theta), seen)


def nats(losses: Tensor) -> list[float | None]:
    """Converts losses to a list, with None for a loss that is not yet known."""
    return [None if math.isnan(loss) else round(loss, 5) for loss in losses.tolist()]


def scored(evaluators: list[Evaluator], theta: Theta) -> dict[str, dict[str, list[float]]]:
    """Returns the scores of all evaluators, by unit and then by position of the task."""
    by_unit: dict[str, dict[str, list[float]]] = {}
    for k, evaluator in enumerate(evaluators):
        for unit, scores in evaluator.report(theta).items():
            by_unit.setdefault(unit, {})[str(k)] = scores
    return by_unit


def moments(steps: int, count: int) -> list[int]:
    """Returns the steps at which a frame is recorded, except the last. Together with the last there are `count`
    frames, evenly spaced on a log scale if there are enough steps."""
    if count < 2:
        return []
    return sorted({round((steps + 1) ** (k / (count - 1))) - 1 for k in range(count - 1)})


def written_at(tests: list[int]) -> set[int]:
    """Returns the tests at which texts are written, besides the last. They are few and spread like frames, because
    writing is slow."""
    before = tests[:-1]  # empty for a model that others have trained
    return {min(before, key=lambda test: abs(test - moment)) for moment in moments(tests[-1], TEXTS) if before}


def copy_first_seed(theta: Theta) -> Theta:
    """Returns a copy of the first seed's weights, each of shape (1, ...), which does not keep those of other seeds."""
    return {name: weight.clone() for name, weight in detached(first_seed(theta)).items()}


def detached(theta: Theta) -> Theta:
    """Returns the weights without the history that gradients need."""
    return {name: weight.detach() for name, weight in theta.items()}
