"""A world of points on six spiral arms. A single map shows the whole world and the decision boundary. Does not depend
on nets."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core.experiment.tasks import Plane
from core.worlds import TrainingSet, generator

ARMS, NOISE = 6, 0.08
EXHIBIT = "map"


def classes(task: Plane) -> int:
    return ARMS if task.ask == "arm" else 2


def names(task: Plane) -> tuple[str, ...]:
    return tuple(f"{task.ask} {k + 1}" for k in range(classes(task)))


def points(task: Plane, arm: Tensor, rng: torch.Generator) -> Tensor:
    """Draws a point (n, 2) on each given arm (n,). Most points lie within radius 2."""
    t = 0.15 + 0.85 * torch.rand(len(arm), generator=rng)
    angle = 2 * math.pi * (arm / ARMS + task.winding * t + task.turn / 360)
    x = 2 * t[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    x = x * torch.tensor([-1.0 if task.mirrored else 1.0, 1.0])
    return x + NOISE * torch.randn(x.shape, generator=rng)


def examples(task: Plane, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draws n points, equally many of every arm, in random order. The colour is the arm's number modulo 2."""
    arm = (torch.arange(n) % ARMS)[torch.randperm(n, generator=rng)]
    return points(task, arm, rng), arm % classes(task)


def train(task: Plane, seeds: range) -> TrainingSet:
    """Draws the training points of each seed."""
    n = task.labels * classes(task)
    drawn = [examples(task, n, generator("plane", seed)) for seed in seeds]
    return TrainingSet(torch.stack([x for x, _ in drawn]), torch.stack([y for _, y in drawn]))


def test(task: Plane) -> tuple[Tensor, Tensor]:
    """Returns 3,000 points that no seed trains on."""
    return examples(task, 3000, generator("plane test", 0))
