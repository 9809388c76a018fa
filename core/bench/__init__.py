"""Measures the speed of the app, as ratios to other programs in the same run: `python -m core.bench [--json]`.

Everything trains on one thread, as in a worker. A ratio above 1 means that ours is faster.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

SEEDS = 8


@dataclass(frozen=True)
class Result:
    """Holds one comparison: its name, both values, their unit, and how much better ours is."""

    what: str
    ours: float
    theirs: float | None
    unit: str
    ratio: float | None


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Returns the time of the fastest of a few repetitions, when the machine was least disturbed."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best
