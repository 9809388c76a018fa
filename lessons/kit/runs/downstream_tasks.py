"""Defines the downstream tasks for the features of a backbone, and the probe that learns them. The lessons about
choosing a backbone share them.

Like recipes.py, it is a short list of values.
"""

from __future__ import annotations

from core.experiment.spec import Run
from core.experiment.tasks import Glyphs, Handwriting, Task
from lessons.kit.model.values import Seeds
from lessons.kit.runs.recipes import fine_tuning

DIGITS, INVERTED = "digits", "inverted digits"
DOWNSTREAM_TASKS: dict[str, Task] = {
    DIGITS: Handwriting(labels=10),
    INVERTED: Handwriting(labels=10, inverted=True),
    "turned digits": Handwriting(labels=10, turn=90),
    "Cyrillic letters": Glyphs(scripts="cyrillic", labels=5),
}


def probe(start: Run, job: str, seeds: Seeds) -> Run:
    """Returns a run that learns a downstream task with the frozen features of a backbone. It measures only how good
    the features are."""
    return Run(
        task=DOWNSTREAM_TASKS[job], start=start, stages=fine_tuning("probe"), seeds=seeds.count, first_seed=seeds.first
    )
