"""How fast it is, as ratios measured side by side in one run: `python -m core.bench [--json]`

Everything trains on one thread, as a worker does. A ratio above 1 means that ours is the faster.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

SEEDS = 8


@dataclass(frozen=True)
class Result:
    """One comparison: what, in which unit, and how much better ours is."""

    what: str
    ours: float
    theirs: float | None
    unit: str
    ratio: float | None


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The fastest of a few repetitions: what the machine can do when nothing disturbs it."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best
