"""Runs that learn something new and forget something old, which lessons share: digits after digits with one head, and
colours after arms in the plane, which keep a head each. Digits after glyphs are in recipes.py."""

from __future__ import annotations

from core.experiment.spec import Run, Stage
from core.experiment.tasks import FiveDigits, Plane
from lessons.kit.model.values import Seeds
from lessons.kit.runs.recipes import ALIKE, UNLIKE, arms, fine_tuning

AFTER_LOW, AFTER_ARMS = "5 to 9 after 0 to 4", "colours after arms"
LOW, HIGH = (FiveDigits(labels=20, which=which) for which in ("low", "high"))
HIGHS = {ALIKE: HIGH, UNLIKE: FiveDigits(labels=20, which="high", inverted=True)}
COLOURS = {ALIKE: Plane(ask="colour", labels=200, turn=20.0), UNLIKE: Plane(ask="colour", labels=200, winding=0.0)}
CLASSES = (*(f"arm {k}" for k in range(1, 7)), "colour 1", "colour 2")  # as pictures of the plane call them
TILES = 40  # old digits that are watched; those that were known at first stand on the wall
CELLS = 48  # a side of the maps of the plane


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
