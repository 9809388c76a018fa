"""What the learner sets in this lesson, and its runs: three worlds, and a net that keeps the first layers of another in
four ways."""

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
RANDOM_RATE = {1: 3e-3, 2: 3e-3, 3: 1e-1}  # three frozen random layers pass on a weak signal: a head reads it faster
RANDOM_RATES = (3e-3, 1e-2, 3e-2, 1e-1)
CELLS, TILES = 40, 20  # a side of a live net's map; digits on its wall
POINTS = 240  # shown in the hidden space

FROZEN, TUNED, RANDOM, SHUFFLED = "frozen copy", "trained copy", "frozen random", "shuffled copy"
WAYS = (TUNED, FROZEN, RANDOM, SHUFFLED)


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


def random_best(world: World, copied: int, rate: float, seeds: Seeds) -> Run:
    """Frozen random layers with all the time they want."""
    return learn(world, seeds, stage(world, "last_k", LAYERS + 1 - copied, rate, PATIENCE))


def copy(world: World, way: str, copied: int, seeds: Seeds, start: Run | None = None) -> Run:
    """One way of the comparison: what the first `copied` layers are, and whether they learn."""
    above = LAYERS + 1 - copied
    if way == TUNED and copied == LAYERS:
        return trained_copy(world, seeds, start or world.start(seeds))
    if way == RANDOM:
        return learn(world, seeds, stage(world, "last_k", above, RANDOM_RATE[copied]))
    how = stage(world, "last_k", above) if way == FROZEN else stage(world)
    run = replace(learn(world, seeds, how, start=start or world.start(seeds)), copied=copied)
    return replace(run, scrambled=way == SHUFFLED)


def cka(world: World, seeds: Seeds) -> Measure:
    """How alike the backbone is to a net fine-tuned from it, and to one from scratch."""
    start = world.start(seeds)
    runs = (start, fine_tune_gently(world, seeds, start), scratch(world, seeds, PATIENCE))
    return Measure(kind="cka", runs=runs, tasks=(world.task,), count=1000)


def framed_runs(world: World, seeds: Seeds) -> tuple[Run, Run]:
    """The two runs whose frames are shown: with all layers copied, and from scratch."""
    return copy(world, TUNED, LAYERS, seeds), scratch(world, seeds)


def hidden_space(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="hidden_space", runs=framed_runs(world, seeds), count=POINTS)


def filters(world: World, seeds: Seeds) -> Measure:
    return Measure(kind="filters", runs=framed_runs(world, seeds))


def spirals(seeds: Seeds) -> Measure:
    """What the first backbone of the plane knows, and points of the old task and of the new."""
    start = spiral_arms(seeds)
    return Measure(kind="boundary", runs=(start,), tasks=(start.task, Plane(turn=30)), count=POINTS)


def tracked_count(world: World) -> int:
    """Cells a side of the map that a live run paints, or digits on its wall."""
    return CELLS if world.net == "mlp" else TILES


def live_run(settings: Settings, way: str) -> Run:
    """One way at the chosen number of layers, from the backbone that ships; its first net shows what it learns."""
    world = WORLDS[settings[WORLD]]
    run = copy(world, way, settings[COPIED], Seeds(first=100 * settings.draw), world.start(Seeds()))
    return replace(run, exhibit=tracked_count(world), frames=0)


def runs(settings: Settings) -> Runs:
    return [LabelledRun("race", live_run(settings, way), way, name=way) for way in WAYS]


def backdrop(settings: Settings) -> Values:
    """The curves of the chosen world and of the one that is asked about, and what else is known of the chosen one."""
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
    """The layer-transfer curves of a world: every way at every number of layers, and nothing copied."""
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
