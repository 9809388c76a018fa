"""How far apart two worlds look to a net: the Frechet distance between their pictures' features (Heusel et al. 2017).

The features of each world, those that go into the head of the run asked, are taken for a Gaussian. What the labels
say does not enter: two worlds with the same pictures and other questions are at no distance.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned


def measure(learned: list[Learned], *, tasks: tuple[Task, ...]) -> dict[str, Any]:
    """{"distance": [run][task], "look": [task]}, each from the first task, by the first seed of each run; distance as a
    share of how far the first task's own features spread (the trace of their covariance)."""
    shown = [pictures(task) for task in tasks]
    found = []
    for learner in learned:
        theta = {name: weight[:1] for name, weight in learner.theta.items()}
        features = [nets.forward(learner.net, theta, x[None], end=len(learner.net) - 1)[0].double() for x in shown]
        spread = float(torch.cov(features[0].T).trace())
        found.append([round(frechet(features[0], other) / spread, 5) for other in features])
    return {"distance": found, "look": [round(look(shown[0], other), 5) for other in shown]}


def pictures(task: Task, most: int = 1000) -> Tensor:
    """Test examples (n, ...) of a task, an even choice of at most so many."""
    x, _ = worlds.load(task).test(task)
    return x[torch.linspace(0, len(x) - 1, min(most, len(x))).long()]


def frechet(a: Tensor, b: Tensor) -> float:
    """Features (n, d) and (m, d): |mean a - mean b|^2 + trace(A + B - 2 (A B)^(1/2)), A and B their covariances."""
    root = square_root(torch.cov(a.T))
    both = square_root(root @ torch.cov(b.T) @ root)
    apart = (a.mean(0) - b.mean(0)).square().sum()
    return float(apart + torch.cov(a.T).trace() + torch.cov(b.T).trace() - 2 * both.trace())


def square_root(matrix: Tensor) -> Tensor:
    """Of a symmetric matrix without negative eigenvalues, such as a covariance."""
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T


def look(target: Tensor, source: Tensor) -> float:
    """How unlike the pictures look, grey value by grey value: from each target picture to the nearest source picture,
    the root of the mean squared difference, averaged over the target."""
    return float(torch.cdist(target.flatten(1), source.flatten(1)).amin(1).mean() / target[0].numel() ** 0.5)
