"""The experiments of this lesson: three worlds, and a net that keeps the first layers of another in four ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.spec import Measure, Run, Stage
from core.tasks import Handwriting, Plane, Task
from lessons.kit.recipes import Seeds, backbone

LAYERS = 3  # that can be copied; the fourth is the head, which begins anew
COPIES = (1, 2, 3)
RATE = 3e-3
PATIENCE = 4  # times the steps, for who is trained to its best
RANDOM_RATE = {1: 3e-3, 2: 3e-3, 3: 1e-1}  # three frozen random layers pass on a weak signal: a head reads it faster
RANDOM_RATES = (3e-3, 1e-2, 3e-2, 1e-1)
FRAMES = 24
POINTS = 240  # shown in the hidden space
AGAIN = 500  # how far away the seeds of a second solution begin

FROZEN, TUNED, RANDOM, SHUFFLED = "frozen copy", "trained copy", "frozen random", "shuffled copy"
ARMS = (TUNED, FROZEN, RANDOM, SHUFFLED)


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


def stage(world: World, method: str = "full", size: int = 0, rate: float = RATE, times: int = 1) -> Stage:
    return Stage(method=method, size=size, steps=times * world.steps, rate=rate, batch=world.batch)


def scratch(world: World, seeds: Seeds, times: int = 1) -> Run:
    return replace(learn(world, seeds, stage(world, times=times)), frames=FRAMES if times == 1 else 0)


def random_best(world: World, copied: int, rate: float, seeds: Seeds) -> Run:
    """Frozen random layers with all the time they want."""
    return learn(world, seeds, stage(world, "last_k", LAYERS + 1 - copied, rate, PATIENCE))


def copy(world: World, arm: str, copied: int, seeds: Seeds, start: Run | None = None) -> Run:
    """One arm of the comparison: what the first `copied` layers are, and whether they learn."""
    above = LAYERS + 1 - copied
    if arm == RANDOM:
        return learn(world, seeds, stage(world, "last_k", above, RANDOM_RATE[copied]))
    how = stage(world, "last_k", above) if arm == FROZEN else stage(world)
    run = replace(learn(world, seeds, how, start=start or world.start(seeds)), copied=copied)
    if arm == TUNED and copied == LAYERS:
        return replace(run, frames=FRAMES)
    return replace(run, scrambled=arm == SHUFFLED)


def settled(world: World, seeds: Seeds, start: Run) -> Run:
    """The head first, then all gently (Kumar et al. 2022): heads that begin at random end alike before anything else
    moves."""
    head = Stage(method="probe", steps=world.steps // 2, rate=1e-2, batch=world.batch)
    return learn(world, seeds, head, stage(world, rate=1e-3), start=start)


def again(seeds: Seeds) -> Seeds:
    return Seeds(seeds.count, seeds.first + AGAIN)


def cka(world: World, seeds: Seeds) -> Measure:
    """How alike the backbone is to a net fine-tuned from it, and to one from scratch."""
    start = world.start(seeds)
    runs = (start, settled(world, seeds, start), scratch(world, seeds, PATIENCE))
    return Measure(kind="cka", runs=runs, tasks=(world.task,), count=1000)


def line(world: World, seeds: Seeds) -> Measure:
    """Between two fine-tuned nets, two from scratch, and two fine-tuned with heads that begin at random."""
    start, both = world.start(seeds), (seeds, again(seeds))
    pairs = (
        *(settled(world, some, start) for some in both),
        *(scratch(world, some, PATIENCE) for some in both),
        *(copy(world, TUNED, LAYERS, some, start) for some in both),
    )
    return Measure(kind="barrier", runs=pairs, count=21)


def watched(world: World, seeds: Seeds) -> tuple[Run, Run]:
    """The two runs whose frames are shown: with all layers copied, and from scratch."""
    return copy(world, TUNED, LAYERS, seeds), scratch(world, seeds)


def hidden(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="hidden", runs=watched(world, seeds), count=POINTS)


def filters(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="filters", runs=watched(world, seeds))


def spirals(seeds: Seeds) -> Measure:
    """What the first backbone of the plane knows, and points of the old task and of the new."""
    start = spiral_arms(seeds)
    return Measure(kind="boundary", runs=(start,), tasks=(start.task, Plane(turn=30)), count=POINTS)
