"""Accuracy along the straight line between two solutions: whether they lie in one basin (Neyshabur et al. 2020)."""

from __future__ import annotations

from typing import Any

from core.experiment.checks import BadValue
from core.measure import Learned


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """{"share": [0, ..., 1], "accuracy": [pair][place][seed]}, the runs taken two by two, at `count` places from the
    one's weights to the other's; seed by seed, on the first one's task."""
    if len(learned) % 2 or count < 2:
        raise BadValue("A line needs two ends, so runs come in pairs, and two places or more.")
    shares = [k / (count - 1) for k in range(count)]
    found = []
    for learner, other in zip(learned[::2], learned[1::2]):
        evaluator = learner.evaluator(learner.run.task)
        line = [{n: w.lerp(other.theta[n], share) for n, w in learner.theta.items()} for share in shares]
        found.append([evaluator.score(theta) for theta in line])
    return {"share": [round(share, 4) for share in shares], "accuracy": found}
