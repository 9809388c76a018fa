"""The one training loop. It trains all seeds of a run at once and yields an event for each thing worth knowing.

It knows no world, no net and no method by name, no disk and no clock: whoever consumes the events keeps them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from core import adapt, nets, worlds
from core.nets import Net, Theta
from core.spec import Run, Stage, Task
from core.worlds import generator

CHUNK = 32  # test examples a seed that go through the net at a time: more do not fit the processor's cache


@dataclass(frozen=True)
class Point:
    """What is known after some steps. Lists run over seeds."""

    step: int
    stage: str  # the method that made these steps
    flops: float  # floating-point operations spent so far on one seed, forwards and backwards
    loss: list[float | None]  # cross-entropy of the last training batch, nats; None before the first
    accuracy: dict[str, list[float]]  # by position: "0" the run's own task, "1" the first it watches, ...


@dataclass(frozen=True)
class Tick:
    """Nothing worth keeping has happened; whoever listens may stop the run here."""


@dataclass(frozen=True)
class Done:
    """The last event: the weights that were learned, (seeds, ...) each."""

    theta: Theta


def train(run: Run, ancestors: dict[Run, Theta]) -> Iterator[Point | Tick | Done]:
    """Train a run; `ancestors` holds the weights of every run it starts from."""
    seeds = range(run.first_seed, run.first_seed + run.seeds)
    world = worlds.load(run.task)
    net = nets.load(run.net, world.classes(run.task))
    pool = world.train(run.task, seeds)
    theta = begin(run, net, ancestors, seeds)
    exams = [Exam(run, task, net, ancestors) for task in (run.task, *run.watch)]
    step, flops, losses = 0, 0.0, torch.full((run.seeds,), math.nan)
    marks = set(checkpoints(run.steps))

    for number, stage in enumerate(run.stages):
        method = adapt.load(stage.method)
        start = theta
        phi = method.phi(start, stage.size, rngs("phi", seeds, number))
        for parameter in phi.values():
            parameter.requires_grad_()
        first = lowest(net, method.delta(phi))
        # Layers below the first that moves are the same at every step: they are run once, over all examples.
        felt = pool.through(partial(nets.forward, net, start, end=first)) if first else pool
        for exam in exams:
            exam.freeze(start, first)
        price = step_flops(net, start, pool.x[:, :1].float(), first) * stage.batch
        adam = torch.optim.Adam(groups(net, phi, stage), fused=True)
        order = orders(pool.size, stage, rngs("order", seeds, number))
        for index in order.split(stage.batch, dim=1):
            if step in marks:
                marks.discard(step)
                yield Point(step, stage.method, flops, nats(losses), marked(exams, start, method.delta(phi)))
            elif step % 20 == 0:
                yield Tick()
            x, y = felt.take(index)
            logits = nets.forward(net, adapt.moved(start, method.delta(phi)), x, first)
            each = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none").view_as(y).mean(1)
            adam.zero_grad()
            each.sum().backward()  # the sum over seeds: their gradients do not mix
            adam.step()
            losses, step, flops = each.detach(), step + 1, flops + price
        theta = {name: weight.detach() for name, weight in adapt.moved(start, method.delta(phi)).items()}
    yield Point(step, run.stages[-1].method, flops, nats(losses), marked(exams, theta, {}))
    yield Done(theta)


def nats(losses: Tensor) -> list[float | None]:
    return [None if math.isnan(loss) else round(loss, 5) for loss in losses.tolist()]


def begin(run: Run, net: Net, ancestors: dict[Run, Theta], seeds: range) -> Theta:
    """Random weights, then those of the start, the same for all seeds where it has only one: its backbone, and its
    head where both tasks ask the same question."""
    theta = nets.fresh(net, rngs("weights", seeds, 0))
    if run.start:
        same = run.start.task.question == run.task.question
        for name, weight in ancestors[run.start].items():
            if same or nets.layer_of(name) != "head":
                theta[name] = weight.expand(run.seeds, *weight.shape[1:]).contiguous()
    return theta


def rngs(purpose: str, seeds: range, number: int) -> list[torch.Generator]:
    return [generator(f"{purpose} {number}", seed) for seed in seeds]


def checkpoints(steps: int) -> list[int]:
    """Where a run is tested: close together at first, where curves are steep, and never more than a tenth apart."""
    marks, at = [0], 1.0
    while at < steps:
        marks.append(round(at))
        at += max(1.0, min(at * 0.5, steps / 10))
    return marks


def orders(size: int, stage: Stage, rngs: list[torch.Generator]) -> Tensor:
    """(seeds, steps * batch) indices: whole passes over the pool, the first in its own order, the rest shuffled."""
    need = stage.steps * stage.batch
    passes = [[torch.arange(size)] + [torch.randperm(size, generator=rng) for _ in range(need // size)] for rng in rngs]
    return torch.stack([torch.cat(one)[:need] for one in passes])


def lowest(net: Net, delta: Theta) -> int:
    """The position of the first layer that moves."""
    moving = {nets.layer_of(name) for name in delta}
    return next(k for k, name in enumerate(net) if name in moving)


def groups(net: Net, phi: Theta, stage: Stage) -> list[dict[str, object]]:
    """Adam's parameter groups, one a rate: the head at the stage's, each layer below `decay` times slower."""
    depth = {name: len(net) - 1 - k for k, name in enumerate(net)}
    by_rate: dict[float, list[Tensor]] = {}
    for name, parameter in phi.items():
        by_rate.setdefault(stage.rate / stage.decay ** depth[nets.layer_of(name)], []).append(parameter)
    return [{"params": parameters, "lr": rate} for rate, parameters in by_rate.items()]


def step_flops(net: Net, theta: Theta, example: Tensor, first: int) -> int:
    """Operations of one training step for one example and seed: forwards, then the gradients of weights and of
    features. Layers below `first` are frozen; their features are counted at every step, as if not kept."""
    with torch.no_grad():
        products = nets.products(net, theta, example)
    forwards, weights, features = sum(products), sum(products[first:]), sum(products[first + 1 :])
    return 2 * (forwards + weights + features)


class Exam:
    """The test examples of one task, and the head through which a run answers them."""

    def __init__(self, run: Run, task: Task, net: Net, ancestors: dict[Run, Theta]):
        reader = run.reader(task)
        world = worlds.load(task)
        self.net, self.head = net, {}
        if reader != run:
            kept = {n: w for n, w in ancestors[reader].items() if nets.layer_of(n) == "head"}
            self.head = {n: w.expand(run.seeds, *w.shape[1:]) for n, w in kept.items()}
        self.examples, self.y = world.test(task)

    def freeze(self, theta: Theta, first: int) -> None:
        """Take note that the layers below `first` will not move for a while."""
        self.first = first
        seeds = len(next(iter(theta.values())))
        with torch.no_grad():
            chunks = [x.expand(seeds, *x.shape) for x in self.examples.split(CHUNK)]
            self.x = [nets.forward(self.net, theta, x, 0, first) for x in chunks] if first else chunks

    def answers(self, theta: Theta) -> Tensor:
        """Logits (seeds, examples, classes)."""
        with torch.no_grad():
            return torch.cat([nets.forward(self.net, theta | self.head, x, self.first) for x in self.x], 1)

    def accuracy(self, theta: Theta) -> list[float]:
        right = (self.answers(theta).argmax(-1) == self.y).float().mean(1)
        return [round(share, 5) for share in right.tolist()]


def marked(exams: list[Exam], start: Theta, delta: Theta) -> dict[str, list[float]]:
    theta = {name: weight.detach() for name, weight in adapt.moved(start, delta).items()}
    return {str(k): exam.accuracy(theta) for k, exam in enumerate(exams)}
