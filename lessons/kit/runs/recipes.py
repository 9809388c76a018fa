"""Defines the runs that lessons share: the glyph backbone, and the ways to learn digits with it and without it.

It is a short list of values. They differ from the defaults in core/experiment/spec.py only if a measurement showed
that they should.
"""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Run, Stage
from core.experiment.tasks import Glyphs, Handwriting, Image, Plane, Text
from lessons.kit.model.values import Control, LabelledRun, Seeds, Values

SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 400)  # labels per class; 400 is all the training images
FEW = (1, 2, 5, 10, 20, 50)  # labels per class at which the pretrained net is trained
STEPS = 300  # steps of a race, for each side
ALIKE, UNLIKE = "alike", "unlike"  # how similar a new task is to the old one
DIGITS = {ALIKE: Handwriting(labels=20), UNLIKE: Handwriting(labels=20, inverted=True)}
FORGETTING_RATE = 1e-3  # the learning rate for digits after glyphs, unless another one is given
# Training to the best accuracy uses many more steps, the best of these learning rates, and the best moment.
BEST_RATES = (5e-4, 1e-3, 3e-3)

METHODS = {"head first": "lp_ft", "all at once": "full", "head only": "probe"}  # the names that `fine_tuning` uses
METHOD = Control(
    name="method",
    label="How to fine-tune",
    options=tuple(METHODS),
    default="head first",
    help="Head first: train the new head while the layers below are frozen, then fine-tune all layers gently. All at "
    "once: train every layer from the first step. Head only: train the head and leave the other layers frozen.",
)


def backbone(seeds: Seeds = Seeds()) -> Run:
    """Returns the backbone that ships. It is trained on 640,000 drawings, which takes less than a minute on one
    core."""
    stages = (Stage(steps=10_000, batch=64, rate=2e-3),)
    return Run(task=Glyphs(labels=400), stages=stages, seeds=1, first_seed=seeds.first)


def live_backbone(seed: int = 1) -> Run:
    """Returns a backbone that the learner can watch from the beginning. It is trained on 256,000 drawings, which
    takes about ten seconds on one core.

    Its pens are as thin as the strokes of the digits. With wider pens and so few steps, the accuracy at five labels
    per class was one point lower.
    """
    stages = (Stage(steps=4000, batch=64, rate=2e-3),)
    return Run(task=Glyphs(labels=80, pen=0.75), stages=stages, seeds=1, first_seed=seed)


def arms(seeds: Seeds = Seeds()) -> Run:
    """Returns the backbone of the plane, which learns to tell six spiral arms apart. It finishes training in a few
    seconds."""
    stages = (Stage(steps=3000, batch=128, rate=3e-3),)
    return Run(task=Plane(), net="mlp", stages=stages, seeds=1, first_seed=seeds.first)


def reader(seeds: Seeds = Seeds()) -> Run:
    """Returns the language model that ships. It is trained on ten million tokens of general English, which takes a
    quarter of an hour on one core. Its weights are stored at five moments, from the beginning to the end."""
    stages = (Stage(steps=5000, batch=16, rate=3e-3, anneal=True),)
    return Run(task=Text(), net="transformer", stages=stages, seeds=1, first_seed=seeds.first, frames=5)


def source(task: Image, seeds: Seeds = Seeds()) -> Run:
    """Returns a backbone that is trained on another world, for comparisons. It is trained on 160,000 drawings, which
    takes about six seconds."""
    return Run(task=task, stages=(Stage(steps=2500, batch=64, rate=2e-3),), seeds=1, first_seed=seeds.first)


def scratch(labels: int, rate: float = 1e-3, steps: int = STEPS, seeds: Seeds = Seeds()) -> Run:
    """Returns a run that learns digits from scratch."""
    stages = (Stage(steps=steps, rate=rate, batch=16),)
    return Run(task=Handwriting(labels=labels), stages=stages, seeds=seeds.count, first_seed=seeds.first)


def patient(labels: int) -> int:
    """Returns the number of steps for training to the best accuracy. It is four times the usual number, or about two
    dozen passes over the data if there are many labels."""
    return max(1200, 15 * labels)


def fine_tuning(method: str, rate: float = 1e-3, steps: int = STEPS) -> tuple[Stage, ...]:
    """Returns the stages that fine-tune a backbone, in the same number of steps as training from scratch."""
    probe = Stage(method="probe", rate=5e-3, steps=min(150, steps // 2), batch=16)
    if method == "probe":
        return (replace(probe, steps=steps),)
    if method == "full":
        return (Stage(rate=rate, steps=steps, batch=16),)
    # First the head on frozen features, then all layers with a lower rate for lower layers (Kumar et al. 2022).
    return probe, Stage(rate=rate, decay=2, steps=steps - probe.steps, batch=16)


def fine_tuned(
    labels: int,
    method: str = "lp_ft",
    rate: float = 1e-3,
    steps: int = STEPS,
    seeds: Seeds = Seeds(),
    start: Run | None = None,
) -> Run:
    """Returns a run that learns digits from a backbone. The `method` is lp_ft, full or probe."""
    return Run(
        task=Handwriting(labels=labels),
        start=start or backbone(seeds),
        stages=fine_tuning(method, rate, steps),
        seeds=seeds.count,
        first_seed=seeds.first,
    )


def label_runs(seeds: Seeds, method: str = "lp_ft") -> Values:
    """Returns the pretrained nets at few labels, and the nets from scratch at every number of labels.

    The nets from scratch are trained for the same number of steps, and to their best accuracy at each learning rate.
    """
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
    """Returns a run that learns all ten digits after the glyphs. The old task keeps its own head."""
    start = start or backbone(seeds)
    return Run(
        task=DIGITS[similarity],
        start=start,
        stages=fine_tuning("full", rate),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(start.task,),
    )
