"""Elastic weight consolidation: weights that mattered are held to where they started (Kirkpatrick et al. 2017).

How much a weight mattered is its diagonal Fisher information: the squared gradient of the log-probability of the
model's own sampled answers. Over a sequence of tasks the informations add up, and the anchor is the latest start
(Huszar 2018; Schwarz et al. 2018).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from core import nets
from core.keep import Past, Penalty, anchors, size
from core.keep.l2_sp import distance
from core.nets import Net, Theta
from core.spec import Keep

CHUNK = 16  # examples a seed looked at together: each has a gradient as large as the net


def prepare(keep: Keep, past: list[Past], start: Theta, rngs: list[torch.Generator]) -> Penalty:
    """strength / 2 * sum of Fisher * (theta - start)^2, over the weights that an old task stands on."""
    anchor = anchors(past, start)
    importance, once = {name: torch.zeros_like(weight) for name, weight in anchor.items()}, 0.0
    for one in past:
        x, _ = one.examples(keep.count)
        for name, information in fisher(one.net, one.theta, x, rngs).items():
            if name in anchor and name not in one.head:
                importance[name] = importance[name] + information
        once += nets.step_flops(one.net, one.theta, x[:, :1], list(one.theta)) * x.shape[1]

    def value(theta: Theta, x: Tensor, features: Tensor) -> Tensor:
        return keep.strength / 2 * distance(theta, anchor, importance)

    return Penalty(value, once=once, numbers=2 * size(anchor))


def fisher(net: Net, theta: Theta, x: Tensor, rngs: list[torch.Generator]) -> Theta:
    """x (seeds, n, ...) -> (seeds, ...) for every weight: the mean over x of (d log p(answer) / d weight)^2."""
    total = {name: torch.zeros_like(weight) for name, weight in theta.items()}
    for part in x.split(CHUNK, dim=1):
        # A copy of the net for every example: what falls to its copy is the gradient of that example alone.
        n = part.shape[1]
        copies = {name: weight.repeat_interleave(n, 0).requires_grad_() for name, weight in theta.items()}
        logits = nets.forward(net, copies, part.flatten(0, 1)[:, None]).flatten(0, 1)
        chances = logits.detach().softmax(-1).unflatten(0, (-1, n))
        answers = torch.cat([torch.multinomial(row, 1, generator=rng) for row, rng in zip(chances, rngs)]).flatten()
        gradients = torch.autograd.grad(F.cross_entropy(logits, answers, reduction="sum"), list(copies.values()))
        for name, gradient in zip(copies, gradients):
            total[name] += gradient.square().unflatten(0, (-1, n)).sum(1)
    return {name: sums / x.shape[1] for name, sums in total.items()}
