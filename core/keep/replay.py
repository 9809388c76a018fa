"""Replay: trains on stored old examples together with the new ones (Robins 1995; Chaudhry et al. 2019)."""

from __future__ import annotations

import torch
from torch import Tensor

from core import nets
from core.experiment.spec import Keep
from core.keep import Penalty, TaskMemory
from core.nets import Theta


def prepare(keep: Keep, old_tasks: list[TaskMemory], start: Theta, rngs: list[torch.Generator]) -> Penalty:
    """Returns the penalty: strength * the old tasks' loss on old examples. Every step uses a batch of each old task
    that is as large as the new batch."""
    kept = [old.to_replay(keep.count) for old in old_tasks]
    row = torch.arange(len(rngs))[:, None]

    def value(theta: Theta, x: Tensor, features: Tensor) -> Tensor:
        total = torch.zeros(len(rngs))
        for old, (x_old, y_old) in zip(old_tasks, kept):
            pick = torch.stack([torch.randint(y_old.shape[1], (x.shape[1],), generator=rng) for rng in rngs])
            total = total + old.loss(theta, x_old[row, pick], y_old[row, pick])
        return keep.strength * total

    costs = [
        nets.step_flops(old.net, start | old.head, x_old[:, :1], [name for name in start if name not in old.head])
        for old, (x_old, _) in zip(old_tasks, kept)
    ]
    return Penalty(value, flops=sum(costs), numbers=sum(x_old[0].numel() for x_old, _ in kept))
