"""Defines the controls of this lesson, and the runs that forget: digits after glyphs or digits, and colours after
arms."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values
from lessons.kit.runs.forgetting import AFTER_ARMS, AFTER_LOW, CELLS, LOW, TILES, after_arms, after_low, low_digits
from lessons.kit.runs.recipes import ALIKE, FORGETTING_RATE, UNLIKE, after_glyphs, arms, backbone

STANDARD = FORGETTING_RATE
RATES = (1e-4, 3e-4, STANDARD, 3e-3, 1e-2)
AFTER_GLYPHS = "digits after glyphs"
LIVE = 4  # the number of nets in a live run; testing the glyphs takes more than half of its time
GLYPHS = 100  # how many glyphs are watched; those that the net read correctly at first are shown on the wall

RATE = Control(
    name="rate",
    label="Learning rate",
    options=RATES,
    default=STANDARD,
    help="How far each training step on the new task changes the weights.",
    slider=True,
)
TASK = Control(
    name="task",
    label="Old and new task",
    options=(AFTER_LOW, AFTER_GLYPHS, AFTER_ARMS),
    default=AFTER_LOW,
    labels={AFTER_LOW: "digits 5 to 9 after 0 to 4", AFTER_ARMS: "colours after spiral arms"},
    help="Digits 5 to 9 after 0 to 4: both tasks share one head. Digits after glyphs: each task has its own head, "
    "and the head for glyphs does not change. Colours after spiral arms: the examples are points in the plane, and "
    "each task has its own head.",
)
SIMILARITY = Control(
    name="similarity",
    label="How similar the new task is to the old one",
    options=(ALIKE, UNLIKE),
    default=ALIKE,
    labels={ALIKE: "similar", UNLIKE: "different"},
    help="Similar: the new digits are bright on a dark ground like the old drawings, and the spiral arms are only "
    "turned a little. Different: the new digits are dark on a bright ground, and straight wedges replace the spiral "
    "arms.",
)


def learning(settings: Settings, rate: float, seeds: Seeds) -> Run:
    """Returns the run on the new task that the learner has set, at this learning rate."""
    similarity = settings[SIMILARITY]
    if settings[TASK] == AFTER_LOW:
        return after_low(rate, seeds, similarity)
    if settings[TASK] == AFTER_ARMS:
        return after_arms(rate, seeds, arms(), similarity)
    return after_glyphs(rate, seeds, backbone(), similarity)


def tracked_count(settings: Settings) -> int:
    """Returns how many examples a live run records the answers to."""
    return {AFTER_ARMS: CELLS, AFTER_GLYPHS: GLYPHS}.get(settings[TASK], TILES)


def live_run(settings: Settings) -> Run:
    """Returns the run on the new task, with recorded answers to some old examples."""
    return replace(
        learning(settings, settings[RATE], Seeds(LIVE, 100 * settings.draw)), exhibit=tracked_count(settings)
    )


def runs(settings: Settings) -> Runs:
    run = live_run(settings)
    before = (
        [LabelledRun("first", run.start, name="learning 0 to 4")] if run.start and settings[TASK] == AFTER_LOW else []
    )
    return [*before, LabelledRun("live", run, name="learning the new task")]


def backdrop(settings: Settings) -> Values:
    run = live_run(settings)
    return [
        LabelledRun("old net", replace(low_digits(Seeds(LIVE)), exhibit=TILES)),
        LabelledRun(
            "wall",
            Measure(kind="tracked_examples", runs=(), tasks=(*run.watch, run.task), count=tracked_count(settings)),
        ),
        LabelledRun("old digits", Measure(kind="tracked_examples", runs=(), tasks=(LOW,), count=TILES)),
        *(LabelledRun("stored", learning(settings, rate, Seeds()), rate, hidden=True) for rate in RATES),
        *(LabelledRun("glyphs", after_glyphs(rate, Seeds()), rate, hidden=True) for rate in RATES),
        LabelledRun("asked", after_low(STANDARD, Seeds()), hidden=True),
    ]


def kinds(seeds: Seeds) -> LabelledRun[Measure]:
    """Returns a measure that counts the kinds of glyphs."""
    return LabelledRun("kinds", Measure(kind="examples", runs=(), tasks=(backbone(seeds).task,), count=1))


def death_runs(seeds: Seeds) -> Values:
    return [LabelledRun("5 to 9 after 0 to 4", after_low(STANDARD, seeds))]


def rate_runs(seeds: Seeds) -> Values:
    return [
        *(LabelledRun("glyphs", after_glyphs(rate, seeds), rate) for rate in RATES),
        *(LabelledRun("plane", after_arms(rate, seeds, similarity=UNLIKE), rate) for rate in RATES),
        kinds(seeds),
        LabelledRun("inverted", after_glyphs(STANDARD, seeds, similarity=UNLIKE)),
        LabelledRun("turned", after_arms(STANDARD, seeds)),
    ]
