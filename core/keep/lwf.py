"""Learning without forgetting: stores no old examples, but keeps the old heads' answers to the new examples (Li &
Hoiem 2016)."""

from __future__ import annotations

import torch
from torch import Tensor

from core import nets
from core.experiment.spec import Keep
from core.keep import Penalty, TaskMemory, anchors, size
from core.nets import Theta

SOFT = 2.0  # the temperature at which answers are compared, as in the paper


def prepare(keep: Keep, old_tasks: list[TaskMemory], start: Theta, rngs: list[torch.Generator]) -> Penalty:
    """Returns the penalty: strength * how far the old heads' answers to the new examples are from the answers at the
    start."""
    # tasks that share a head give the same answers
    heads = list({old.task.question: old for old in reversed(old_tasks)}.values())
    body, gaps = heads[0].net, [between_numbers if old.asks_for_numbers else divergence for old in heads]
    last = len(body) - 1

    def value(theta: Theta, x: Tensor, features: Tensor) -> Tensor:
        total = torch.zeros(len(rngs))
        with torch.no_grad():
            before = nets.forward(body, start, x, end=last)
        for old, gap in zip(heads, gaps):
            total = total + gap(old.answers(start, before, last), old.answers(theta, features, last))
        return keep.strength * total

    return Penalty(value, flops=cost(heads, start), numbers=size(anchors(old_tasks, start)))


def divergence(before: Tensor, now: Tensor) -> Tensor:
    """Returns the divergence of softened probabilities, from logits (seeds, batch, ..., classes) -> (seeds,)."""
    p, q = ((logits / SOFT).log_softmax(-1) for logits in (before, now))
    apart = (p.exp() * (p - q)).sum(-1).flatten(1).mean(1)
    return SOFT**2 * apart  # the square keeps the gradients as large as at temperature 1


def between_numbers(before: Tensor, now: Tensor) -> Tensor:
    """Returns the mean squared difference of answers that are numbers: (seeds, batch, ...) -> (seeds,)."""
    return (before - now).square().flatten(1).mean(1)


def cost(heads: list[TaskMemory], start: Theta) -> float:
    """Returns the extra operations for one example: the start's features, each old head before and now, and the
    gradients of the weights that are trained."""
    example = heads[0].new_example
    counts = [list(nets.products(old.net, start | old.head, example).values()) for old in heads]
    return 2 * (sum(counts[0][:-1]) + sum(count[-1] * (3 if old.head else 4) for old, count in zip(heads, counts)))
