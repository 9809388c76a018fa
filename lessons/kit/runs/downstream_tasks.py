"""The jobs that a backbone's features are put to, and the probe that does them: what lessons on choosing share.

A short list of values, as lessons/kit/runs/recipes.py.
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
    """A job done with the backbone's frozen features: what these are worth, and nothing else."""
    return Run(
        task=DOWNSTREAM_TASKS[job], start=start, stages=fine_tuning("probe"), seeds=seeds.count, first_seed=seeds.first
    )
