"""Defines the runs that learn a new task and forget an old one, which several lessons share.

In the first pair, a net learns digits after other digits with the same head. In the second pair, it learns colours
after arms in the plane, and each task has its own head. The runs on digits after glyphs are in recipes.py.
"""

from __future__ import annotations

from core.experiment.spec import Run, Stage
from core.experiment.tasks import FiveDigits, Plane
from lessons.kit.model.values import Seeds
from lessons.kit.runs.recipes import ALIKE, UNLIKE, arms, fine_tuning

AFTER_LOW, AFTER_ARMS = "5 to 9 after 0 to 4", "colours after arms"
LOW, HIGH = (FiveDigits(labels=20, which=which) for which in ("low", "high"))
HIGHS = {ALIKE: HIGH, UNLIKE: FiveDigits(labels=20, which="high", inverted=True)}
COLOURS = {ALIKE: Plane(ask="colour", labels=200, turn=20.0), UNLIKE: Plane(ask="colour", labels=200, winding=0.0)}
# The names of the classes in pictures of the plane.
CLASSES = (*(f"arm {k}" for k in range(1, 7)), "colour 1", "colour 2")
TILES = 40  # how many old digits are watched; those that the net read correctly at first are shown on the wall
CELLS = 48  # the number of cells on each side of a map of the plane


def low_digits(seeds: Seeds) -> Run:
    """Returns a run in which a net from scratch learns the digits 0 to 4, with a head that has ten classes."""
    return Run(task=LOW, stages=fine_tuning("full"), seeds=seeds.count, first_seed=seeds.first)


def after_low(rate: float, seeds: Seeds, similarity: str = ALIKE) -> Run:
    """Returns the next run, which learns the digits 5 to 9 with the same head."""
    return Run(
        task=HIGHS[similarity],
        start=low_digits(seeds),
        stages=fine_tuning("full", rate),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(LOW,),
    )


def after_arms(rate: float, seeds: Seeds, start: Run | None = None, similarity: str = ALIKE) -> Run:
    """Returns a run that learns two colours in the plane after the six arms. The old task keeps its own head."""
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
