"""A backbone and a new task for it, in three worlds, and the ways to learn the one after the other that lessons share.

A short list of values, as lessons/kit/runs/recipes.py; these runs have a rate and steps of their own in each world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.experiment.spec import Run, Stage
from core.experiment.tasks import Handwriting, Plane, Task
from lessons.kit.model.values import Seeds
from lessons.kit.runs.recipes import backbone

LAYERS = 3  # that can be copied; the fourth is the head, which begins anew
STANDARD = 3e-3  # learning rate
PATIENCE = 4  # times the steps, for who is trained to its best
FRAMES = 24


def spiral_arms(seeds: Seeds) -> Run:
    """A backbone of the plane for every seed: which of six arms."""
    stages = (Stage(steps=3000, batch=128, rate=3e-3),)
    return Run(task=Plane(), net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first)


@dataclass(frozen=True, kw_only=True)
class World:
    """A backbone and a new task for it."""

    start: Callable[[Seeds], Run]
    task: Task
    net: str
    steps: int
    batch: int


SPIRALS, DIGITS, INVERTED = "turned spirals", "digits", "inverted digits"
WORLDS = {
    # Two colours of arms, turned by half an arm: every arm of the new task lies on a border of the old one.
    SPIRALS: World(start=spiral_arms, task=Plane(ask="colour", labels=192, turn=30), net="mlp", steps=600, batch=48),
    DIGITS: World(start=backbone, task=Handwriting(labels=10), net="conv", steps=300, batch=16),
    INVERTED: World(start=backbone, task=Handwriting(labels=10, inverted=True), net="conv", steps=300, batch=16),
}


def learn(world: World, seeds: Seeds, *stages: Stage, start: Run | None = None) -> Run:
    return Run(task=world.task, net=world.net, start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first)


def stage(world: World, method: str = "full", size: int = 0, rate: float = STANDARD, times: int = 1) -> Stage:
    return Stage(method=method, size=size, steps=times * world.steps, rate=rate, batch=world.batch)


def scratch(world: World, seeds: Seeds, times: int = 1) -> Run:
    return replace(learn(world, seeds, stage(world, times=times)), frames=FRAMES if times == 1 else 0)


def trained_copy(world: World, seeds: Seeds, start: Run) -> Run:
    """Everything moves at once, under a head that begins at random."""
    return replace(learn(world, seeds, stage(world), start=start), copied=LAYERS, frames=FRAMES)


def fine_tune_gently(world: World, seeds: Seeds, start: Run) -> Run:
    """The head first, then all gently (Kumar et al. 2022): heads that begin at random end alike before anything else
    moves."""
    head = Stage(method="probe", steps=world.steps // 2, rate=1e-2, batch=world.batch)
    return learn(world, seeds, head, stage(world, rate=1e-3), start=start)
