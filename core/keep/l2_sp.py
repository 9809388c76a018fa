"""L2-SP: holds every weight close to where it started, all with equal strength (Li, Grandvalet & Davoine 2018)."""

from __future__ import annotations

import torch
from torch import Tensor

from core.experiment.spec import Keep
from core.keep import Penalty, TaskMemory, anchors, size
from core.nets import Theta


def prepare(keep: Keep, old_tasks: list[TaskMemory], start: Theta, rngs: list[torch.Generator]) -> Penalty:
    """Returns the penalty strength / 2 * squared distance from the start, over the weights that an old task depends
    on."""
    anchor = anchors(old_tasks, start)

    def value(theta: Theta, x: Tensor, features: Tensor) -> Tensor:
        return keep.strength / 2 * distance(theta, anchor)

    return Penalty(value, numbers=size(anchor))


def distance(theta: Theta, anchor: Theta, importance: Theta | None = None) -> Tensor:
    """Returns the sum of (theta - anchor)^2 over the anchor's weights, each times its importance, of shape (seeds,)."""
    parts = []
    for name, weight in anchor.items():
        square = (theta[name] - weight).square()
        parts.append((square * importance[name] if importance else square).flatten(1).sum(1))
    return torch.stack(parts).sum(0)
