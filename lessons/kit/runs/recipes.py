"""The runs that lessons share: the glyph backbone, and the ways to learn digits with it or without.

A short list of values. Each departs from the defaults in core/experiment/spec.py only where a measurement said so.
"""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Run, Stage
from core.experiment.tasks import Glyphs, Handwriting, Image, Plane, Text
from lessons.kit.model.values import Control, LabelledRun, Seeds, Values

SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 400)  # labels per class; 400 is every training image there is
FEW = (1, 2, 5, 10, 20, 50)  # labels per class at which the pretrained net is asked
STEPS = 300  # of a race, for either side
ALIKE, UNLIKE = "alike", "unlike"  # how a new task is to the old one
DIGITS = {ALIKE: Handwriting(labels=20), UNLIKE: Handwriting(labels=20, inverted=True)}
FORGETTING_RATE = 1e-3  # at which digits are learned after glyphs unless something else is said
BEST_RATES = (5e-4, 1e-3, 3e-3)  # trained to its best: the best of these, in many more steps, and its best moment

METHODS = {"head first": "lp_ft", "all at once": "full", "head only": "probe"}  # as `fine_tuning` calls them
METHOD = Control(
    name="method",
    label="How to fine-tune",
    options=tuple(METHODS),
    default="head first",
    help="Head first: the head on frozen features, then everything gently. All at once: every weight from the first "
    "step. Head only: the features stay as they were.",
)


def backbone(seeds: Seeds = Seeds()) -> Run:
    """The backbone that ships, from 640,000 looks at drawings: under a minute of one core."""
    stages = (Stage(steps=10_000, batch=64, rate=2e-3),)
    return Run(task=Glyphs(labels=400), stages=stages, seeds=1, first_seed=seeds.first)


def live_backbone(seed: int = 1) -> Run:
    """A backbone that can be watched from nothing: 256,000 looks at drawings, about ten seconds of one core.

    Its pens are as thin as the digits' own: in so few steps, wider ones cost a point at five labels per class.
    """
    stages = (Stage(steps=4000, batch=64, rate=2e-3),)
    return Run(task=Glyphs(labels=80, pen=0.75), stages=stages, seeds=1, first_seed=seed)


def arms(seeds: Seeds = Seeds()) -> Run:
    """The backbone of the plane: which of six spiral arms, learned to its end in seconds."""
    stages = (Stage(steps=3000, batch=128, rate=3e-3),)
    return Run(task=Plane(), net="mlp", stages=stages, seeds=1, first_seed=seeds.first)


def reader(seeds: Seeds = Seeds()) -> Run:
    """The language model that ships: ten million tokens of general English, a quarter of an hour of one core. Its
    weights are kept at five moments, from knowing nothing to the end."""
    stages = (Stage(steps=5000, batch=16, rate=3e-3, anneal=True),)
    return Run(task=Text(), net="transformer", stages=stages, seeds=1, first_seed=seeds.first, frames=5)


def source(task: Image, seeds: Seeds = Seeds()) -> Run:
    """A backbone from another world, to be compared with its like: 160,000 looks, about six seconds."""
    return Run(task=task, stages=(Stage(steps=2500, batch=64, rate=2e-3),), seeds=1, first_seed=seeds.first)


def scratch(labels: int, rate: float = 1e-3, steps: int = STEPS, seeds: Seeds = Seeds()) -> Run:
    stages = (Stage(steps=steps, rate=rate, batch=16),)
    return Run(task=Handwriting(labels=labels), stages=stages, seeds=seeds.count, first_seed=seeds.first)


def patient(labels: int) -> int:
    """Steps for training to one's best: four times the usual, and some two dozen passes where labels are many."""
    return max(1200, 15 * labels)


def fine_tuning(method: str, rate: float = 1e-3, steps: int = STEPS) -> tuple[Stage, ...]:
    """How a backbone is fine-tuned, in as many steps as scratch takes."""
    probe = Stage(method="probe", rate=5e-3, steps=min(150, steps // 2), batch=16)
    if method == "probe":
        return (replace(probe, steps=steps),)
    if method == "full":
        return (Stage(rate=rate, steps=steps, batch=16),)
    # The head alone on frozen features, then everything gently, lower layers slower (Kumar et al. 2022).
    return probe, Stage(rate=rate, decay=2, steps=steps - probe.steps, batch=16)


def fine_tuned(
    labels: int,
    method: str = "lp_ft",
    rate: float = 1e-3,
    steps: int = STEPS,
    seeds: Seeds = Seeds(),
    start: Run | None = None,
) -> Run:
    """Digits from a backbone: method is lp_ft, full or probe."""
    return Run(
        task=Handwriting(labels=labels),
        start=start or backbone(seeds),
        stages=fine_tuning(method, rate, steps),
        seeds=seeds.count,
        first_seed=seeds.first,
    )


def label_runs(seeds: Seeds, method: str = "lp_ft") -> Values:
    """The pretrained net at few labels, and scratch at all of them: in equal steps, and to its best at each rate."""
    return [
        *(LabelledRun("pretrained", fine_tuned(n, method, seeds=seeds), n) for n in FEW),
        *(LabelledRun("scratch", scratch(n, seeds=seeds), n) for n in SIZES),
        *(
            LabelledRun("scratch best", scratch(n, rate, patient(n), seeds), (n, rate))
            for n in SIZES
            for rate in BEST_RATES
        ),
    ]


def after_glyphs(rate: float, seeds: Seeds, start: Run | None = None, similarity: str = ALIKE) -> Run:
    """All ten digits after the glyphs, which keep the head that they have."""
    start = start or backbone(seeds)
    return Run(
        task=DIGITS[similarity],
        start=start,
        stages=fine_tuning("full", rate),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(start.task,),
    )
