"""Defines the controls of this lesson, and its runs: three worlds, and a net that uses the first layers of another
net in four ways."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run
from core.experiment.tasks import Plane
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.transfers import (
    DIGITS,
    INVERTED,
    LAYERS,
    PATIENCE,
    SPIRALS,
    WORLDS,
    World,
    fine_tune_gently,
    learn,
    scratch,
    spiral_arms,
    stage,
    trained_copy,
)

COPIES = (1, 2, 3)
# Three frozen random layers give a weak signal, so the head needs a higher learning rate.
RANDOM_RATE = {1: 3e-3, 2: 3e-3, 3: 1e-1}
RANDOM_RATES = (3e-3, 1e-2, 3e-2, 1e-1)
CELLS, TILES = 40, 20  # cells on each side of a live map, and digits on a live wall
POINTS = 240  # points in the hidden space

FROZEN, TUNED, RANDOM, SHUFFLED = "frozen copy", "trained copy", "frozen random", "shuffled copy"
WAYS = (TUNED, FROZEN, RANDOM, SHUFFLED)


COPIED = Control(
    name="copied",
    label="Number of copied layers",
    options=COPIES,
    default=LAYERS,
    help="The net has three layers below its head. We copy the first ones, counted from the input. The others and the "
    "head start with random weights.",
    slider=True,
)
WORLD = Control(
    name="world",
    label="New task",
    options=tuple(WORLDS),
    default=SPIRALS,
    help="Turned spirals, after pretraining on spirals. Digits, after pretraining on glyphs. Or digits in dark ink on "
    "a bright background, after pretraining on glyphs in bright ink on a dark background.",
)


def random_best(world: World, copied: int, rate: float, seeds: Seeds) -> Run:
    """Returns a run with frozen random layers and four times the number of steps."""
    return learn(world, seeds, stage(world, "last_k", LAYERS + 1 - copied, rate, PATIENCE))


def copy(world: World, way: str, copied: int, seeds: Seeds, start: Run | None = None) -> Run:
    """Returns one way of the comparison, which says where the first `copied` layers come from and whether they are
    trained."""
    above = LAYERS + 1 - copied
    if way == TUNED and copied == LAYERS:
        return trained_copy(world, seeds, start or world.start(seeds))
    if way == RANDOM:
        return learn(world, seeds, stage(world, "last_k", above, RANDOM_RATE[copied]))
    how = stage(world, "last_k", above) if way == FROZEN else stage(world)
    run = replace(learn(world, seeds, how, start=start or world.start(seeds)), copied=copied)
    return replace(run, scrambled=way == SHUFFLED)


def cka(world: World, seeds: Seeds) -> Measure:
    """Returns a measure of the similarity between the backbone and a fine-tuned net, and between the backbone and a
    net from scratch."""
    start = world.start(seeds)
    runs = (start, fine_tune_gently(world, seeds, start), scratch(world, seeds, PATIENCE))
    return Measure(kind="cka", runs=runs, tasks=(world.task,), count=1000)


def framed_runs(world: World, seeds: Seeds) -> tuple[Run, Run]:
    """Returns the two runs whose frames are shown: with all layers copied, and from scratch."""
    return copy(world, TUNED, LAYERS, seeds), scratch(world, seeds)


def hidden_space(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="hidden_space", runs=framed_runs(world, seeds), count=POINTS)


def filters(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="filters", runs=framed_runs(world, seeds))


def spirals(seeds: Seeds) -> Measure:
    """Returns a measure of the map of the first backbone of the plane, with points of the old task and of the new
    one."""
    start = spiral_arms(seeds)
    return Measure(kind="boundary", runs=(start,), tasks=(start.task, Plane(turn=30)), count=POINTS)


def tracked_count(world: World) -> int:
    """Returns the cells on each side of the map of a live run, or the digits on its wall."""
    return CELLS if world.net == "mlp" else TILES


def live_run(settings: Settings, way: str) -> Run:
    """Returns one way with the number of copied layers that the learner has set, from the backbone that ships. Its
    first net records its answers."""
    world = WORLDS[settings[WORLD]]
    run = copy(world, way, settings[COPIED], Seeds(first=100 * settings.draw), world.start(Seeds()))
    return replace(run, exhibit=tracked_count(world), frames=0)


def runs(settings: Settings) -> Runs:
    return [LabelledRun("race", live_run(settings, way), way, name=way) for way in WAYS]


def backdrop(settings: Settings) -> Values:
    """Returns the curves of the learner's world and of the predicted world, and the other results for the learner's
    world."""
    name, seeds = settings[WORLD], Seeds()
    world = WORLDS[name]
    curves = [piece for each in dict.fromkeys((SPIRALS, name)) for piece in transfer(each, seeds)]
    return [
        *hide(curves, FROZEN, RANDOM),
        LabelledRun("spirals", spirals(seeds)),
        LabelledRun("likeness", cka(world, seeds), name),
        LabelledRun(
            "exhibit", Measure(kind="tracked_examples", runs=(), tasks=(world.task,), count=tracked_count(world))
        ),
        LabelledRun("hidden space", hidden_space(world, seeds)),
        *([LabelledRun("filters", filters(world, seeds))] if world.net == "conv" else []),
    ]


def transfer(world: str, seeds: Seeds, ways: tuple[str, ...] = WAYS) -> Values:
    """Returns the runs of a world: every way with every number of copied layers, and nothing copied."""
    copies = [LabelledRun(way, copy(WORLDS[world], way, n, seeds), (world, n)) for way in ways for n in COPIES]
    return [LabelledRun("scratch", scratch(WORLDS[world], seeds), world), *copies]


def random_runs(world: str, seeds: Seeds, layers: tuple[int, ...] = COPIES) -> Values:
    return [
        LabelledRun("random best", random_best(WORLDS[world], n, rate, seeds), (world, n, rate))
        for n in layers
        for rate in RANDOM_RATES
    ]


def layer_runs(seeds: Seeds) -> Values:
    patient = LabelledRun("patient", scratch(WORLDS[SPIRALS], seeds, PATIENCE))
    return [*transfer(SPIRALS, seeds, (FROZEN, TUNED, RANDOM)), *random_runs(SPIRALS, seeds), patient]


def distance_runs(seeds: Seeds) -> Values:
    worlds = (DIGITS, INVERTED)
    copies = [piece for world in worlds for piece in transfer(world, seeds, (FROZEN, RANDOM))]
    return [*copies, *(piece for world in worlds for piece in random_runs(world, seeds, (LAYERS,)))]


def size_runs(seeds: Seeds) -> Values:
    return [piece for world in (SPIRALS, DIGITS) for piece in transfer(world, seeds, (TUNED, SHUFFLED))]


def move_runs(seeds: Seeds) -> Values:
    return [LabelledRun("likeness", cka(world, seeds), name) for name, world in WORLDS.items()]
