"""Defines the controls of this lesson, and the runs: digits after glyphs and tasks in a row, each with every way to
remember.

Other runs use no protection, but different learning rates for the layers, or a better start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.experiment.spec import Keep, Measure, Run, Stage
from core.experiment.tasks import Handwriting, Plane
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.recipes import BEST_RATES, STEPS, backbone, fine_tuning

LABELS = 20  # labels per class for every new task
RATE = 1e-3
DARK, PLAIN, ROW = "dark digits after glyphs", "digits after glyphs", "five tasks in a row"
NAIVE, FREEZE = "naive", "freeze"
# The usual name of the method, and its file in core/keep.
METHODS = {"replay": "replay", "LwF": "lwf", "EWC": "ewc", "L2-SP": "l2_sp"}
PLAIN_NAMES = {
    "rehearse old examples": "replay",
    "keep old opinions": "LwF",
    "pin what mattered": "EWC",
    "pin all weights": "L2-SP",
}
WAY_LABELS = {  # what the screen shows for the stored names
    "rehearse old examples": "replay: practise old examples",
    "keep old opinions": "LwF: keep the old answers",
    "pin what mattered": "EWC: protect important weights",
    "pin all weights": "L2-SP: hold all weights",
}
TILES = 100  # glyphs that are watched; those that the net read correctly at first are shown on the wall
LEVELS = ("weak", "middle", "strong")
TASKS = 5  # tasks in a row
ROW_STEPS, ROW_RATE = 200, 3e-3


@dataclass(frozen=True, kw_only=True)
class Dial:
    """Holds the strengths of a method from weak to strong, and how many old examples of each class it stores or uses
    at once."""

    strengths: tuple[float, float, float]
    count: int = 1

    def keep(self, method: str, level: str) -> Keep:
        """Returns the protection at one of the levels."""
        return Keep(method=METHODS[method], strength=self.strengths[LEVELS.index(level)], count=self.count)


# Strengths of different methods cannot be compared, because the effect of a penalty depends on its gradient.
GLYPHS = {
    "replay": Dial(strengths=(0.03, 0.5, 10)),  # one drawing of every glyph
    "LwF": Dial(strengths=(0.03, 0.3, 10)),
    "EWC": Dial(strengths=(1, 12, 1000)),
    "L2-SP": Dial(strengths=(0.03, 0.3, 10)),
}
JIGSAWS = {
    "replay": Dial(strengths=(0.03, 1, 10), count=5),
    "LwF": Dial(strengths=(0.01, 0.1, 3)),
    "EWC": Dial(strengths=(10, 300, 100_000), count=10),
    "L2-SP": Dial(strengths=(0.003, 0.03, 30)),
}
COUNTS = (1, 2, 5, 10, 20)  # the numbers of drawings of each glyph that replay keeps, for one view
METHOD = Control(
    name="method",
    label="Way to remember",
    options=tuple(PLAIN_NAMES),
    default="rehearse old examples",
    labels=WAY_LABELS,
    help="Replay practises stored old examples. LwF keeps the old net's answers to the new examples. EWC protects the "
    "weights that mattered, and L2-SP holds all weights equally.",
)
STRENGTH = Control(
    name="strength",
    label="Strength",
    options=LEVELS,
    default="middle",
    help="How much the protection counts compared with the loss of the new task. Each way has its own scale.",
)
SCENE = Control(
    name="scene",
    label="Old and new task",
    options=(DARK, PLAIN, ROW),
    default=DARK,
    help="Dark digits have dark ink on a bright ground, so the features must change. Plain digits look like the "
    "glyphs. The "
    "five tasks are whole digits and then four jigsaws of them, with one head.",
)


def digits(scene: str, way: str, seeds: Seeds, start: Run | None = None) -> Run:
    """Returns a run on digits after glyphs, which keep their own head and are watched. The `way` is naive, freeze, or
    a method with its strength.

    Dark digits have dark ink on a bright ground, which no glyph had.
    """
    start = start or backbone(seeds)
    return Run(
        task=Handwriting(labels=LABELS, inverted=scene == DARK),
        start=start,
        stages=fine_tuning("probe" if way == FREEZE else "full", RATE),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(start.task,),
        keep=() if way in (NAIVE, FREEZE) else (GLYPHS[method_of(way)].keep(*way.split()),),
    )


def row(way: str, seeds: Seeds) -> list[Run]:
    """Returns the runs on five jigsaws of the same digits, one after the other, with one head. All ways share the
    first run, because there is nothing to remember yet."""
    tasks = [Handwriting(labels=LABELS, jigsaw=number) for number in range(TASKS)]
    stages = (Stage(steps=ROW_STEPS, rate=ROW_RATE, batch=16),)
    runs = [Run(task=tasks[0], net="mlp_image", stages=stages, seeds=seeds.count, first_seed=seeds.first)]
    keep = () if way == NAIVE else (JIGSAWS[method_of(way)].keep(*way.split()),)
    for k, task in enumerate(tasks[1:], 1):
        runs.append(replace(runs[0], task=task, start=runs[-1], watch=tuple(tasks[:k]), keep=keep))
    return runs


def kept_runs(seeds: Seeds) -> Values:
    """Returns replay on dark digits with each number of kept drawings of every glyph."""
    run = digits(DARK, "replay middle", seeds)
    return [LabelledRun("kept", replace(run, keep=(replace(run.keep[0], count=count),)), count) for count in COUNTS]


def method_of(way: str) -> str:
    return way.split()[0]


def ways() -> list[str]:
    """Returns every method at every strength."""
    return [f"{method} {level}" for method in METHODS for level in LEVELS]


def picked(settings: Settings) -> str:
    """Returns the way to remember that the learner has set, such as "replay middle"."""
    return f"{PLAIN_NAMES[settings[METHOD]]} {settings[STRENGTH]}"


LIVE = 4  # nets in a run
TIGHT = "L2-SP strong"


def live_run(settings: Settings) -> Run:
    """Returns the last run, with the learner's way to remember."""
    seeds, scene = Seeds(LIVE, 100 * settings.draw), settings[SCENE]
    return row(picked(settings), seeds)[-1] if scene == ROW else digits(scene, picked(settings), seeds, backbone())


def runs(settings: Settings) -> Runs:
    """Returns the runs with the way to remember and without it. For a row, these are all tasks of both, which share
    the first one."""
    seeds, scene, shown = Seeds(LIVE, 100 * settings.draw), settings[SCENE], (NAIVE, picked(settings))
    if scene != ROW:
        sides = {one: digits(scene, one, seeds, backbone()) for one in shown}
        return [LabelledRun("race", replace(run, exhibit=TILES), one, name=one) for one, run in sides.items()]
    first = LabelledRun("live first", row(NAIVE, seeds)[0], name="first task")
    rows = {one: row(one, seeds) for one in shown}
    later = [(one, k, run) for one, runs in rows.items() for k, run in enumerate(runs[1:], 2)]
    return [first, *(LabelledRun("live row", run, (one, k), name=f"{one}: {k}") for one, k, run in later)]


def backdrop(settings: Settings) -> Values:
    """Returns the results for the prediction and its verdict, and the stored runs of the scene."""
    seeds, scene = Seeds(), settings[SCENE]
    middle = [f"{method} middle" for method in METHODS]
    hidden: list[LabelledRun[Run | Measure]] = [
        *(LabelledRun("scene", digits(DARK, one, seeds), (DARK, one)) for one in middle),
        LabelledRun("row", row(TIGHT, seeds)[-1], (TIGHT, TASKS)),
        LabelledRun("price", Measure(kind="memory_cost", runs=tuple(digits(DARK, one, seeds) for one in middle))),
        *speed_runs(seeds),
        *turn_runs(seeds),
        *kept_runs(seeds),
        LabelledRun("wall", on_the_wall(DARK if scene == ROW else scene, NAIVE), NAIVE),
        LabelledRun("wall", on_the_wall(DARK if scene == ROW else scene, picked(settings)), picked(settings)),
    ]
    if scene == ROW:
        rows = {one: row(one, seeds) for one in (NAIVE, picked(settings))}
        hidden += [LabelledRun("row", run, (one, k)) for one, runs in rows.items() for k, run in enumerate(runs, 1)]
        hidden += [LabelledRun("row", row(one, seeds)[-1], (one, TASKS)) for one in ends(settings)]
    else:
        hidden += [LabelledRun("scene", digits(scene, one, seeds), (scene, one)) for one in (NAIVE, FREEZE, *ways())]
    shown = [LabelledRun("scene", digits(DARK, one, seeds), (DARK, one)) for one in (NAIVE, FREEZE)]
    known = {piece.key for piece in shown}
    glyphs = Measure(kind="tracked_examples", runs=(), tasks=(backbone().task,), count=TILES)
    return [*shown, LabelledRun("glyphs", glyphs), *hide([piece for piece in hidden if piece.key not in known])]


def on_the_wall(scene: str, way: str) -> Run:
    """Returns one net with recorded answers for the wall of old glyphs."""
    return replace(digits(scene, way, Seeds(1), backbone()), exhibit=TILES)


def ends(settings: Settings) -> list[str]:
    """Returns the ways that are compared at the end of a row."""
    return [NAIVE, *(f"{method} {settings[STRENGTH]}" for method in METHODS)]


def plane_runs(seeds: Seeds) -> Values:
    scenes, every = (PLAIN, DARK), (NAIVE, FREEZE, *ways())
    return [LabelledRun("scene", digits(scene, one, seeds), (scene, one)) for scene in scenes for one in every]


def row_runs(seeds: Seeds) -> Values:
    shown = (NAIVE, "replay middle", "EWC middle", "L2-SP middle", "L2-SP strong", "LwF middle")
    return [LabelledRun("row", run, (one, k)) for one in shown for k, run in enumerate(row(one, seeds), 1)]


# --- Without a penalty: layers at their own speed ---------------------------------------------------------------------

SLOWER = 2.6  # each lower layer has a learning rate that is this many times lower (Howard & Ruder 2018)
SLOW_STEPS, SLOW_RATE = 1000, 5e-4
SLOWED_RATE = 7e-4  # for lower learning rates below the head; at 5e-4 some seeds are more than 2 points behind
SLOWED, THAWED, BOTH = "lower layers slower", "one layer after the other", "both"
EVEN_RATES = (2.5e-4, 5e-4, 1e-3, 2e-3)
# Steps of the head alone, then with one more layer each. The last layer that is unfrozen has the least time to
# forget.
THAW_STEPS = (400, 400, 150, 50)


def arms(seeds: Seeds) -> Run:
    """Returns a backbone of the plane for every seed. It learns to tell six spiral arms apart."""
    stages = (Stage(steps=3000, batch=128, rate=3e-3),)
    return Run(task=Plane(), net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def unwound(stages: tuple[Stage, ...], seeds: Seeds) -> Run:
    """Returns a run that learns the colours of the arms, which are now wound less than half as far. The six arms are
    watched."""
    task = Plane(ask="colour", winding=0.45)
    return replace(arms(seeds), task=task, start=arms(seeds), stages=stages, watch=(Plane(),))


def thawing(rate: float, decay: float) -> tuple[Stage, ...]:
    """Returns stages that train the head alone, and then one more layer at a time."""
    return tuple(
        Stage(method="last_k", size=k, steps=steps, rate=rate, decay=decay) for k, steps in enumerate(THAW_STEPS, 1)
    )


def speed_runs(seeds: Seeds) -> Values:
    even = {rate: (Stage(steps=SLOW_STEPS, rate=rate),) for rate in EVEN_RATES}
    own = {
        SLOWED: (Stage(steps=SLOW_STEPS, rate=SLOWED_RATE, decay=SLOWER),),
        THAWED: thawing(SLOW_RATE, 1.0),
        BOTH: thawing(SLOWED_RATE, SLOWER),
    }
    return [
        *(LabelledRun("even", unwound(stages, seeds), rate) for rate, stages in even.items()),
        *(LabelledRun("speed", unwound(stages, seeds), name) for name, stages in own.items()),
    ]


# --- Without a penalty: where one starts ------------------------------------------------------------------------------

TURNS = (0.0, 45.0, 90.0, -45.0)  # degrees
PRETRAINED, SCRATCH = "pretrained", "scratch"


def turned_digits(side: str, rate: float, seeds: Seeds) -> list[Run]:
    """Returns the runs on digits in four turns, one after the other, with one head, from the glyphs or from scratch."""
    tasks = [Handwriting(labels=20, turn=turn) for turn in TURNS]
    stages = (Stage(steps=STEPS, rate=rate, batch=16),)
    runs: list[Run] = []
    for k, task in enumerate(tasks):
        start = runs[-1] if runs else backbone(seeds) if side == PRETRAINED else None
        run = Run(
            task=task, start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first, watch=tuple(tasks[:k])
        )
        runs.append(run)
    return runs


def turn_runs(seeds: Seeds) -> Values:
    return [
        LabelledRun("turn", run, (side, rate, k))
        for side in (PRETRAINED, SCRATCH)
        for rate in BEST_RATES
        for k, run in enumerate(turned_digits(side, rate, seeds), 1)
    ]
