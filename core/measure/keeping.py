"""What a way to remember must keep beside the net itself: old pixels, anchors, importances."""

from __future__ import annotations

from typing import Any

from core.measure import Learned
from core.spec import Measure
from core.train import begin, protection


def measure(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """{"numbers": [run]} for one seed of each."""
    return {"numbers": [sum(penalty.numbers for penalty in penalties(one)) for one in learned]}


def penalties(one: Learned) -> list[Any]:
    run, ancestors = one.run, dict(one.thetas)
    start = begin(run, one.net, ancestors, range(run.first_seed, run.first_seed + run.seeds))
    return protection(run, start, ancestors)
