"""Defines the controls of this lesson, and the runs: nets that learn to fit a line to the points in a prompt, and the
tests of these nets."""

from __future__ import annotations

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Lines
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values

AS_SEEN, FAR, STEEP, BENT = "as seen", "farther out", "steeper", "bent"
# The prompts of each world. They differ from the training prompts in one way: x is twice as far out, slopes are three
# times as steep, or a parabola replaces the lines.
WORLDS = {AS_SEEN: Lines(), FAR: Lines(far=2.0), STEEP: Lines(steep=3.0), BENT: Lines(bend=0.5)}
SHIFTED = (FAR, STEEP, BENT)
NUMBERS = 2  # a line has two numbers, its height at zero and its slope; least squares needs as many examples
SHOWN = NUMBERS + 5  # the number of examples for the conditions of the claim
EXAMPLES = Lines().points - 1  # the largest number of examples in a prompt before its last question
SHIPPED = Seeds()


LIVE, BATCH = 4, 32  # of a live pretraining; 500 steps of four nets take about 20 seconds on one core
SHIFT = Control(
    name="shift",
    label="Test the net on",
    options=(AS_SEEN, FAR, STEEP, BENT),
    default=AS_SEEN,
    labels={
        AS_SEEN: "lines as in pretraining",
        FAR: "points twice as far out",
        STEEP: "lines three times as steep",
        BENT: "parabolas",
    },
    help="The error is measured on 1,000 prompts of this kind. The net was pretrained only on lines of the first kind.",
)
STEPS = Control(
    name="steps",
    label="Training steps of your own pretraining",
    options=(50, 150, 500),
    default=500,
    help=f"Each step shows {BATCH} new lines. The nets that come with the app were pretrained for 1,200 steps with "
    "64 lines each.",
    slider=True,
)


def learner(seeds: Seeds = SHIPPED) -> Run:
    """Returns the nets that ship. Each is trained on 76,800 prompts, and every prompt has another line. Training
    eight nets takes about four minutes on one core."""
    stages = (Stage(steps=1200, batch=64, rate=3e-3, anneal=True),)
    return Run(task=Lines(), net="in_context", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def context_error(*runs: Run) -> Measure:
    """Returns a measure of the error after each number of examples, for each run in every world, and for least
    squares. It uses 1,000 prompts for each."""
    return Measure(kind="in_context", runs=runs, tasks=tuple(WORLDS.values()))


def own_run(settings: Settings) -> Run:
    """Returns a run that pretrains the learner's own nets from scratch. At every test, the first of them answers the
    prompt of the first beat."""
    stages = (Stage(steps=settings[STEPS], batch=BATCH, rate=3e-3, anneal=True),)
    return Run(task=Lines(), net="in_context", stages=stages, seeds=LIVE, first_seed=100 * settings.draw, exhibit=1)


def runs(settings: Settings) -> Runs:
    return [LabelledRun("live", own_run(settings), name="your net")]


def asks(settings: Settings) -> Measures:
    """Returns measures of the learner's points, for the nets that ship and for the learner's own nets once they are
    trained. It also measures the error of the learner's own nets on the prompts of the claims."""
    mine = own_run(settings)
    return [
        LabelledRun("said", Measure(kind="in_context", runs=(learner(),), points=settings.placed_points)),
        LabelledRun("said by yours", Measure(kind="in_context", runs=(mine,), points=settings.placed_points)),
        LabelledRun("yours", context_error(mine)),
    ]


def context_runs(seeds: Seeds) -> Values:
    return [LabelledRun("net", context_error(learner(seeds))), LabelledRun("least squares", context_error())]


def backdrop(settings: Settings) -> Values:
    """Returns least squares, which the learner may see, and the hidden nets."""
    return [
        LabelledRun("least squares", context_error()),
        LabelledRun("net", context_error(learner()), hidden=True),
        LabelledRun("pretraining", learner(), hidden=True),
    ]
