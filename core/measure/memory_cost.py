"""Measures how much a method against forgetting must store besides the net itself: old pixels, anchors, importances."""

from __future__ import annotations

from typing import Any

from core.measure import Learned
from core.training.start import initial_weights, protection


def measure(learned: list[Learned]) -> dict[str, Any]:
    """Returns {"numbers": [run]}, the count of stored numbers for one seed of each run."""
    return {"numbers": [sum(penalty.numbers for penalty in penalties(learner)) for learner in learned]}


def penalties(learner: Learned) -> list[Any]:
    """Returns the penalties that protect the run's old tasks."""
    run, ancestors = learner.run, dict(learner.thetas)
    start = initial_weights(run, learner.net, ancestors, run.seed_range)
    return protection(run, start, ancestors)
