"""Measures the size of a patch: how many numbers the last stage trained, out of how many, and how far the weights
moved."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import adapt, nets
from core.measure import Learned
from core.nets import Theta, layer_of
from core.tensors.delta import between


def measure(learned: list[Learned]) -> dict[str, Any]:
    """Returns, for each run, "trained" and "all", which are numbers of parameters, and "moved".

    "moved" is the length of delta below the head, divided by the length of the weights that it is added to, for each
    seed.
    """
    return {"runs": [patch(learner) for learner in learned]}


def patch(learner: Learned) -> dict[str, Any]:
    """Computes the size of one run's patch.

    The weights before the last stage are put in the net's own order, because a method finds the head by its position.
    A stored theta may have another order.
    """
    stage, start = learner.run.stages[-1], learner.thetas[learner.run.start] if learner.run.start else learner.theta
    there = nets.fresh(learner.net, [torch.Generator()]) | start
    before = {name: learner.theta[name][:1] for name in there}
    phi = adapt.load(stage.method).phi(before, stage.size, [torch.Generator()])
    delta = between(start, {name: weight for name, weight in learner.theta.items() if name in start})
    below = {name: part for name, part in delta.items() if layer_of(name) != "head"}
    moved = length(below) / length({name: start[name] for name in below})
    return {
        "trained": sum(part[0].numel() for part in phi.values()),
        "all": sum(part[0].numel() for part in before.values()),
        "moved": [round(share, 5) for share in moved.tolist()],
    }


def length(theta: Theta) -> Tensor:
    """Returns the root of the sum of all squares, of shape (seeds,)."""
    return sum((part.flatten(1).square().sum(1) for part in theta.values()), torch.zeros(1)).sqrt()
