"""What the learner sets in this lesson, and its runs: a backbone with a head, two children of it, and a stranger."""

from __future__ import annotations

from collections.abc import Mapping

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Handwriting
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.recipes import backbone
from lessons.kit.runs.transfers import DIGITS, PATIENCE, SPIRALS, WORLDS, World, fine_tune_gently, scratch, trained_copy

A, B, PARENT, STRANGER = "child A", "child B", "backbone", "stranger"
NETS = (PARENT, A, B, STRANGER)
ASKED = 20  # labels per class, of the nets that the prediction is about
EVERY = 400  # labels per class of the stranger: with fewer it is not as good as a child
ELSEWHERE = 500  # how far away the seeds of a second solution begin
FRAMES = 8
TESTED, QUICKLY = 1000, 500  # digits, at every place of a plane; of the learner's own, which takes two seconds
NEAR, FAR = "near", "far"  # the plane of the family, and the one that goes to the stranger
# The nets of each, the first three on it; lines lead from the first one. Child B is only beside the second.
ON = {NEAR: (A, B, PARENT), FAR: (A, STRANGER, PARENT, B)}

SIBLINGS, BACK, AWAY = "child A to child B", "child A to backbone", "child A to stranger"
ENDS = {SIBLINGS: (A, B), BACK: (A, PARENT), AWAY: (A, STRANGER)}
LABELS = Control(
    name="labels",
    label="Labels per class",
    options=(5, ASKED, 50),
    default=ASKED,
    help="How many labelled examples of each digit each child gets, a draw of its own.",
)
JOIN = Control(
    name="join",
    label="Walk from",
    options=(AWAY, SIBLINGS, BACK),
    default=AWAY,
    help="The straight line from one net's weights to the other's. On it nothing is trained.",
)


def moved_on(seeds: Seeds, by: int) -> Seeds:
    return Seeds(seeds.count, seeds.first + by)


def headed(labels: int, seeds: Seeds, start: Run) -> Run:
    """A backbone with a head for digits, learned on frozen features: where both children begin."""
    draw, stages = moved_on(seeds, 2 * ELSEWHERE), (Stage(method="probe", steps=150, rate=5e-3, batch=16),)
    task = Handwriting(labels=labels)
    return Run(task=task, start=start, stages=stages, seeds=draw.count, first_seed=draw.first)


def child(start: Run, seeds: Seeds) -> Run:
    """Everything moves, on a draw of labels of its own."""
    stages = (Stage(steps=300, batch=16),)
    return Run(task=start.task, start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first, frames=FRAMES)


def stranger(seeds: Seeds) -> Run:
    """From scratch, with every label there is, until it reads about as well as a child does."""
    stages = (Stage(steps=1500, batch=64, anneal=True),)
    task = Handwriting(labels=EVERY)
    return Run(task=task, stages=stages, seeds=seeds.count, first_seed=seeds.first, frames=FRAMES)


def family(labels: int, seeds: Seeds, source: Run | None = None) -> dict[str, Run]:
    """The four nets by name."""
    start = headed(labels, seeds, source or backbone(seeds))
    children = {A: child(start, seeds), B: child(start, moved_on(seeds, ELSEWHERE))}
    return {PARENT: start, **children, STRANGER: stranger(seeds)}


def plane(which: str, nets: Mapping[str, Run], tested: int = TESTED) -> Measure:
    return Measure(kind="landscape", runs=tuple(nets[name] for name in ON[which]), count=tested)


def where(join: str) -> str:
    """The plane that a line lies in."""
    return FAR if join == AWAY else NEAR


def planes(labels: int, seeds: Seeds) -> Measures:
    nets = family(labels, seeds)
    return [LabelledRun("plane", plane(which, nets), (which, labels)) for which in ON]


def live_family(settings: Settings) -> dict[str, Run]:
    """One net of each, from the backbone that ships."""
    return family(settings[LABELS], Seeds(1, 100 * settings.draw), backbone())


def runs(settings: Settings) -> Runs:
    nets = live_family(settings)
    return [LabelledRun("live", nets[name], name, name=name) for name in NETS]


def after(settings: Settings) -> Measures:
    """Both planes through the learner's nets: the picture crosses one after the other."""
    nets = live_family(settings)
    return [LabelledRun("yours", plane(which, nets, QUICKLY), which) for which in ON]


def backdrop(settings: Settings) -> Values:
    """What the nets asked about get right and look for, which may be seen; then the planes."""
    nets, sizes = family(ASKED, Seeds()), dict.fromkeys((ASKED, settings[LABELS]))
    hidden = hide([piece for labels in sizes for piece in planes(labels, Seeds())])
    looks = Measure(kind="filters", runs=(nets[A], nets[B], nets[STRANGER]))
    return [*(LabelledRun("net", run, name) for name, run in nets.items()), LabelledRun("filters", looks), *hidden]


def valley_runs(seeds: Seeds) -> Values:
    return planes(ASKED, seeds)


def line(world: World, seeds: Seeds) -> Measure:
    """Between two fine-tuned nets, two from scratch, and two fine-tuned with heads that begin at random."""
    start, both = world.start(seeds), (seeds, moved_on(seeds, ELSEWHERE))
    pairs = (
        *(fine_tune_gently(world, draw, start) for draw in both),
        *(scratch(world, draw, PATIENCE) for draw in both),
        *(trained_copy(world, draw, start) for draw in both),
    )
    return Measure(kind="barrier", runs=pairs, count=21)


def basin_runs(seeds: Seeds) -> Values:
    return [LabelledRun("line", line(WORLDS[name], seeds), name) for name in (SPIRALS, DIGITS)]
