"""What the learner sets in this lesson, and its runs: three worlds, and a net that keeps the first layers of another in
four ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.spec import Measure, Run, Stage
from core.tasks import Handwriting, Plane, Task
from lessons.kit.recipes import backbone
from lessons.kit.values import Control, Piece, Runs, Seeds, Settings, Values, hide

LAYERS = 3  # that can be copied; the fourth is the head, which begins anew
COPIES = (1, 2, 3)
STANDARD = 3e-3  # learning rate
PATIENCE = 4  # times the steps, for who is trained to its best
RANDOM_RATE = {1: 3e-3, 2: 3e-3, 3: 1e-1}  # three frozen random layers pass on a weak signal: a head reads it faster
RANDOM_RATES = (3e-3, 1e-2, 3e-2, 1e-1)
FRAMES = 24
POINTS = 240  # shown in the hidden space
ELSEWHERE = 500  # how far away the seeds of a second solution begin

FROZEN, TUNED, RANDOM, SHUFFLED = "frozen copy", "trained copy", "frozen random", "shuffled copy"
WAYS = (TUNED, FROZEN, RANDOM, SHUFFLED)


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


COPIED = Control(
    name="copied",
    label="Layers copied, from the input on",
    options=COPIES,
    default=LAYERS,
    help="The net has three layers below its head. The others begin at random, and so does the head.",
    slider=True,
)
WORLD = Control(
    name="world",
    label="The new task",
    options=tuple(WORLDS),
    default=SPIRALS,
    help="Spirals turned by half an arm, after spirals. Digits, after glyphs. Digits in dark ink on a bright "
    "ground, after glyphs in bright ink on a dark one.",
)


def learn(world: World, seeds: Seeds, *stages: Stage, start: Run | None = None) -> Run:
    return Run(task=world.task, net=world.net, start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first)


def stage(world: World, method: str = "full", size: int = 0, rate: float = STANDARD, times: int = 1) -> Stage:
    return Stage(method=method, size=size, steps=times * world.steps, rate=rate, batch=world.batch)


def scratch(world: World, seeds: Seeds, times: int = 1) -> Run:
    return replace(learn(world, seeds, stage(world, times=times)), frames=FRAMES if times == 1 else 0)


def random_best(world: World, copied: int, rate: float, seeds: Seeds) -> Run:
    """Frozen random layers with all the time they want."""
    return learn(world, seeds, stage(world, "last_k", LAYERS + 1 - copied, rate, PATIENCE))


def copy(world: World, way: str, copied: int, seeds: Seeds, start: Run | None = None) -> Run:
    """One way of the comparison: what the first `copied` layers are, and whether they learn."""
    above = LAYERS + 1 - copied
    if way == RANDOM:
        return learn(world, seeds, stage(world, "last_k", above, RANDOM_RATE[copied]))
    how = stage(world, "last_k", above) if way == FROZEN else stage(world)
    run = replace(learn(world, seeds, how, start=start or world.start(seeds)), copied=copied)
    if way == TUNED and copied == LAYERS:
        return replace(run, frames=FRAMES)
    return replace(run, scrambled=way == SHUFFLED)


def settled(world: World, seeds: Seeds, start: Run) -> Run:
    """The head first, then all gently (Kumar et al. 2022): heads that begin at random end alike before anything else
    moves."""
    head = Stage(method="probe", steps=world.steps // 2, rate=1e-2, batch=world.batch)
    return learn(world, seeds, head, stage(world, rate=1e-3), start=start)


def again(seeds: Seeds) -> Seeds:
    return Seeds(seeds.count, seeds.first + ELSEWHERE)


def cka(world: World, seeds: Seeds) -> Measure:
    """How alike the backbone is to a net fine-tuned from it, and to one from scratch."""
    start = world.start(seeds)
    runs = (start, settled(world, seeds, start), scratch(world, seeds, PATIENCE))
    return Measure(kind="cka", runs=runs, tasks=(world.task,), count=1000)


def line(world: World, seeds: Seeds) -> Measure:
    """Between two fine-tuned nets, two from scratch, and two fine-tuned with heads that begin at random."""
    start, both = world.start(seeds), (seeds, again(seeds))
    pairs = (
        *(settled(world, draw, start) for draw in both),
        *(scratch(world, draw, PATIENCE) for draw in both),
        *(copy(world, TUNED, LAYERS, draw, start) for draw in both),
    )
    return Measure(kind="barrier", runs=pairs, count=21)


def watched(world: World, seeds: Seeds) -> tuple[Run, Run]:
    """The two runs whose frames are shown: with all layers copied, and from scratch."""
    return copy(world, TUNED, LAYERS, seeds), scratch(world, seeds)


def hidden_space(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="hidden", runs=watched(world, seeds), count=POINTS)


def filters(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="filters", runs=watched(world, seeds))


def spirals(seeds: Seeds) -> Measure:
    """What the first backbone of the plane knows, and points of the old task and of the new."""
    start = spiral_arms(seeds)
    return Measure(kind="boundary", runs=(start,), tasks=(start.task, Plane(turn=30)), count=POINTS)


def live_run(settings: Settings, way: str) -> Run:
    """One way at the chosen number of layers, from the backbone that ships."""
    world = WORLDS[settings[WORLD]]
    return copy(world, way, settings[COPIED], Seeds(first=100 * settings.draw), world.start(Seeds()))


def runs(settings: Settings) -> Runs:
    return [Piece("race", live_run(settings, way), way, name=way) for way in WAYS]


def backdrop(settings: Settings) -> Values:
    """The curves of the chosen world and of the one that is asked about, and what else is known of the chosen one."""
    name, seeds = settings[WORLD], Seeds()
    world = WORLDS[name]
    curves = [piece for each in dict.fromkeys((SPIRALS, name)) for piece in transfer(each, seeds)]
    return [
        *hide(curves, FROZEN, RANDOM),
        Piece("spirals", spirals(seeds)),
        Piece("likeness", cka(world, seeds), name),
        Piece("line", line(world, seeds), name),
        Piece("hidden space", hidden_space(world, seeds)),
        *([Piece("filters", filters(world, seeds))] if world.net == "conv" else []),
    ]


def transfer(world: str, seeds: Seeds, ways: tuple[str, ...] = WAYS) -> Values:
    """The layer-transfer curves of a world: every way at every number of layers, and nothing copied."""
    copies = [Piece(way, copy(WORLDS[world], way, n, seeds), (world, n)) for way in ways for n in COPIES]
    return [Piece("scratch", scratch(WORLDS[world], seeds), world), *copies]


def random_runs(world: str, seeds: Seeds, layers: tuple[int, ...] = COPIES) -> Values:
    return [
        Piece("random best", random_best(WORLDS[world], n, rate, seeds), (world, n, rate))
        for n in layers
        for rate in RANDOM_RATES
    ]


def layer_runs(seeds: Seeds) -> Values:
    patient = Piece("patient", scratch(WORLDS[SPIRALS], seeds, PATIENCE))
    return [*transfer(SPIRALS, seeds, (FROZEN, TUNED, RANDOM)), *random_runs(SPIRALS, seeds), patient]


def distance_runs(seeds: Seeds) -> Values:
    worlds = (DIGITS, INVERTED)
    copies = [piece for world in worlds for piece in transfer(world, seeds, (FROZEN, RANDOM))]
    return [*copies, *(piece for world in worlds for piece in random_runs(world, seeds, (LAYERS,)))]


def size_runs(seeds: Seeds) -> Values:
    return [piece for world in (SPIRALS, DIGITS) for piece in transfer(world, seeds, (TUNED, SHUFFLED))]


def move_runs(seeds: Seeds) -> Values:
    return [Piece("likeness", cka(world, seeds), name) for name, world in WORLDS.items()]


def basin_runs(seeds: Seeds) -> Values:
    return [Piece("line", line(WORLDS[name], seeds), name) for name in (SPIRALS, DIGITS)]
