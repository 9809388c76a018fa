"""One stage of a run: what its steps need, made once, and the step itself.

It trains all seeds at once and does not know the names of worlds, nets or methods.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType

import torch
from torch import Tensor

from core import adapt, align, nets, worlds
from core.align import Goal
from core.experiment.spec import Run, Stage
from core.keep import Penalty
from core.nets import Net, Theta
from core.training.adam import Adam
from core.training.start import rngs
from core.worlds import TrainingSet


@dataclass(frozen=True, kw_only=True)
class StageTrainer:
    """Trains the weights of one stage, step by step."""

    stage: Stage
    net: Net
    start: Theta  # the weights before the stage, (seeds, ...) each
    method: ModuleType  # turns phi into the change of these weights
    phi: Theta  # the numbers that are trained
    first: int  # position of the first trained layer
    pool: TrainingSet
    inputs: TrainingSet  # the pool's examples as they reach the first trained layer
    loss: Callable[[Tensor, Tensor], Tensor]
    penalties: Sequence[Penalty]
    goal: Goal | None  # what alignment makes small
    mix: float  # weight of the task's own loss
    adam: Adam
    batches: Sequence[Tensor]  # indices of the examples of each step, (seeds, batch)
    cost: float  # operations of one step, for each seed

    def weights(self) -> Theta:
        """Returns the current weights, (seeds, ...) each, with their gradients' history."""
        return adapt.apply_delta(self.start, self.method.delta(self.start, self.phi))

    def step(self, number: int) -> Tensor:
        """Makes one step of the stage and returns the loss of every seed, (seeds,)."""
        index, last = self.batches[number], len(self.net) - 1
        x, y = self.inputs.take(index)
        theta = self.weights()
        features = nets.forward(self.net, theta, x, self.first, last)
        each = self.loss(nets.forward(self.net, theta, features, last), y) if self.mix else torch.zeros(len(index))
        each = self.mix * each + self.goal.value(theta) if self.goal else each
        old = [penalty.value(theta, self.pool.take(index)[0], features) for penalty in self.penalties]
        total = sum(old, each).sum()  # the gradients of different seeds do not mix
        gradients = torch.autograd.grad(total, self.adam.parameters, materialize_grads=True)
        self.adam.step(gradients, lr_factor(self.stage, number) if self.stage.anneal else 1)
        return each.detach()


def prepare_stage(
    run: Run,
    number: int,
    net: Net,
    start: Theta,
    pool: TrainingSet,
    penalties: Sequence[Penalty],
    ancestors: dict[Run, Theta],
) -> StageTrainer:
    """Prepares stage `number` of a run that has reached the weights `start`."""
    stage, seeds = run.stages[number], run.seed_range
    method = adapt.load(stage.method)
    phi = method.phi(start, stage.size, rngs("phi", seeds, number))
    for parameter in phi.values():
        parameter.requires_grad_()
    delta = method.delta(start, phi)
    first = first_trained_layer(net, delta)
    goal = align.goal(run, stage, net, ancestors, rngs("align", seeds, number))
    mix = stage.mix if goal else 1.0
    price = nets.step_flops(net, adapt.apply_delta(start, delta), pool.example, delta)
    cost = stage.batch * (price * (mix > 0) + sum(penalty.flops for penalty in penalties))
    return StageTrainer(
        stage=stage,
        net=net,
        start=start,
        method=method,
        phi=phi,
        first=first,
        pool=pool,
        # The layers below the first trained layer give the same output at every step, so all examples go through them
        # once.
        inputs=pool.through(partial(nets.frozen_features, net, start, end=first)) if first else pool,
        loss=worlds.loss_of(run.task),
        penalties=penalties,
        goal=goal,
        mix=mix,
        adam=Adam(list(phi.values()), rates(net, phi, stage)),
        batches=orders(pool.size, stage, rngs("order", seeds, number)).split(stage.batch, dim=1),
        cost=cost + (goal.flops if goal else 0),
    )


def orders(size: int, stage: Stage, rngs: list[torch.Generator]) -> Tensor:
    """Returns the order of the training examples as indices (seeds, steps * batch). Each seed makes whole passes over
    the pool: the first pass in the pool's own order, all others shuffled."""
    need = stage.steps * stage.batch
    passes = [[torch.arange(size)] + [torch.randperm(size, generator=rng) for _ in range(need // size)] for rng in rngs]
    return torch.stack([torch.cat(every)[:need] for every in passes])


def first_trained_layer(net: Net, delta: Theta) -> int:
    """Returns the position of the first layer that is trained."""
    moving = {nets.layer_of(name) for name in delta}
    return next(k for k, name in enumerate(net) if name in moving)


def rates(net: Net, phi: Theta, stage: Stage) -> list[float]:
    """Returns the learning rate of each part of phi. The head has the rate of the stage, and each layer below is
    `decay` times slower than the layer above it."""
    depth = {name: len(net) - 1 - k for k, name in enumerate(net)}
    return [stage.rate / stage.decay ** depth[nets.layer_of(name)] for name in phi]


def lr_factor(stage: Stage, step: int) -> float:
    """Returns the factor of the learning rate at a step of an annealed stage: a linear rise over the first fiftieth
    of the steps, then a cosine decay."""
    rise, fall = stage.steps / 50, (1 + math.cos(math.pi * step / stage.steps)) / 2
    return min(1, (step + 1) / rise) * fall
