"""What the learner sets in this lesson, and the runs: nets that learn to learn a line, and what is asked of them."""

from __future__ import annotations

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Lines
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values

AS_SEEN, FAR, STEEP, BENT = "as seen", "farther out", "steeper", "bent"
# What the prompts show instead of what the net was trained on: x twice as far out, slopes three times as steep, or a
# parabola where it only ever saw lines.
WORLDS = {AS_SEEN: Lines(), FAR: Lines(far=2.0), STEEP: Lines(steep=3.0), BENT: Lines(bend=0.5)}
SHIFTED = (FAR, STEEP, BENT)
NUMBERS = 2  # a line's, its height at zero and its slope: least squares needs as many examples
SHOWN = NUMBERS + 5  # examples at which the bar is set
EXAMPLES = Lines().points - 1  # that a prompt can show before its last question
SHIPPED = Seeds()


LIVE, BATCH = 4, 32  # of a live pretraining; 500 steps take four nets about 20 seconds of a core
SHIFT = Control(
    name="shift",
    label="Error tested on",
    options=(AS_SEEN, FAR, STEEP, BENT),
    default=AS_SEEN,
    help="Prompts of 1,000 lines like those of pretraining; with points twice as far out; three times as steep; or of "
    "parabolas.",
)
STEPS = Control(
    name="steps",
    label="Steps of your own pretraining",
    options=(50, 150, 500),
    default=500,
    help=f"Each step shows {BATCH} new lines. The nets that ship took 1,200 steps of 64.",
    slider=True,
)


def learner(seeds: Seeds = SHIPPED) -> Run:
    """The nets that ship: 76,800 prompts each, every one another line, some four minutes of one core for eight."""
    stages = (Stage(steps=1200, batch=64, rate=3e-3, anneal=True),)
    return Run(task=Lines(), net="in_context", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def context_error(*runs: Run) -> Measure:
    """The error after so many examples, of each run in every world, beside least squares; 1,000 prompts each."""
    return Measure(kind="in_context", runs=runs, tasks=tuple(WORLDS.values()))


def own_run(settings: Settings) -> Run:
    """Pretraining from nothing: how a net comes by it."""
    stages = (Stage(steps=settings[STEPS], batch=BATCH, rate=3e-3, anneal=True),)
    return Run(task=Lines(), net="in_context", stages=stages, seeds=LIVE, first_seed=100 * settings.draw)


def runs(settings: Settings) -> Runs:
    return [LabelledRun("live", own_run(settings), name="your net")]


def asks(settings: Settings) -> Measures:
    """What the nets that ship, and the learner's own once they are trained, make of the learner's points; and how well
    the learner's own do on prompts like those of the claims."""
    mine = own_run(settings)
    return [
        LabelledRun("said", Measure(kind="in_context", runs=(learner(),), points=settings.placed_points)),
        LabelledRun("said by yours", Measure(kind="in_context", runs=(mine,), points=settings.placed_points)),
        LabelledRun("yours", context_error(mine)),
    ]


def context_runs(seeds: Seeds) -> Values:
    return [LabelledRun("net", context_error(learner(seeds))), LabelledRun("least squares", context_error())]


def backdrop(settings: Settings) -> Values:
    """Least squares, which may be seen at once; the nets, which may not."""
    return [
        LabelledRun("least squares", context_error()),
        LabelledRun("net", context_error(learner()), hidden=True),
        LabelledRun("pretraining", learner(), hidden=True),
    ]
