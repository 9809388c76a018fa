"""Elastic weight consolidation: holds important weights close to where they started (Kirkpatrick et al. 2017).

The importance of a weight is its diagonal Fisher information: the squared gradient of the log-probability of answers
that are sampled from the model itself. A world with a loss of its own may have no probabilities to sample from.
There, the importance is the squared gradient of that loss at the true answers, the empirical Fisher information. Over
a sequence of tasks, the importances add up and the anchor is the latest start (Huszar 2018; Schwarz et al. 2018).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from core import nets, worlds
from core.experiment.spec import Keep
from core.keep import Penalty, TaskMemory, anchors, size
from core.keep.l2_sp import distance
from core.nets import Net, Theta

CHUNK = 16  # examples a seed that are processed together; the gradient of each is as large as the net


def prepare(keep: Keep, old_tasks: list[TaskMemory], start: Theta, rngs: list[torch.Generator]) -> Penalty:
    """Returns the penalty strength / 2 * sum of Fisher * (theta - start)^2, over the weights that an old task depends
    on."""
    anchor = anchors(old_tasks, start)
    importance, once = {name: torch.zeros_like(weight) for name, weight in anchor.items()}, 0.0
    for old in old_tasks:
        x, y = old.examples(keep.count)
        loss = worlds.loss_of(old.task)
        surprise = sampled(rngs) if loss is worlds.cross_entropy else loss
        for name, information in fisher(old.net, old.theta, x, y, surprise).items():
            if name in anchor and name not in old.head:
                importance[name] = importance[name] + information
        once += nets.step_flops(old.net, old.theta, x[:, :1], list(old.theta)) * x.shape[1]

    def value(theta: Theta, x: Tensor, features: Tensor) -> Tensor:
        return keep.strength / 2 * distance(theta, anchor, importance)

    return Penalty(value, once=once, numbers=2 * size(anchor))


def fisher(net: Net, theta: Theta, x: Tensor, y: Tensor, surprise: Callable[[Tensor, Tensor], Tensor]) -> Theta:
    """Returns the Fisher information of every weight, (seeds, ...): the mean over x of (d surprise / d weight)^2.

    x and y are (seeds, n, ...). `surprise` is a function of logits (rows, 1, ..., classes) and answers y (rows, 1,
    ...), with one row for each example.
    """
    total = {name: torch.zeros_like(weight) for name, weight in theta.items()}
    for some, truth in zip(x.split(CHUNK, dim=1), y.split(CHUNK, dim=1)):
        # Each example gets its own copy of the net, so the gradient of a copy is the gradient of one example.
        n = some.shape[1]
        copies = {name: weight.repeat_interleave(n, 0).requires_grad_() for name, weight in theta.items()}
        logits = nets.forward(net, copies, some.flatten(0, 1)[:, None])
        all_of_them = surprise(logits, truth.flatten(0, 1)[:, None]).sum()
        for name, gradient in zip(copies, torch.autograd.grad(all_of_them, list(copies.values()))):
            total[name] += gradient.square().unflatten(0, (-1, n)).sum(1)
    return {name: sums / x.shape[1] for name, sums in total.items()}


def sampled(rngs: list[torch.Generator]) -> Callable[[Tensor, Tensor], Tensor]:
    """Returns a function that computes -log p of answers sampled from the logits. Each seed has its own random
    numbers."""

    def surprise(logits: Tensor, y: Tensor) -> Tensor:
        rows = logits.flatten(0, -2)
        chances = rows.detach().softmax(-1).unflatten(0, (len(rngs), -1))
        answers = torch.cat([torch.multinomial(row, 1, generator=rng) for row, rng in zip(chances, rngs)]).flatten()
        return F.cross_entropy(rows, answers, reduction="sum")

    return surprise
