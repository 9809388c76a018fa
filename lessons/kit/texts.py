"""Language models that read a growing amount of text, and their surprise: what lessons on text share.

Runs are a short list of values, as lessons/kit/recipes.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.spec import Run, Stage
from core.tasks import Text
from lessons.kit.same import of_same
from lessons.kit.values import Seeds

WINDOW = 128  # tokens a model reads at once
STEPS, BATCH = 600, 8  # a minute of one core
PASSES = 4  # over each amount: up to four, reading again is nearly as good as new text (Muennighoff et al. 2023)
PER_KILOBYTE = 2.94  # windows
SLICE = 50  # thousands of characters of a subject
SLICES = (5, 20, SLICE, 150)
UNSEEN = Text()  # general text


def annealed(steps: int, batch: int, rate: float) -> tuple[Stage, ...]:
    return (Stage(steps=steps, batch=batch, rate=rate, anneal=True),)


def amount(kilobytes: int, seeds: Seeds) -> Run:
    """A model that reads so much general text, four times; at most four of them, for the time it takes."""
    stages = annealed(round(PASSES * PER_KILOBYTE * kilobytes / BATCH), BATCH, 3e-3)
    task = Text(kilobytes=kilobytes)
    return Run(task=task, net="transformer", stages=stages, seeds=min(4, seeds.count), first_seed=seeds.first)


@of_same(256)
def bits(table: pd.DataFrame, name: str = "bits") -> np.ndarray:
    """(tests, seeds) of a run's table, in bits a character."""
    return table.pivot(index="step", columns="seed", values=name).to_numpy()
