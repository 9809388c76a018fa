"""Defines a backbone and a new task in each of three worlds, and the ways to learn the new task that lessons share.

Like recipes.py, it is a short list of values. These runs have their own learning rate and number of steps in each
world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.experiment.spec import Run, Stage
from core.experiment.tasks import Handwriting, Plane, Task
from lessons.kit.model.values import Seeds
from lessons.kit.runs.recipes import backbone

LAYERS = 3  # layers that can be copied; the fourth layer is the head, which is initialized again
STANDARD = 3e-3  # learning rate
PATIENCE = 4  # times the number of steps, for nets that are trained to their best accuracy
FRAMES = 24


def spiral_arms(seeds: Seeds) -> Run:
    """Returns a backbone of the plane for every seed. It learns to tell six arms apart."""
    stages = (Stage(steps=3000, batch=128, rate=3e-3),)
    return Run(task=Plane(), net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first)


@dataclass(frozen=True, kw_only=True)
class World:
    """Holds a backbone and a new task for it."""

    start: Callable[[Seeds], Run]
    task: Task
    net: str
    steps: int
    batch: int


SPIRALS, DIGITS, INVERTED = "turned spirals", "digits", "inverted digits"
WORLDS = {
    # Two colours of arms, turned by half an arm, so that every new arm lies on a border between two old ones.
    SPIRALS: World(start=spiral_arms, task=Plane(ask="colour", labels=192, turn=30), net="mlp", steps=600, batch=48),
    DIGITS: World(start=backbone, task=Handwriting(labels=10), net="conv", steps=300, batch=16),
    INVERTED: World(start=backbone, task=Handwriting(labels=10, inverted=True), net="conv", steps=300, batch=16),
}


def learn(world: World, seeds: Seeds, *stages: Stage, start: Run | None = None) -> Run:
    """Returns a run that learns the new task of a world in these stages."""
    return Run(task=world.task, net=world.net, start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first)


def stage(world: World, method: str = "full", size: int = 0, rate: float = STANDARD, times: int = 1) -> Stage:
    """Returns one stage of training with the steps and the batch size of the world."""
    return Stage(method=method, size=size, steps=times * world.steps, rate=rate, batch=world.batch)


def scratch(world: World, seeds: Seeds, times: int = 1) -> Run:
    """Returns a run that learns the new task from scratch. It records frames if it has the usual number of steps."""
    return replace(learn(world, seeds, stage(world, times=times)), frames=FRAMES if times == 1 else 0)


def trained_copy(world: World, seeds: Seeds, start: Run) -> Run:
    """Returns a run that trains all the weights at once, with a head that is initialized at random."""
    return replace(learn(world, seeds, stage(world), start=start), copied=LAYERS, frames=FRAMES)


def fine_tune_gently(world: World, seeds: Seeds, start: Run) -> Run:
    """Returns a run that trains the head first, and then all the weights with a low learning rate (Kumar et al.
    2022).

    After the first stage, heads that began at random are alike before any other weights move.
    """
    head = Stage(method="probe", steps=world.steps // 2, rate=1e-2, batch=world.batch)
    return learn(world, seeds, head, stage(world, rate=1e-3), start=start)
