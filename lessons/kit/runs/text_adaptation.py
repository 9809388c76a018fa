"""Defines language models that are trained on different amounts of text, which the lessons on text share. It also
reads the loss of these models from their tables, in bits per character.

Like recipes.py, it is a short list of values.
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

WINDOW = 128  # the number of tokens that a model reads at once
STEPS, BATCH = 600, 8  # about a minute on one core
# Passes over each amount; up to four, repeating text is nearly as good as new text (Muennighoff et al. 2023).
PASSES = 4
PER_KILOBYTE = 2.94  # windows in a kilobyte
SLICE = 50  # thousands of characters of a subject
SLICES = (5, 20, SLICE, 150)
UNSEEN = Text()  # general text
PRETRAINED, SCRATCH = "pretrained", "scratch"  # the sides of a race on a subject
LIVE, LIVE_STEPS, STORED_STEPS = 2, 40, 80  # the number of nets on each side of a live run, and the numbers of steps
BEGUN = 2  # the number of beginnings of unseen texts that the first net of each side continues

AMOUNT = Control(
    name="kilobytes",
    label="Training text for each net (thousand characters)",
    options=SLICES,
    default=SLICE,
    help=f"Every net gets a piece of text of its own and takes {LIVE_STEPS} steps. It reads a short text more often.",
    slider=True,
)


def annealed(steps: int, batch: int, rate: float) -> tuple[Stage, ...]:
    """Returns one stage whose learning rate falls to zero."""
    return (Stage(steps=steps, batch=batch, rate=rate, anneal=True),)


def amount(kilobytes: int, seeds: Seeds) -> Run:
    """Returns a model that reads this amount of general text four times. It uses at most four seeds, because it takes
    long."""
    stages = annealed(round(PASSES * PER_KILOBYTE * kilobytes / BATCH), BATCH, 3e-3)
    task = Text(kilobytes=kilobytes)
    return Run(task=task, net="transformer", stages=stages, seeds=min(4, seeds.count), first_seed=seeds.first)


def fine_tuned(
    subject: str, seeds: Seeds, steps: int = STORED_STEPS, start: Run | None = None, kilobytes: int = SLICE
) -> Run:
    """Returns a run in which the reader continues training on a slice of a subject. Its loss on general text is
    watched."""
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
    """Returns a run that learns the same slice from scratch. A long run needs a lower learning rate."""
    task = Text(subject=subject, kilobytes=kilobytes)
    stages = annealed(steps, 4, 3e-3 if steps <= STEPS else 2e-3)
    return Run(task=task, net="transformer", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def sides(subject: str, kilobytes: int, draw: int) -> dict[str, Run]:
    """Returns a run that starts from the reader and one from scratch. Both continue texts at each of their tests."""
    seeds = Seeds(LIVE, 100 * draw)
    both = {
        PRETRAINED: fine_tuned(subject, seeds, LIVE_STEPS, reader(), kilobytes),
        SCRATCH: from_scratch(subject, seeds, LIVE_STEPS, kilobytes),
    }
    return {side: replace(run, exhibit=BEGUN) for side, run in both.items()}


def beginnings(subject: str) -> Measure:
    """Returns a measure with the beginnings of texts that the nets continue, and the true continuations."""
    return Measure(kind="tracked_examples", runs=(), tasks=(Text(subject=subject),), count=BEGUN)


@cache_by_identity(256)
def bits(table: pd.DataFrame, name: str = "bits") -> np.ndarray:
    """Returns the values of a run's table in bits per character, with the shape (tests, seeds)."""
    steps = table.step.to_numpy()  # the rows are sorted by step, and then by seed
    return table[name].to_numpy().reshape(-1, np.count_nonzero(steps == steps[0]))
