"""Measures how different two worlds look to a net: the Frechet distance between the features of their pictures
(Heusel et al. 2017).

The features are the inputs of the head, and those of each world are modelled as a Gaussian. Labels play no role: two
worlds with the same pictures and different questions have distance zero.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned


def measure(learned: list[Learned], *, tasks: tuple[Task, ...]) -> dict[str, Any]:
    """Returns {"distance": [run][task], "look": [task]}, each measured from the first task, for the first seed of
    each run.

    The distance is divided by the spread of the first task's own features (the trace of their covariance).
    """
    shown = [pictures(task) for task in tasks]
    found = []
    for learner in learned:
        theta = {name: weight[:1] for name, weight in learner.theta.items()}
        features = [nets.forward(learner.net, theta, x[None], end=len(learner.net) - 1)[0].double() for x in shown]
        spread = float(torch.cov(features[0].T).trace())
        found.append([round(frechet(features[0], other) / spread, 5) for other in features])
    return {"distance": found, "look": [round(look(shown[0], other), 5) for other in shown]}


def pictures(task: Task, most: int = 1000) -> Tensor:
    """Returns at most `most` test examples (n, ...) of a task, evenly spaced."""
    x, _ = worlds.load(task).test(task)
    return x[torch.linspace(0, len(x) - 1, min(most, len(x))).long()]


def frechet(a: Tensor, b: Tensor) -> float:
    """Computes the Frechet distance of features (n, d) and (m, d): |mean a - mean b|^2 + trace(A + B - 2 (A
    B)^(1/2)), where A and B are their covariances."""
    root = square_root(torch.cov(a.T))
    both = square_root(root @ torch.cov(b.T) @ root)
    apart = (a.mean(0) - b.mean(0)).square().sum()
    return float(apart + torch.cov(a.T).trace() + torch.cov(b.T).trace() - 2 * both.trace())


def square_root(matrix: Tensor) -> Tensor:
    """Returns the square root of a symmetric matrix without negative eigenvalues, such as a covariance."""
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T


def look(target: Tensor, source: Tensor) -> float:
    """Measures how different the pictures look, pixel by pixel. For each target picture, it takes the root mean
    squared difference to the nearest source picture. The result is the mean over the target pictures."""
    return float(torch.cdist(target.flatten(1), source.flatten(1)).amin(1).mean() / target[0].numel() ** 0.5)
