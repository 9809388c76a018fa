"""Measures how similar two nets' features of the same examples are, layer by layer: linear CKA (Kornblith et al.
2019)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """Returns {"layers": names, "cka": [run after the first][layer][seed]}.

    Each run is compared with the first run, on `count` test examples of the first task. If the first run has one
    seed, it is compared with every seed of the others.
    """
    x = worlds.evenly_spaced(worlds.load(tasks[0]).test(tasks[0])[0], count)
    first, *others = (features(learner, x) for learner in learned)
    layers = list(learned[0].net)[:-1]
    return {
        "layers": layers,
        "cka": [[rounded(cka(a, b)) for a, b in zip(first, other)] for other in others],
    }


def features(learner: Learned, x: Tensor) -> list[Tensor]:
    """Returns the output of each layer below the head for x (n, ...): (seeds, n, features) each."""
    seeds, found = learner.theta["head.weight"].shape[0], []
    y = x.expand(seeds, *x.shape)
    with torch.no_grad():
        for k in range(len(learner.net) - 1):
            y = nets.forward(learner.net, learner.theta, y, k, k + 1)
            found.append(y.flatten(2))
    return found


def cka(x: Tensor, y: Tensor) -> Tensor:
    """Computes linear CKA of x (seeds, n, p) and y (seeds, n, q), a value in [0, 1] for each seed.

    The formula is |Y'X|^2 / (|X'X| |Y'Y|) for centred features, with Frobenius norms. Features that differ only by a
    rotation and a scale have CKA 1.
    """
    x, y = (z - z.mean(1, keepdim=True) for z in (x, y))
    return product(y, x).square() / (product(x, x) * product(y, y))


def product(x: Tensor, y: Tensor) -> Tensor:
    """Returns the Frobenius norm of X'Y, of shape (seeds,). If one input has a single seed, it is used for all."""
    return torch.linalg.matrix_norm(x.transpose(1, 2) @ y)


def rounded(values: Tensor) -> list[float]:
    return [round(v, 4) for v in values.tolist()]
