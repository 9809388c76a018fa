"""Defines the controls of this lesson, and the runs: one new task that is learned with every method, at every size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Handwriting, Plane, Task
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values
from lessons.kit.runs.recipes import arms, backbone

NEAR, FAR, HAND = "two colours", "two colours, mirrored", "digits after glyphs"
LOW_RANK, ADAPTER, BIAS, HEAD, FULL = "low rank", "adapters", "biases", "head only", "full"
METHODS = {LOW_RANK: "low_rank", ADAPTER: "adapter", BIAS: "bias", HEAD: "probe", FULL: "full"}
SIZED = (LOW_RANK, ADAPTER)  # methods that have a size, which is a rank or a width
SIZES = (1, 2, 4, 8, 16)
RANKS = (1, 2, 4, 8, 16, 32, 64)  # the ranks to which a full delta is cut
CLOSE = 0.02  # the difference to full fine-tuning that still counts as equally good


@dataclass(frozen=True, kw_only=True)
class World:
    """Holds a new task for a backbone, and the learning rate of each method.

    Each rate is the best of four, on four seeds that are used for nothing else. If the rate depends on the size, its
    key contains the size.
    """

    task: Task
    net: str
    steps: int
    batch: int
    rates: Mapping[str, float]


NEAR_RATES = {LOW_RANK: 1e-2, ADAPTER: 3e-3, BIAS: 1e-2, HEAD: 1e-2, FULL: 3e-3}
FAR_RATES = NEAR_RATES | {BIAS: 3e-2, FULL: 1e-2, "low rank 1": 3e-2}
WORLDS = {
    NEAR: World(task=Plane(ask="colour"), net="mlp", steps=600, batch=128, rates=NEAR_RATES),
    FAR: World(task=Plane(ask="colour", mirrored=True), net="mlp", steps=600, batch=128, rates=FAR_RATES),
    HAND: World(
        task=Handwriting(labels=400),
        net="conv",
        steps=900,
        batch=32,
        rates={LOW_RANK: 3e-3, ADAPTER: 3e-3, BIAS: 3e-3, HEAD: 3e-3, FULL: 1e-3},
    ),
}


SIZE = Control(
    name="size",
    label="Rank of the patch",
    options=SIZES,
    default=1,
    help="How many columns and rows a low-rank patch has for every weight matrix, or how wide an adapter is. The other "
    "methods have no size.",
    slider=True,
)
METHOD = Control(
    name="method",
    label="What is trained",
    options=(LOW_RANK, ADAPTER, BIAS, HEAD),
    default=LOW_RANK,
    help="Low-rank patch: columns times rows, which are added to every weight matrix. Adapters: small new layers "
    "between the frozen ones. Biases only: the one number that each neuron adds. The head is new and is always "
    "trained.",
    labels={LOW_RANK: "low-rank patch", BIAS: "biases only"},
)
WHERE = Control(
    name="where",
    label="New task",
    options=(NEAR, FAR, HAND),
    default=NEAR,
    help="Two colours: the six arms that the net knows, in two groups. Mirrored arms: the same, but wound the other "
    "way round. Digits: a net that knows glyphs (letters and symbols) learns real handwriting.",
    labels={FAR: "mirrored arms", HAND: "digits"},
)


def start(where: str, seeds: Seeds) -> Run:
    """Returns the backbone, which knows the six arms or the glyphs."""
    return backbone(seeds) if where == HAND else arms(seeds)


def patch(where: str, method: str, size: int, seeds: Seeds, begin: Run | None = None, watch: bool = True) -> Run:
    """Returns a run that learns the new task with one method. If `watch` is true, it also tests the old task."""
    world, begin = WORLDS[where], begin or start(where, seeds)
    stage = Stage(
        method=METHODS[method],
        size=size if method in SIZED else 0,
        steps=world.steps,
        rate=world.rates.get(method_label(method, size), world.rates[method]),
        batch=world.batch,
    )
    return Run(
        task=world.task,
        net=world.net,
        start=begin,
        stages=(stage,),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(begin.task,) if watch else (),
    )


def method_label(method: str, size: int) -> str:
    """Returns the name of a method in comparisons."""
    return f"{method} {size}" if method in SIZED else method


THIN = method_label(LOW_RANK, 1)
EVERY = {method_label(m, s): (m, s) for m in METHODS for s in (SIZES if m in SIZED else (0,))}


def shown_method(label: str) -> str:
    """Returns what the screen shows for the name of a method in comparisons."""
    method, size = EVERY[label]
    shown = {LOW_RANK: f"rank-{size} patch", ADAPTER: f"adapters of width {size}", FULL: "full fine-tuning"}
    return shown.get(method) or METHOD.label_of(method)


def all_of(where: str, seeds: Seeds) -> dict[str, Run]:
    """Returns every method at every size, by its name in comparisons."""
    return {name: patch(where, method, size, seeds) for name, (method, size) in EVERY.items()}


def truncation_measure(full: Run) -> Measure:
    """Returns a measure of the full delta, cut to every rank."""
    return Measure(kind="delta_truncation", runs=(full,), tasks=(full.task,), count=max(RANKS))


LIVE = 4  # nets on each side of a live race
CELLS, TILES = 30, 40  # cells on each side of a live map, and unseen digits on a live wall


def method_set(settings: Settings) -> str:
    """Returns the name of the method that the learner has set."""
    return method_label(settings[METHOD], settings[SIZE])


def sides(settings: Settings) -> dict[str, Run]:
    """Returns full fine-tuning and the patch, with recorded answers. They do not test the old task, because this
    would take half of the time."""
    seeds, where = Seeds(LIVE, 100 * settings.draw), settings[WHERE]
    how = {FULL: (FULL, 0), method_set(settings): (settings[METHOD], settings[SIZE])}
    runs = {name: patch(where, *one, seeds, start(where, Seeds()), watch=False) for name, one in how.items()}
    return {name: replace(run, exhibit=tracked_count(where)) for name, run in runs.items()}


def tracked_count(where: str) -> int:
    """Returns the cells on each side of the map of a live run, or the digits on its wall."""
    return CELLS if WORLDS[where].net == "mlp" else TILES


def runs(settings: Settings) -> Runs:
    return [
        LabelledRun("race", run, (settings[WHERE], name), name=shown_method(name))
        for name, run in sides(settings).items()
    ]


def after(settings: Settings) -> Measures:
    """Returns a measure of the live delta of full fine-tuning, cut to every rank."""
    return [LabelledRun("live cut", truncation_measure(sides(settings)[FULL]))]


def backdrop(settings: Settings) -> Values:
    """Returns all results for the predicted world and for the learner's world. Before the prediction, only two of
    them are visible."""
    seeds, where = Seeds(), settings[WHERE]
    known = [piece for each in dict.fromkeys((NEAR, FAR, where)) for piece in family(each, seeds)]
    open_at_first = {("patch", (NEAR, name)) for name in (FULL, HEAD)}
    known += [*maps(NEAR, seeds), *maps(FAR, seeds), *no_patch(seeds)]
    return [
        *(replace(piece, hidden=piece.key not in open_at_first) for piece in known),
        *(LabelledRun("examples", examples(each), each) for each in dict.fromkeys((NEAR, where))),
    ]


def examples(where: str) -> Measure:
    """Returns a measure of the examples that the live runs record the answers to."""
    return Measure(kind="tracked_examples", runs=(), tasks=(WORLDS[where].task,), count=tracked_count(where))


def family(where: str, seeds: Seeds) -> Values:
    """Returns every patch, the full delta cut to every rank, and the number of trained numbers in each patch."""
    runs = all_of(where, seeds)
    return [
        *(LabelledRun("patch", run, (where, name)) for name, run in runs.items()),
        LabelledRun("cut", truncation_measure(runs[FULL]), where),
        LabelledRun("sizes", Measure(kind="weight_changes", runs=tuple(runs.values())), where),
    ]


def maps(where: str, seeds: Seeds) -> Values:
    """Returns a measure of the decision maps at every rank, for a task in the plane."""
    thin = tuple(patch(where, LOW_RANK, rank, seeds) for rank in SIZES)
    return [LabelledRun("maps", Measure(kind="boundary", runs=thin, tasks=(WORLDS[where].task,), count=120), where)]


def no_patch(seeds: Seeds) -> Values:
    """Returns a measure of the decision map of the backbone of the plane."""
    old = arms(seeds)
    return [LabelledRun("backbone map", Measure(kind="boundary", runs=(old,), tasks=(old.task,), count=120))]


def thin_runs(seeds: Seeds) -> Values:
    return family(NEAR, seeds)


def dear_runs(seeds: Seeds) -> Values:
    thinnest = {FULL: (FULL, 0), THIN: (LOW_RANK, 1)}
    return [
        LabelledRun("patch", patch(where, *how, seeds), (where, name))
        for where in WORLDS
        for name, how in thinnest.items()
    ]
