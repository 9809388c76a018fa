"""Language models that read a growing amount of text, and their surprise: what lessons on text share.

Runs are a short list of values, as lessons/kit/runs/recipes.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Text
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.model.values import Control, Seeds
from lessons.kit.runs.recipes import reader

WINDOW = 128  # tokens a model reads at once
STEPS, BATCH = 600, 8  # a minute of one core
PASSES = 4  # over each amount: up to four, reading again is nearly as good as new text (Muennighoff et al. 2023)
PER_KILOBYTE = 2.94  # windows
SLICE = 50  # thousands of characters of a subject
SLICES = (5, 20, SLICE, 150)
UNSEEN = Text()  # general text
PRETRAINED, SCRATCH = "pretrained", "scratch"  # the sides of a subject
LIVE, LIVE_STEPS, STORED_STEPS = 2, 40, 80  # nets each side of a live run, and steps
BEGUN = 2  # beginnings of unseen texts that the first net of each side goes on from

AMOUNT = Control(
    name="kilobytes",
    label="Thousand characters to learn from",
    options=SLICES,
    default=SLICE,
    help=f"Every net has a slice of its own and takes {LIVE_STEPS} steps: less is read more often.",
    slider=True,
)


def annealed(steps: int, batch: int, rate: float) -> tuple[Stage, ...]:
    return (Stage(steps=steps, batch=batch, rate=rate, anneal=True),)


def amount(kilobytes: int, seeds: Seeds) -> Run:
    """A model that reads so much general text, four times; at most four of them, for the time it takes."""
    stages = annealed(round(PASSES * PER_KILOBYTE * kilobytes / BATCH), BATCH, 3e-3)
    task = Text(kilobytes=kilobytes)
    return Run(task=task, net="transformer", stages=stages, seeds=min(4, seeds.count), first_seed=seeds.first)


def fine_tuned(
    subject: str, seeds: Seeds, steps: int = STORED_STEPS, start: Run | None = None, kilobytes: int = SLICE
) -> Run:
    """The reader goes on with a slice of a subject; what it still knows of general text is watched."""
    return Run(
        task=Text(subject=subject, kilobytes=kilobytes),
        net="transformer",
        start=start or reader(Seeds(first=seeds.first)),
        stages=annealed(steps, 4, 1e-3),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(UNSEEN,),
    )


def from_scratch(subject: str, seeds: Seeds, steps: int = STORED_STEPS, kilobytes: int = SLICE) -> Run:
    """The same slice without the reader. A long run wants a lower rate."""
    task = Text(subject=subject, kilobytes=kilobytes)
    stages = annealed(steps, 4, 3e-3 if steps <= STEPS else 2e-3)
    return Run(task=task, net="transformer", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def sides(subject: str, kilobytes: int, draw: int) -> dict[str, Run]:
    """With the reader's start and without; both write at their tests."""
    seeds = Seeds(LIVE, 100 * draw)
    both = {
        PRETRAINED: fine_tuned(subject, seeds, LIVE_STEPS, reader(), kilobytes),
        SCRATCH: from_scratch(subject, seeds, LIVE_STEPS, kilobytes),
    }
    return {side: replace(run, exhibit=BEGUN) for side, run in both.items()}


def beginnings(subject: str) -> Measure:
    """The beginnings that nets go on from, and what stands there in truth."""
    return Measure(kind="tracked_examples", runs=(), tasks=(Text(subject=subject),), count=BEGUN)


@cache_by_identity(256)
def bits(table: pd.DataFrame, name: str = "bits") -> np.ndarray:
    """(tests, seeds) of a run's table, in bits a character."""
    steps = table.step.to_numpy()  # rows are in their order, and of each in that of the seeds
    return table[name].to_numpy().reshape(-1, np.count_nonzero(steps == steps[0]))
