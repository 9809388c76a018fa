"""A world of random straight lines y = a + b x, each shown by a few points, to measure in-context learning. Does not
depend on nets.

A prompt is a row of vectors (x, y): x1 without an answer, then y1 without a question, x2, y2, and so on. At every x,
the net has to predict the value of y. It can infer a and b only from the points before. This is the world of Garg et
al. (2022), linear functions of (1, x), chosen because lines can be drawn.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from core.experiment.tasks import Lines
from core.worlds import TrainingSet, generator

UNIT = "error"  # squared error at the last point of a prompt, divided by the error of always predicting 0

EXHIBIT = "curve"  # the answers are numbers
SHOWN = Lines.shown  # the prompt after which a run records its answers
REACH, GRID = 3.0, 25  # it records them at GRID places from -REACH to REACH


def classes(task: Lines) -> int:
    """Returns the length of the vectors in a prompt."""
    return 2


def prompts(task: Lines, count: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draws points of `count` lines: x and y (count, points)."""
    x = torch.randn(count, task.points, generator=rng) * task.far
    a, b = (torch.randn(count, 1, generator=rng) for _ in range(2))
    return x, a + task.steep * b * x + task.bend * (x**2 - task.far**2)


def to_prompt(x: Tensor, y: Tensor) -> Tensor:
    """Converts x and y (..., points) to a prompt (..., 2 points, 2), in which every answer follows its question."""
    nothing = torch.zeros_like(x)
    asked, told = torch.stack([x, nothing], -1), torch.stack([nothing, y], -1)
    return torch.stack([asked, told], -2).flatten(-3, -2)


class Prompts(TrainingSet):
    """A training set with new lines at every step. No line is seen twice."""

    def __init__(self, task: Lines, seeds: range):
        self.task, self.rngs = task, [generator("lines", seed) for seed in seeds]
        super().__init__(torch.zeros(len(seeds), 1), torch.zeros(len(seeds), task.prompts))

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        drawn = [prompts(self.task, index.shape[1], rng) for rng in self.rngs]
        return torch.stack([to_prompt(x, y) for x, y in drawn]), torch.stack([y for _, y in drawn])


def train(task: Lines, seeds: range) -> TrainingSet:
    """Returns the training prompts of each seed."""
    return Prompts(task, seeds)


@cache
def test(task: Lines) -> tuple[Tensor, Tensor]:
    """Returns the test prompts."""
    x, y = prompts(task, 250, generator("lines test", 0))
    return to_prompt(x, y), y


def predicted(answers: Tensor) -> Tensor:
    """Returns the predictions at every x: answers (..., 2 points, 1) -> (..., points)."""
    return answers[..., ::2, 0]


def curve_prompts() -> Tensor:
    """Returns prompts (GRID, 2 points, 2) that begin with SHOWN. Each one asks for the value at another place."""
    x, y = (torch.tensor(part).expand(GRID, -1) for part in zip(*SHOWN))
    grid = torch.linspace(-REACH, REACH, GRID)[:, None]
    return to_prompt(torch.cat([x, grid], 1), torch.cat([y, torch.zeros(GRID, 1)], 1))


def loss(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the mean squared error of each seed, over all points of all prompts."""
    return (predicted(answers) - y).square().flatten(1).mean(1)


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the relative squared error at the last point of every prompt."""
    return (predicted(answers) - y).square()[..., -1] / y.square()[..., -1].mean()
