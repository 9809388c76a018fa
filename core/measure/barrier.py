"""Accuracy along the straight line between two solutions: whether they lie in one basin (Neyshabur et al. 2020)."""

from __future__ import annotations

from typing import Any

from core.check import BadValue
from core.measure import Learned
from core.spec import Measure


def measure(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """{"share": [0, ..., 1], "accuracy": [pair][place][seed]}, the runs taken two by two, at `count` places from the
    one's weights to the other's; seed by seed, on the first one's task."""
    if len(learned) % 2 or value.count < 2:
        raise BadValue("A line needs two ends, so runs come in pairs, and two places or more.")
    shares = [k / (value.count - 1) for k in range(value.count)]
    found = []
    for one, other in zip(learned[::2], learned[1::2]):
        exam = one.exam(one.run.task)
        line = [{n: w.lerp(other.theta[n], share) for n, w in one.theta.items()} for share in shares]
        found.append([exam.score(theta) for theta in line])
    return {"share": [round(share, 4) for share in shares], "accuracy": found}
