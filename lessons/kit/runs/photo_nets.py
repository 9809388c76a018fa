"""Defines the three nets that learn colour pictures: EfficientNet-Lite0 as other people have trained it, the same net
with random weights, and a small net from scratch. The lesson on them and the page for one's own photos share them.
"""

from __future__ import annotations

from core.experiment.brought_models import EYE
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Names, Pictures
from lessons.kit.model.values import Seeds

NET, SMALL = "efficientnet_lite0", "colour_conv"
SIDES = {"pretrained": "pretrained", "untrained": "the same net, untrained", "scratch": "small net from scratch"}
ROLES = {"pretrained": "pretrained", "untrained": "source", "scratch": "scratch"}  # the look of each side
PROBE = Stage(method="probe", steps=100, rate=1e-3, batch=16)  # only the new head is trained
SMALL_STEPS, SMALL_RATES = 200, (1e-3, 3e-3)  # a small net from scratch, which is trained to its best


def untouched() -> Run:
    """Returns the eye as other people have trained it."""
    return Run(task=Names(), net=NET, brought=EYE, stages=(), seeds=1)


def pretrained(
    task: Pictures,
    seeds: Seeds = Seeds(),
    exhibit: int = 0,
    stages: tuple[Stage, ...] = (PROBE,),
    watch: tuple[Pictures, ...] = (),
) -> Run:
    """Returns the eye after it has learned a few labelled pictures."""
    return Run(
        task=task,
        net=NET,
        start=untouched(),
        stages=stages,
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=watch,
        exhibit=exhibit,
    )


def untrained(task: Pictures, seeds: Seeds = Seeds(), exhibit: int = 0, stages: tuple[Stage, ...] = (PROBE,)) -> Run:
    """Returns the same net with random weights, of which only the head is trained, too."""
    return Run(task=task, net=NET, stages=stages, seeds=seeds.count, first_seed=seeds.first, exhibit=exhibit)


def small(task: Pictures, seeds: Seeds = Seeds(), exhibit: int = 0, rate: float = SMALL_RATES[0]) -> Run:
    """Returns a small net that learns from scratch."""
    return Run(
        task=task,
        net=SMALL,
        stages=(Stage(steps=SMALL_STEPS, rate=rate, batch=16),),
        seeds=seeds.count,
        first_seed=seeds.first,
        exhibit=exhibit,
    )
