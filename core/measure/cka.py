"""How alike two nets see the same examples, layer by layer: linear CKA (Kornblith et al. 2019)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """{"layers": names, "cka": [run after the first][layer][seed]}: each run beside the first, on `count` test
    examples of the first task; a first run of one seed stands beside every seed."""
    x = worlds.evenly_spaced(worlds.load(tasks[0]).test(tasks[0])[0], count)
    first, *others = (features(learner, x) for learner in learned)
    layers = list(learned[0].net)[:-1]
    return {
        "layers": layers,
        "cka": [[rounded(cka(a, b)) for a, b in zip(first, other)] for other in others],
    }


def features(learner: Learned, x: Tensor) -> list[Tensor]:
    """What each layer below the head makes of x (n, ...): (seeds, n, features) each."""
    seeds, found = learner.theta["head.weight"].shape[0], []
    y = x.expand(seeds, *x.shape)
    with torch.no_grad():
        for k in range(len(learner.net) - 1):
            y = nets.forward(learner.net, learner.theta, y, k, k + 1)
            found.append(y.flatten(2))
    return found


def cka(x: Tensor, y: Tensor) -> Tensor:
    """x (seeds, n, p), y (seeds, n, q) -> (seeds,) in [0, 1]: |Y'X|^2 / (|X'X| |Y'Y|) of centred features, with
    Frobenius norms; 1 for features that differ by a rotation and a scale only."""
    x, y = (z - z.mean(1, keepdim=True) for z in (x, y))
    return product(y, x).square() / (product(x, x) * product(y, y))


def product(x: Tensor, y: Tensor) -> Tensor:
    """The Frobenius norm of X'Y, (seeds,); one seed stands for all."""
    return torch.linalg.matrix_norm(x.transpose(1, 2) @ y)


def rounded(values: Tensor) -> list[float]:
    return [round(v, 4) for v in values.tolist()]
