"""Defines the controls of this lesson, and its runs: a backbone with a head, two children of it, and a stranger."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Handwriting
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.recipes import backbone
from lessons.kit.runs.transfers import DIGITS, PATIENCE, SPIRALS, WORLDS, World, fine_tune_gently, scratch, trained_copy

A, B, PARENT, STRANGER = "child A", "child B", "backbone", "stranger"
NETS = (PARENT, A, B, STRANGER)
ASKED = 20  # labels per class for the nets in the prediction
EVERY = 400  # labels per class for the stranger; with fewer labels it would be worse than a child
ELSEWHERE = 500  # the distance between the seeds of the first and the second solution
FRAMES = 8
# Digits that are tested at every point of a plane. For the learner's own nets there are fewer: it takes two seconds.
TESTED, QUICKLY = 1000, 500
NEAR, FAR = "near", "far"  # the plane of the family, and the plane that contains the stranger
# The nets of each plane. The first three define the plane, and lines begin at the first one. Child B is not on the
# second plane.
ON = {NEAR: (A, B, PARENT), FAR: (A, STRANGER, PARENT, B)}

SIBLINGS, BACK, AWAY = "child A to child B", "child A to backbone", "child A to stranger"
ENDS = {SIBLINGS: (A, B), BACK: (A, PARENT), AWAY: (A, STRANGER)}
LABELS = Control(
    name="labels",
    label="Labels per class",
    options=(5, ASKED, 50),
    default=ASKED,
    help="How many labelled examples of each digit each child gets. The two children get different examples.",
)
JOIN = Control(
    name="join",
    label="Line from",
    options=(AWAY, SIBLINGS, BACK),
    default=AWAY,
    help="The straight line from the weights of one net to the weights of another. Nothing is trained on it.",
)


def moved_on(seeds: Seeds, by: int) -> Seeds:
    """Returns the same number of seeds, beginning at another seed."""
    return Seeds(seeds.count, seeds.first + by)


def headed(labels: int, seeds: Seeds, start: Run) -> Run:
    """Returns a backbone with a head for digits that is trained on frozen features. Both children start from it."""
    draw, stages = moved_on(seeds, 2 * ELSEWHERE), (Stage(method="probe", steps=150, rate=5e-3, batch=16),)
    task = Handwriting(labels=labels)
    return Run(task=task, start=start, stages=stages, seeds=draw.count, first_seed=draw.first)


def child(start: Run, seeds: Seeds) -> Run:
    """Returns a run that trains all the weights, on its own draw of labels."""
    stages = (Stage(steps=300, batch=16),)
    return Run(task=start.task, start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first, frames=FRAMES)


def stranger(seeds: Seeds) -> Run:
    """Returns a net from scratch that is trained on all the labels, until it is about as accurate as a child."""
    stages = (Stage(steps=1500, batch=64, anneal=True),)
    task = Handwriting(labels=EVERY)
    return Run(task=task, stages=stages, seeds=seeds.count, first_seed=seeds.first, frames=FRAMES)


def family(labels: int, seeds: Seeds, source: Run | None = None) -> dict[str, Run]:
    """Returns the four nets by name."""
    start = headed(labels, seeds, source or backbone(seeds))
    children = {A: child(start, seeds), B: child(start, moved_on(seeds, ELSEWHERE))}
    return {PARENT: start, **children, STRANGER: stranger(seeds)}


def plane(which: str, nets: Mapping[str, Run], tested: int = TESTED) -> Measure:
    """Returns a measure of the loss landscape on one of the two planes."""
    return Measure(kind="landscape", runs=tuple(nets[name] for name in ON[which]), count=tested)


def where(join: str) -> str:
    """Returns the plane that contains a line."""
    return FAR if join == AWAY else NEAR


def planes(labels: int, seeds: Seeds) -> Measures:
    """Returns measures of both planes."""
    nets = family(labels, seeds)
    return [LabelledRun("plane", plane(which, nets), (which, labels)) for which in ON]


def live_family(settings: Settings) -> dict[str, Run]:
    """Returns one net of each kind, from the backbone that ships."""
    return family(settings[LABELS], Seeds(1, 100 * settings.draw), backbone())


def runs(settings: Settings) -> Runs:
    nets = live_family(settings)
    return [LabelledRun("live", nets[name], name, name=name) for name in NETS]


def after(settings: Settings) -> Measures:
    """Returns both planes through the learner's nets, because the picture shows both paths."""
    nets = live_family(settings)
    return [LabelledRun("yours", plane(which, nets, QUICKLY), which) for which in ON]


def backdrop(settings: Settings) -> Values:
    """Returns the accuracy and the filters of the nets, which the learner may see, and the hidden planes."""
    nets, sizes = family(ASKED, Seeds()), dict.fromkeys((ASKED, settings[LABELS]))
    hidden = list(hide([piece for labels in sizes for piece in planes(labels, Seeds())]))
    looks = Measure(kind="filters", runs=(nets[A], nets[B], nets[STRANGER]))
    hidden += hide([piece for piece in basin_runs(Seeds()) if piece.x == SPIRALS])
    return [*(LabelledRun("net", run, name) for name, run in nets.items()), LabelledRun("filters", looks), *hidden]


def valley_runs(seeds: Seeds) -> Values:
    return planes(ASKED, seeds)


def line(world: World, seeds: Seeds) -> Measure:
    """Returns a measure of the lines between two fine-tuned nets, two nets from scratch, and two nets that were
    fine-tuned with random heads."""
    start, both = world.start(seeds), (seeds, moved_on(seeds, ELSEWHERE))
    pairs = (
        *(fine_tune_gently(world, draw, start) for draw in both),
        *(scratch(world, draw, PATIENCE) for draw in both),
        *(trained_copy(world, draw, start) for draw in both),
    )
    return Measure(kind="barrier", runs=pairs, count=21)


def basin_runs(seeds: Seeds) -> Values:
    return [LabelledRun("line", line(WORLDS[name], seeds), name) for name in (SPIRALS, DIGITS)]
