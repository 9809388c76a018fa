"""The training loop. It trains all seeds of a run at once and yields an event for each result.

It does not know the names of worlds, nets or methods, and uses neither the disk nor the clock. The caller is
responsible for storing the events.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from core import nets, worlds
from core.experiment.spec import Run
from core.nets import Theta
from core.training.report import Done, Frame, Point, Reporter, Tick, detached
from core.training.stage import prepare_stage
from core.training.start import initial_weights, is_patch, protection


def train(run: Run, ancestors: dict[Run, Theta]) -> Iterator[Point | Frame | Tick | Done]:
    """Trains a run and yields its events. `ancestors` holds the weights of every run that it starts from."""
    seeds, world = run.seed_range, worlds.load(run.task)
    net = nets.load(run.net, world.classes(run.task))
    pool = world.train(run.task, seeds)
    theta = initial_weights(run, net, ancestors, seeds)
    penalties = protection(run, theta, ancestors)
    reporter = Reporter(run, net, ancestors)
    step, flops, losses = 0, sum(penalty.once for penalty in penalties), torch.full((run.seeds,), math.nan)
    patch: Theta = {}

    for number, stage in enumerate(run.stages):
        trainer = prepare_stage(run, number, net, theta, pool, penalties, ancestors)
        reporter.begin_stage(stage.method, theta, trainer.first, trainer.cost)
        for k in range(min(stage.steps, run.steps - step)):
            yield from reporter.before_step(step, flops, losses, trainer.weights)
            losses = trainer.step(k)
            step, flops = step + 1, flops + trainer.cost
        theta = detached(trainer.weights())
        patch = detached(trainer.phi) if is_patch(run) else {}
        if step == run.steps:
            break  # the end of the run, which may come before the end of its stages

    yield from reporter.at_end(step, flops, losses, theta, patch)
