"""The one training loop. It trains all seeds of a run at once and yields an event for each thing worth knowing.

It knows no world, no net and no method by name, no disk and no clock: whoever consumes the events keeps them.
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

TEXTS = 6  # times that a run writes what it exhibits
QUIET = 20, 5e9  # steps, and operations of all nets, that pass at most without an event


@dataclass(frozen=True)
class Point:
    """What is known after some steps. Lists run over seeds."""

    step: int
    stage: str  # the method that made these steps
    flops: float  # floating-point operations spent so far on one seed, forwards and backwards
    loss: list[float | None]  # cross-entropy of the last training batch, nats; None before the first
    scores: dict[str, dict[str, list[float]]]  # by unit, then by task: "0" its own, "1" the first it watches, ...
    exhibit: dict[str, dict[str, Any]] = field(default_factory=dict)  # by task: what the first seed does (Run.exhibit)

    @property
    def accuracy(self) -> dict[str, list[float]]:
        return self.scores["accuracy"]


@dataclass(frozen=True)
class Frame:
    """The first seed's weights at one moment, (1, ...) each."""

    step: int
    theta: Theta


@dataclass(frozen=True)
class Tick:
    """Nothing worth keeping has happened; whoever listens may stop the run here."""

    step: int


@dataclass(frozen=True)
class Done:
    """The last event: the weights that were learned, (seeds, ...) each."""

    theta: Theta


def train(run: Run, ancestors: dict[Run, Theta]) -> Iterator[Point | Frame | Tick | Done]:
    """Train a run; `ancestors` holds the weights of every run it starts from."""
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
        # Layers below the first that moves are the same at every step: they are run once, over all examples.
        inputs = pool.through(partial(nets.forward, net, start, end=first)) if first else pool
        evaluators = [evaluator.frozen(start, first) for evaluator in evaluators]
        delta = method.delta(start, phi)
        price = nets.step_flops(net, adapt.apply_delta(start, delta), pool.example, delta)
        goal = align.goal(run, stage, net, ancestors, rngs("align", seeds, number))
        mix = stage.mix if goal else 1.0  # how much the task's own loss weighs
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
            total = sum(old, each).sum()  # over seeds: their gradients do not mix
            gradients = torch.autograd.grad(total, adam.parameters, materialize_grads=True)
            adam.step(gradients, lr_factor(stage, step - begun) if stage.anneal else 1)
            losses, step, flops = each.detach(), step + 1, flops + cost
        theta = {name: weight.detach() for name, weight in adapt.apply_delta(start, method.delta(start, phi)).items()}
        if step == run.steps:
            break  # the end, or midway
    seen = behaviour(shown, theta, writing=True)
    yield Point(step, stage.method, flops, nats(losses), scored(evaluators, theta), seen)
    if run.frames:
        yield Frame(step, first_seed(theta))
    yield Done(theta)


def nats(losses: Tensor) -> list[float | None]:
    return [None if math.isnan(loss) else round(loss, 5) for loss in losses.tolist()]


def initial_weights(run: Run, net: Net, ancestors: dict[Run, Theta], seeds: range) -> Theta:
    """Random weights, then those of the start, the same for all seeds where it has only one: its backbone or the
    first layers of it, and its head where both tasks ask the same question; scrambled if the run says so."""
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
    """What is added to the loss so that the tasks of its ancestors are not forgotten."""
    if not run.keep:
        return []
    past, seeds = keep.past(run, ancestors), range(run.first_seed, run.first_seed + run.seeds)
    return [keep.load(way.method).prepare(way, past, start, rngs("keep", seeds, k)) for k, way in enumerate(run.keep)]


def scrambled(weight: Tensor, rngs: list[torch.Generator]) -> Tensor:
    """(seeds, ...) each seed's numbers in random order: their sizes stay and what they compute goes; a stricter
    control than numbers drawn anew with the same mean and variance (Raghu et al. 2019)."""
    return torch.stack([w.flatten()[torch.randperm(w.numel(), generator=g)].view_as(w) for w, g in zip(weight, rngs)])


def rngs(purpose: str, seeds: range, number: int) -> list[torch.Generator]:
    return [generator(f"{purpose} {number}", seed) for seed in seeds]


def moments(steps: int, count: int) -> list[int]:
    """Where a frame is kept besides the end: `count` moments in all, evenly spaced on a log scale where steps allow."""
    if count < 2:
        return []
    return sorted({round((steps + 1) ** (k / (count - 1))) - 1 for k in range(count - 1)})


def written_at(tests: list[int]) -> set[int]:
    """The tests at which texts are written, besides the end: as frames are spread, because writing takes long."""
    return {min(tests[:-1], key=lambda test: abs(test - moment)) for moment in moments(tests[-1], TEXTS)}


def first_seed(theta: Theta) -> Theta:
    return {name: weight[:1].detach().clone() for name, weight in theta.items()}


def orders(size: int, stage: Stage, rngs: list[torch.Generator]) -> Tensor:
    """(seeds, steps * batch) indices: whole passes over the pool, the first in its own order, the rest shuffled."""
    need = stage.steps * stage.batch
    passes = [[torch.arange(size)] + [torch.randperm(size, generator=rng) for _ in range(need // size)] for rng in rngs]
    return torch.stack([torch.cat(every)[:need] for every in passes])


def first_trained_layer(net: Net, delta: Theta) -> int:
    """The position of the first layer that moves."""
    moving = {nets.layer_of(name) for name in delta}
    return next(k for k, name in enumerate(net) if name in moving)


def rates(net: Net, phi: Theta, stage: Stage) -> list[float]:
    """The rate of each part of phi: the head's is the stage's, that of each layer below `decay` times slower."""
    depth = {name: len(net) - 1 - k for k, name in enumerate(net)}
    return [stage.rate / stage.decay ** depth[nets.layer_of(name)] for name in phi]


def lr_factor(stage: Stage, step: int) -> float:
    """The share of its rate at a step of a stage: up in a straight line for a fiftieth of it, then down a cosine."""
    rise, fall = stage.steps / 50, (1 + math.cos(math.pi * step / stage.steps)) / 2
    return min(1, (step + 1) / rise) * fall


def scored(evaluators: list[Evaluator], theta: Theta) -> dict[str, dict[str, list[float]]]:
    by_unit: dict[str, dict[str, list[float]]] = {}
    for k, evaluator in enumerate(evaluators):
        for unit, scores in evaluator.report(theta).items():
            by_unit.setdefault(unit, {})[str(k)] = scores
    return by_unit
