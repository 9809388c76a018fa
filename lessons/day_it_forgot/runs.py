"""What the learner sets in this lesson, and the runs that forget: digits after glyphs or digits, colours after arms."""

from __future__ import annotations

from dataclasses import replace

from core.spec import Measure, Run, Stage
from core.tasks import FiveDigits, Plane
from lessons.kit.recipes import ALIKE, FORGETTING_RATE, UNLIKE, after_glyphs, arms, backbone, fine_tuning
from lessons.kit.values import Control, Piece, Runs, Seeds, Settings, Values

STANDARD = FORGETTING_RATE
RATES = (1e-4, 3e-4, STANDARD, 3e-3, 1e-2)
LOW, HIGH = (FiveDigits(labels=20, which=which) for which in ("low", "high"))
HIGHS = {ALIKE: HIGH, UNLIKE: FiveDigits(labels=20, which="high", inverted=True)}
COLOURS = {ALIKE: Plane(ask="colour", labels=200, turn=20.0), UNLIKE: Plane(ask="colour", labels=200, winding=0.0)}
AFTER_GLYPHS, AFTER_LOW, AFTER_ARMS = "digits after glyphs", "5 to 9 after 0 to 4", "colours after arms"
LIVE = 4  # nets of a live run: to test glyphs again and again takes more than half of its time
TILES, GLYPHS = 40, 100  # old digits, or glyphs, that are watched; those that were known at first stand on the wall
CELLS = 48  # a side of the maps of the plane

RATE = Control(
    name="rate",
    label="Learning rate",
    options=RATES,
    default=STANDARD,
    help="How far Adam moves the weights at every step on the new task.",
    slider=True,
)
TASK = Control(
    name="task",
    label="What is learned after what",
    options=(AFTER_LOW, AFTER_GLYPHS, AFTER_ARMS),
    default=AFTER_LOW,
    help="5 to 9 after 0 to 4: a net from scratch, and one head for both. Digits after glyphs: the glyphs keep a head "
    "of their own, which nobody touches. Colours after arms: points in the plane, and a head for each.",
)
SIMILARITY = Control(
    name="similarity",
    label="The new task is",
    options=(ALIKE, UNLIKE),
    default=ALIKE,
    help="Alike: bright digits on a dark ground, as the glyphs were; the same spiral arms, a little turned. "
    "Unlike: dark digits on a bright ground; straight wedges where the arms were.",
)


def low_digits(seeds: Seeds) -> Run:
    """A net from scratch learns 0 to 4, with a head that has ten answers."""
    return Run(task=LOW, stages=fine_tuning("full"), seeds=seeds.count, first_seed=seeds.first)


def after_low(rate: float, seeds: Seeds, similarity: str = ALIKE) -> Run:
    """Then 5 to 9, with the same head."""
    return Run(
        task=HIGHS[similarity],
        start=low_digits(seeds),
        stages=fine_tuning("full", rate),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(LOW,),
    )


def after_arms(rate: float, seeds: Seeds, start: Run | None = None, similarity: str = ALIKE) -> Run:
    """Two colours in the plane after its six arms, which keep the head that they have."""
    start = start or arms(seeds)
    return Run(
        task=COLOURS[similarity],
        net=start.net,
        start=start,
        stages=(Stage(rate=rate),),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(start.task,),
    )


def learning(settings: Settings, rate: float, seeds: Seeds) -> Run:
    """The new task as it is set, at some rate."""
    similarity = settings[SIMILARITY]
    if settings[TASK] == AFTER_LOW:
        return after_low(rate, seeds, similarity)
    if settings[TASK] == AFTER_ARMS:
        return after_arms(rate, seeds, arms(), similarity)
    return after_glyphs(rate, seeds, backbone(), similarity)


def seen(settings: Settings) -> int:
    """Examples whose answers a live run records."""
    return {AFTER_ARMS: CELLS, AFTER_GLYPHS: GLYPHS}.get(settings[TASK], TILES)


def live_run(settings: Settings) -> Run:
    """The new task, with what becomes of some old examples."""
    return replace(learning(settings, settings[RATE], Seeds(LIVE, 100 * settings.draw)), exhibit=seen(settings))


def runs(settings: Settings) -> Runs:
    run = live_run(settings)
    before = [Piece("first", run.start, name="first 0 to 4")] if run.start and settings[TASK] == AFTER_LOW else []
    return [*before, Piece("live", run, name="the new task")]


def backdrop(settings: Settings) -> Values:
    run = live_run(settings)
    return [
        Piece("old net", replace(low_digits(Seeds(LIVE)), exhibit=TILES)),
        Piece("wall", Measure(kind="exhibit", runs=(), tasks=(*run.watch, run.task), count=seen(settings))),
        Piece("old digits", Measure(kind="exhibit", runs=(), tasks=(LOW,), count=TILES)),
        *(Piece("stored", learning(settings, rate, Seeds()), rate, hidden=True) for rate in RATES),
        *(Piece("glyphs", after_glyphs(rate, Seeds()), rate, hidden=True) for rate in RATES),
        Piece("asked", after_low(STANDARD, Seeds()), hidden=True),
    ]


def kinds(seeds: Seeds) -> Piece[Measure]:
    """How many kinds of glyphs there are."""
    return Piece("kinds", Measure(kind="examples", runs=(), tasks=(backbone(seeds).task,), count=1))


def death_runs(seeds: Seeds) -> Values:
    return [Piece("5 to 9 after 0 to 4", after_low(STANDARD, seeds))]


def rate_runs(seeds: Seeds) -> Values:
    return [
        *(Piece("glyphs", after_glyphs(rate, seeds), rate) for rate in RATES),
        *(Piece("plane", after_arms(rate, seeds, similarity=UNLIKE), rate) for rate in RATES),
        kinds(seeds),
        Piece("inverted", after_glyphs(STANDARD, seeds, similarity=UNLIKE)),
        Piece("turned", after_arms(STANDARD, seeds)),
    ]
