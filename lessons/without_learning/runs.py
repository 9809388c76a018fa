"""What the learner sets in this lesson, and the runs: nets that learn to learn a line, and what is asked of them."""

from __future__ import annotations

from core.spec import Measure, Run, Stage
from core.tasks import Lines
from lessons.kit.values import Control, Measures, Piece, Runs, Seeds, Settings, Values

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


def asked(*runs: Run) -> Measure:
    """The error after so many examples, of each run in every world, beside least squares; 1,000 prompts each."""
    return Measure(kind="in_context", runs=runs, tasks=tuple(WORLDS.values()))


def yours(settings: Settings) -> Run:
    """Pretraining from nothing: how a net comes by it."""
    stages = (Stage(steps=settings[STEPS], batch=BATCH, rate=3e-3, anneal=True),)
    return Run(task=Lines(), net="in_context", stages=stages, seeds=LIVE, first_seed=100 * settings.draw)


def runs(settings: Settings) -> Runs:
    return [Piece("live", yours(settings), name="your net")]


def asks(settings: Settings) -> Measures:
    """What the nets that ship, and the learner's own once they are trained, make of the learner's points; and how well
    the learner's own do on prompts like those of the claims."""
    mine = yours(settings)
    return [
        Piece("said", Measure(kind="in_context", runs=(learner(),), points=settings.placed)),
        Piece("said by yours", Measure(kind="in_context", runs=(mine,), points=settings.placed)),
        Piece("yours", asked(mine)),
    ]


def context_runs(seeds: Seeds) -> Values:
    return [Piece("net", asked(learner(seeds))), Piece("least squares", asked())]


def backdrop(settings: Settings) -> Values:
    """Least squares, which may be seen at once; the nets, which may not."""
    return [
        Piece("least squares", asked()),
        Piece("net", asked(learner()), hidden=True),
        Piece("pretraining", learner(), hidden=True),
    ]
