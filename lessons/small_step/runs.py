"""What the learner sets in this lesson, and the runs: an old net, a new one, and what is asked of the line between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Plane
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values
from lessons.kit.runs.recipes import FORGETTING_RATE, after_glyphs, backbone

SOURCE = Plane()
TURN = 30.0  # degrees, half of the angle from one arm to the next: where the old net is most wrong
LABELS = 50  # of every turned arm
TARGET, MIRRORED = Plane(labels=LABELS, turn=TURN), Plane(labels=LABELS, mirrored=True)
# Turned by alpha times as much as the target. Nobody learns these.
UNSEEN = {alpha: Plane(turn=alpha * TURN) for alpha in (-0.5, 0.5, 1.5)}
STEPS, APART_STEPS = 300, 1000
EXAMPLES = 600
CELLS, TILES = 48, 40  # cells a side of the map that a live run paints; digits on its wall


def source(seeds: Seeds) -> Run:
    """Nets that know the arms: the good place, a different one for each seed."""
    stages = (Stage(steps=1000, batch=64, rate=3e-3),)
    return Run(task=SOURCE, net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def step(seeds: Seeds, start: Run, task: Plane = TARGET) -> Run:
    """Fine-tuning, every weight free to move."""
    stages = (Stage(steps=STEPS, batch=16),)
    return Run(
        task=task, net="mlp", start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first, watch=(SOURCE,)
    )


def stranger(seeds: Seeds) -> Run:
    """The same arms learned from scratch, by nets with other first weights: as well, but somewhere else."""
    stages = (Stage(steps=APART_STEPS, batch=16, rate=3e-3),)
    return Run(task=TARGET, net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first + 500, watch=(SOURCE,))


def dial(
    *runs: Run, count: int = EXAMPLES, layers: tuple[str, ...] = (), rank: int = 0, also: tuple[Plane, ...] = ()
) -> Measure:
    """Between the last run's start and its end, or from the end of a first run; tested on the old task and the new."""
    new = runs[-1]
    tasks = (new.start.task if new.start else SOURCE, new.task, *also)
    return Measure(kind="interpolation", runs=runs, tasks=tasks, count=count, layers=layers, rank=rank)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An old net, a new net, and the line between them."""

    names: tuple[str, str]  # what the old task and the new one are called
    layers: Mapping[str, str]  # names on screen by names in the net
    new: Callable[[Seeds], Run]
    old: Run | None = None  # where the line begins, if that is not where the new net began
    nets: int = 8  # of a live run
    count: int = EXAMPLES  # tested at every alpha

    def dial(self, new: Run, layer: str, rank: int | str) -> Measure:
        """All layers of delta or one, by its name on screen; of some rank or uncut."""
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
    label="The two nets",
    options=tuple(PAIRS),
    default=TUNED,
    help="Fine-tuned: the new net begins as the old one. Trained apart: it learns the same turned arms, but "
    "from random weights.",
)
LAYER = Control(
    name="layers",
    label="Layers that delta is added to",
    options=(ALL, *FLAT.values()),
    default=ALL,
    help="The other layers stay those of the old net.",
)
RANK: Control[int | str] = Control(
    name="rank",
    label="Rank of delta",
    options=(WHOLE, 8, 2, 1),
    default=WHOLE,
    help="Every matrix of delta is cut to its strongest directions, this many of them.",
)


def live_run(settings: Settings) -> Run:
    """The new net, which says at every test what it makes of the plane, or of some digits."""
    pair = PAIRS[settings[NETS]]
    return replace(pair.new(Seeds(pair.nets, 100 * settings.draw)), exhibit=exhibits(pair))


def exhibits(pair: Pair) -> int:
    """How many examples of the new task a live run is seen to learn."""
    return TILES if pair.layers is DEEP else CELLS


def runs(settings: Settings) -> Runs:
    return [LabelledRun("live", live_run(settings), name="new net")]


def after(settings: Settings) -> Measures:
    pair, new = PAIRS[settings[NETS]], live_run(settings)
    return [
        LabelledRun("yours", pair.dial(new, settings[LAYER], settings[RANK])),
        LabelledRun("yours whole", pair.dial(new, ALL, WHOLE)),
    ]


def backdrop(settings: Settings) -> Values:
    """The line from the old arms to the turned ones, as the hook shows it, and where both nets end, which may be seen
    before the prediction; then what the line does to arms that no net was shown, and the stored dials."""
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
    """The line from the old arms to the turned ones, tested on arms turned otherwise too."""
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
    )  # from the first, random weights on
    return [
        LabelledRun("dial", dial(step(seeds, old)), "fine_tuned"),
        LabelledRun("dial", own, "pretrained"),
        LabelledRun("dial", dial(old, stranger(seeds)), "apart"),
    ]
