"""The training loop. It trains all seeds of a run at once and yields an event for each result.

It does not know the names of worlds, nets or methods, and uses neither the disk nor the clock. The caller is
responsible for storing the events.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from core import adapt, align, keep, nets, worlds
from core.experiment.spec import Run, Stage
from core.keep import Penalty
from core.nets import Net, Theta
from core.training.adam import Adam
from core.training.evaluator import Evaluator
from core.training.tracked_examples import behaviour, exhibits
from core.worlds import generator

TEXTS = 6  # how often a run writes the texts that it records
QUIET = 20, 5e9  # the most steps, and operations of all nets, that pass without an event


@dataclass(frozen=True)
class Point:
    """Holds the results of a run after some number of steps. Lists have one entry for each seed."""

    step: int
    stage: str  # the method of the current stage
    flops: float  # floating-point operations spent on one seed so far, forward and backward
    loss: list[float | None]  # cross-entropy of the last training batch in nats; None before the first batch
    # by unit, then by task: "0" is the run's own task, "1" the first watched task, ...
    scores: dict[str, dict[str, list[float]]]
    # by task: what the first seed does with the tracked examples (Run.exhibit)
    exhibit: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def accuracy(self) -> dict[str, list[float]]:
        return self.scores["accuracy"]


@dataclass(frozen=True)
class Frame:
    """The first seed's weights at one moment, each of shape (1, ...)."""

    step: int
    theta: Theta


@dataclass(frozen=True)
class Tick:
    """An event without a result. The caller may stop the run here."""

    step: int


@dataclass(frozen=True)
class Done:
    """The last event. It holds the trained weights, each of shape (seeds, ...)."""

    theta: Theta


def train(run: Run, ancestors: dict[Run, Theta]) -> Iterator[Point | Frame | Tick | Done]:
    """Trains a run and yields its events. `ancestors` holds the weights of every run that it starts from."""
    seeds = range(run.first_seed, run.first_seed + run.seeds)
    world = worlds.load(run.task)
    net = nets.load(run.net, world.classes(run.task))
    pool, loss = world.train(run.task, seeds), worlds.loss_of(run.task)
    theta = initial_weights(run, net, ancestors, seeds)
    evaluators = [Evaluator.for_task(run, task, net, ancestors) for task in (run.task, *run.watch)]
    penalties = protection(run, theta, ancestors)
    shown, written = exhibits(run, evaluators), written_at(run.tests)
    step, flops, losses = 0, sum(penalty.once for penalty in penalties), torch.full((run.seeds,), math.nan)
    tests, shots, last = set(run.tests[:-1]), set(moments(run.steps, run.frames)), len(net) - 1

    for number, stage in enumerate(run.stages):
        method = adapt.load(stage.method)
        start = theta
        phi = method.phi(start, stage.size, rngs("phi", seeds, number))
        for parameter in phi.values():
            parameter.requires_grad_()
        first = first_trained_layer(net, method.delta(start, phi))
        # The layers below the first trained layer give the same output at every step, so all examples go through them
        # once.
        inputs = pool.through(partial(nets.forward, net, start, end=first)) if first else pool
        evaluators = [evaluator.frozen(start, first) for evaluator in evaluators]
        delta = method.delta(start, phi)
        price = nets.step_flops(net, adapt.apply_delta(start, delta), pool.example, delta)
        goal = align.goal(run, stage, net, ancestors, rngs("align", seeds, number))
        mix = stage.mix if goal else 1.0  # weight of the task's own loss
        cost = stage.batch * (price * (mix > 0) + sum(penalty.flops for penalty in penalties))
        cost += goal.flops if goal else 0
        quiet = max(1, min(QUIET[0], int(QUIET[1] / max(1.0, cost * run.seeds))))
        adam = Adam(list(phi.values()), rates(net, phi, stage))
        order, begun = orders(pool.size, stage, rngs("order", seeds, number)), step
        for index in order.split(stage.batch, dim=1)[: run.steps - begun]:
            if step in tests:
                tests.discard(step)
                now = {n: weight.detach() for n, weight in adapt.apply_delta(start, method.delta(start, phi)).items()}
                seen = behaviour(shown, now, step in written)
                yield Point(step, stage.method, flops, nats(losses), scored(evaluators, now), seen)
            elif step % quiet == 0:
                yield Tick(step)
            if step in shots:
                shots.discard(step)
                yield Frame(step, first_seed(adapt.apply_delta(start, method.delta(start, phi))))
            x, y = inputs.take(index)
            theta = adapt.apply_delta(start, method.delta(start, phi))
            features = nets.forward(net, theta, x, first, last)
            each = loss(nets.forward(net, theta, features, last), y) if mix else torch.zeros(run.seeds)
            each = mix * each + goal.value(theta) if goal else each
            old = [penalty.value(theta, pool.take(index)[0], features) for penalty in penalties]
            total = sum(old, each).sum()  # the gradients of different seeds do not mix
            gradients = torch.autograd.grad(total, adam.parameters, materialize_grads=True)
            adam.step(gradients, lr_factor(stage, step - begun) if stage.anneal else 1)
            losses, step, flops = each.detach(), step + 1, flops + cost
        theta = {name: weight.detach() for name, weight in adapt.apply_delta(start, method.delta(start, phi)).items()}
        if step == run.steps:
            break  # the end of the run, which may come before the end of its stages
    seen = behaviour(shown, theta, writing=True)
    yield Point(step, stage.method, flops, nats(losses), scored(evaluators, theta), seen)
    if run.frames:
        yield Frame(step, first_seed(theta))
    yield Done(theta)


def nats(losses: Tensor) -> list[float | None]:
    """Converts losses to a list, with None for a loss that is not yet known."""
    return [None if math.isnan(loss) else round(loss, 5) for loss in losses.tolist()]


def initial_weights(run: Run, net: Net, ancestors: dict[Run, Theta], seeds: range) -> Theta:
    """Returns random weights, into which the weights of the start are copied: its backbone or its first layers, and
    its head if both tasks ask the same question. If the start has only one seed, all seeds get its weights. If the
    run is scrambled, the copied weights are shuffled."""
    theta = nets.fresh(net, rngs("weights", seeds, 0))
    if run.start:
        same = run.start.task.question == run.task.question
        copied = list(net)[: run.copied or None]
        for name, weight in ancestors[run.start].items():
            if (layer := nets.layer_of(name)) in copied and (same or layer != "head"):
                theta[name] = weight.expand(run.seeds, *weight.shape[1:]).contiguous()
                if run.scrambled:
                    theta[name] = scrambled(theta[name], rngs(f"scramble {name}", seeds, 0))
    return theta


def protection(run: Run, start: Theta, ancestors: dict[Run, Theta]) -> list[Penalty]:
    """Returns the penalties that are added to the loss so that the net does not forget the tasks of its ancestors."""
    if not run.keep:
        return []
    past, seeds = keep.past(run, ancestors), range(run.first_seed, run.first_seed + run.seeds)
    return [keep.load(way.method).prepare(way, past, start, rngs("keep", seeds, k)) for k, way in enumerate(run.keep)]


def scrambled(weight: Tensor, rngs: list[torch.Generator]) -> Tensor:
    """Shuffles the weights of each seed in a tensor (seeds, ...). The sizes of the weights stay, but the function
    that they compute is lost. This is a stricter control than new random numbers with the same mean and variance
    (Raghu et al. 2019)."""
    return torch.stack([w.flatten()[torch.randperm(w.numel(), generator=g)].view_as(w) for w, g in zip(weight, rngs)])


def rngs(purpose: str, seeds: range, number: int) -> list[torch.Generator]:
    """Returns one random generator for each seed."""
    return [generator(f"{purpose} {number}", seed) for seed in seeds]


def moments(steps: int, count: int) -> list[int]:
    """Returns the steps at which a frame is recorded, except the last. Together with the last there are `count`
    frames, evenly spaced on a log scale if there are enough steps."""
    if count < 2:
        return []
    return sorted({round((steps + 1) ** (k / (count - 1))) - 1 for k in range(count - 1)})


def written_at(tests: list[int]) -> set[int]:
    """Returns the tests at which texts are written, besides the last. They are few and spread like frames, because
    writing is slow."""
    return {min(tests[:-1], key=lambda test: abs(test - moment)) for moment in moments(tests[-1], TEXTS)}


def first_seed(theta: Theta) -> Theta:
    """Returns a copy of the first seed's weights, each of shape (1, ...)."""
    return {name: weight[:1].detach().clone() for name, weight in theta.items()}


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


def scored(evaluators: list[Evaluator], theta: Theta) -> dict[str, dict[str, list[float]]]:
    """Returns the scores of all evaluators, by unit and then by position of the task."""
    by_unit: dict[str, dict[str, list[float]]] = {}
    for k, evaluator in enumerate(evaluators):
        for unit, scores in evaluator.report(theta).items():
            by_unit.setdefault(unit, {})[str(k)] = scores
    return by_unit
