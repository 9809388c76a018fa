"""Defines the controls of this lesson, and the runs: an old net, a new net, and measures of the line between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Plane
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values
from lessons.kit.runs.recipes import FORGETTING_RATE, after_glyphs, backbone

SOURCE = Plane()
TURN = 30.0  # degrees, half of the angle between two arms, where the old net is most wrong
LABELS = 50  # labels of every turned arm
TARGET, MIRRORED = Plane(labels=LABELS, turn=TURN), Plane(labels=LABELS, mirrored=True)
# Turned by alpha times the turn of the target. No net is trained on these.
UNSEEN = {alpha: Plane(turn=alpha * TURN) for alpha in (-0.5, 0.5, 1.5)}
STEPS, APART_STEPS = 300, 1000
EXAMPLES = 600
CELLS, TILES = 48, 40  # cells on each side of the map of a live run, and digits on its wall


def source(seeds: Seeds) -> Run:
    """Returns nets that know the arms, with different weights for each seed."""
    stages = (Stage(steps=1000, batch=64, rate=3e-3),)
    return Run(task=SOURCE, net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def step(seeds: Seeds, start: Run, task: Plane = TARGET) -> Run:
    """Returns a run that fine-tunes all the weights."""
    stages = (Stage(steps=STEPS, batch=16),)
    return Run(
        task=task, net="mlp", start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first, watch=(SOURCE,)
    )


def stranger(seeds: Seeds) -> Run:
    """Returns a run that learns the same arms from scratch with other initial weights. It is as accurate, but
    somewhere else in weight space."""
    stages = (Stage(steps=APART_STEPS, batch=16, rate=3e-3),)
    return Run(task=TARGET, net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first + 500, watch=(SOURCE,))


def dial(
    *runs: Run, count: int = EXAMPLES, layers: tuple[str, ...] = (), rank: int = 0, also: tuple[Plane, ...] = ()
) -> Measure:
    """Returns a measure of the line from the start of the last run to its end, or from the end of a first run. It
    tests the old and the new task."""
    new = runs[-1]
    tasks = (new.start.task if new.start else SOURCE, new.task, *also)
    return Measure(kind="interpolation", runs=runs, tasks=tasks, count=count, layers=layers, rank=rank)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Holds an old net, a new net, and the line between them."""

    names: tuple[str, str]  # the names of the old task and the new task
    layers: Mapping[str, str]  # the names on the screen, by their names in the net
    new: Callable[[Seeds], Run]
    old: Run | None = None  # the start of the line, if it is not the start of the new net
    nets: int = 8  # the number of nets in a live run
    count: int = EXAMPLES  # the number of examples that are tested at every alpha

    def dial(self, new: Run, layer: str, rank: int | str) -> Measure:
        """Returns a measure for all layers of the delta or for one, by its name on the screen. It can be cut to a
        rank."""
        names = {shown: name for name, shown in self.layers.items()}
        return dial(
            *((self.old, new) if self.old else (new,)),
            count=self.count,
            layers=() if layer == ALL else (names[layer],),
            rank=rank if isinstance(rank, int) else 0,
        )


TUNED, APART, DIGITS = "arms, fine-tuned", "arms, trained apart", "digits, fine-tuned"
ALL, WHOLE = "all", "whole"
FLAT = {"hidden1": "first", "hidden2": "second", "hidden3": "third", "head": "head"}
DEEP = {"conv1": "first", "conv2": "second", "hidden": "third", "head": "head"}
TURNED = ("arms", "turned arms")
PAIRS = {
    TUNED: Pair(names=TURNED, layers=FLAT, new=lambda seeds: step(seeds, source(Seeds()))),
    APART: Pair(names=TURNED, layers=FLAT, new=stranger, old=source(Seeds())),
    DIGITS: Pair(
        names=("glyphs", "digits"),
        layers=DEEP,
        new=lambda seeds: after_glyphs(FORGETTING_RATE, seeds, backbone()),
        nets=4,
        count=500,
    ),
}
NETS = Control(
    name="nets",
    label="New net",
    options=tuple(PAIRS),
    default=TUNED,
    help="Fine-tuned: the new net starts from the old net. Trained separately: it learns the same turned arms from "
    "random weights.",
    labels={APART: "arms, trained separately"},
)
DIAL = Control(
    name="alpha",
    label="The dial: alpha",
    options=tuple(round(k / 10, 1) for k in range(-5, 16)),
    default=0.0,
    help="How much of delta is added to the old net. You can turn it once the nets are trained. Nothing is retrained.",
    slider=True,
    changes_runs=False,
)
LAYER = Control(
    name="layers",
    label="Add delta to",
    options=(ALL, *FLAT.values()),
    default=ALL,
    help="All layers, or only one of them. The other layers keep the weights of the old net.",
    labels={ALL: "all layers", "first": "first layer", "second": "second layer", "third": "third layer"},
)
RANK: Control[int | str] = Control(
    name="rank",
    label="Rank of delta",
    options=(WHOLE, 8, 2, 1),
    default=WHOLE,
    help="Each matrix of delta keeps only this many of its strongest directions.",
    labels={WHOLE: "full"},
)


def live_run(settings: Settings) -> Run:
    """Returns the new net, which records its answers on the plane, or to some digits, at every test."""
    pair = PAIRS[settings[NETS]]
    return replace(pair.new(Seeds(pair.nets, 100 * settings.draw)), exhibit=exhibits(pair))


def exhibits(pair: Pair) -> int:
    """Returns how many examples of the new task a live run records the answers to."""
    return TILES if pair.layers is DEEP else CELLS


def runs(settings: Settings) -> Runs:
    return [LabelledRun("live", live_run(settings), name="new net")]


def after(settings: Settings) -> Measures:
    """Returns measures of the learner's delta, as it is set and complete."""
    pair, new = PAIRS[settings[NETS]], live_run(settings)
    return [
        LabelledRun("yours", pair.dial(new, settings[LAYER], settings[RANK])),
        LabelledRun("yours whole", pair.dial(new, ALL, WHOLE)),
    ]


def backdrop(settings: Settings) -> Values:
    """Returns the line from the old arms to the turned ones and the ends of this line, which the learner may see, and
    the hidden results: the line on arms with other turns, and the stored dials."""
    pair, hook = PAIRS[settings[NETS]], PAIRS[TUNED]
    old, new = source(Seeds()), pair.new(Seeds())
    return [
        LabelledRun("hook", hook.dial(hook.new(Seeds()), ALL, WHOLE)),
        LabelledRun("ends", step(Seeds(), old)),
        LabelledRun("exhibit", Measure(kind="tracked_examples", runs=(), tasks=(new.task,), count=exhibits(pair))),
        LabelledRun("asked", unseen(Seeds()), hidden=True),
        LabelledRun("apart", dial(old, stranger(Seeds()))),
        LabelledRun("mirrored", dial(step(Seeds(), old, MIRRORED))),
        LabelledRun("whole", pair.dial(new, ALL, WHOLE)),
        LabelledRun("dial", pair.dial(new, settings[LAYER], settings[RANK])),
    ]


def unseen(seeds: Seeds) -> Measure:
    """Returns a measure of the line from the old arms to the turned ones, which is also tested on arms with other
    turns."""
    return dial(step(seeds, source(seeds)), also=tuple(UNSEEN.values()))


def dial_runs(seeds: Seeds) -> Values:
    old = source(seeds)
    return [
        LabelledRun("dial", unseen(seeds), "arms"),
        LabelledRun("dial", dial(after_glyphs(FORGETTING_RATE, seeds), count=500), "digits"),
        LabelledRun("dial", dial(step(seeds, old, MIRRORED)), "mirrored"),
        LabelledRun("dial", dial(old, stranger(seeds)), "apart"),
    ]


def size_runs(seeds: Seeds) -> Values:
    old = source(seeds)
    own = Measure(
        kind="interpolation", runs=(old,), tasks=(SOURCE,), count=EXAMPLES
    )  # beginning at the random initial weights
    return [
        LabelledRun("dial", dial(step(seeds, old)), "fine_tuned"),
        LabelledRun("dial", own, "pretrained"),
        LabelledRun("dial", dial(old, stranger(seeds)), "apart"),
    ]
