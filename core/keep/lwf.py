"""Learning without forgetting: no old example is kept, only the old answers to the new ones (Li & Hoiem 2016)."""

from __future__ import annotations

import torch
from torch import Tensor

from core import nets
from core.keep import Past, Penalty, anchors, size
from core.nets import Theta
from core.spec import Keep

SOFT = 2.0  # the temperature at which answers are compared, as in the paper


def prepare(keep: Keep, past: list[Past], start: Theta, rngs: list[torch.Generator]) -> Penalty:
    """strength * divergence of the old heads' answers to the new examples from those that the start gave."""
    heads = list({one.task.question: one for one in reversed(past)}.values())  # tasks with one head answer alike
    body = heads[0].net
    last = len(body) - 1

    def value(theta: Theta, x: Tensor, features: Tensor) -> Tensor:
        total = torch.zeros(len(rngs))
        with torch.no_grad():
            before = nets.forward(body, start, x, end=last)
        for one in heads:
            old = (one.answers(start, before, last) / SOFT).log_softmax(-1)
            new = (one.answers(theta, features, last) / SOFT).log_softmax(-1)
            total = total + (old.exp() * (old - new)).sum(-1).mean(1)
        return keep.strength * SOFT**2 * total  # the square keeps gradients as large as at temperature 1

    return Penalty(value, flops=cost(heads, start), numbers=size(anchors(past, start)))


def cost(heads: list[Past], start: Theta) -> float:
    """The start's features for one example; then each head for both, and the gradients of what moves."""
    example = heads[0].examples(1)[0][:, :1]
    counts = [list(nets.products(one.net, start | one.head, example).values()) for one in heads]
    return 2 * (sum(counts[0][:-1]) + sum(count[-1] * (3 if one.head else 4) for one, count in zip(heads, counts)))
