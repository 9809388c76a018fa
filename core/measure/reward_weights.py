"""Fits a reward model to the pairs that a rater chose from, and returns the worth of every word. No net writes
anything."""

from __future__ import annotations

from typing import Any

from core.align.rater import RewardModel
from core.experiment.guest_book_words import WORDS
from core.experiment.tasks import Preferences, Task
from core.measure import Learned
from core.worlds import generator, guest_book

FRESH = 1000  # new pairs, which the rater has not seen


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int, first_seed: int) -> dict[str, Any]:
    """Returns {"clicks", "simulated": number of pairs, "worth": {word: ...}, "agrees": ...} for the one task.

    "worth" is the mean over `count` draws of the simulated pairs. "agrees" is how often the truly better of two new
    notes has the higher reward.
    """
    (task,) = (task for task in tasks if isinstance(task, Preferences))
    model = RewardModel.fitted(*guest_book.pairs(task, range(first_seed, first_seed + count)))
    both = guest_book.notes(2 * FRESH, generator("fresh pairs", 0)).view(FRESH, 2, -1)
    truth = guest_book.quality(both).diff(dim=1)[:, 0]
    margin = (model(both[:, 1].expand(count, -1, -1)) - model(both[:, 0].expand(count, -1, -1)))[:, truth != 0]
    clicks = len(task.clicks.replace("-", ""))
    return {
        "clicks": clicks,
        "simulated": task.pairs - clicks,
        "worth": {word: round(float(worth), 3) for word, worth in zip(WORDS[1:], model.worth.mean(0)[1:])},
        "agrees": round(float((margin * truth[truth != 0] > 0).float().mean()), 4),
    }
