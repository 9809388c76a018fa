"""Measures the accuracy along the straight line between two solutions, which shows whether both lie in one basin
(Neyshabur et al. 2020)."""

from __future__ import annotations

from typing import Any

from core.experiment.checks import BadValue
from core.measure import Learned


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """Returns {"share": [0, ..., 1], "accuracy": [pair][place][seed]}.

    The runs are taken in pairs. The weights of the two runs are mixed at `count` places, seed by seed, from the first
    run's weights to the second's. The accuracy is that on the first run's task.
    """
    if len(learned) % 2 or count < 2:
        raise BadValue("A line needs two ends, so runs come in pairs, and two places or more.")
    shares = [k / (count - 1) for k in range(count)]
    found = []
    for learner, other in zip(learned[::2], learned[1::2]):
        evaluator = learner.evaluator(learner.run.task)
        line = [{n: w.lerp(other.theta[n], share) for n, w in learner.theta.items()} for share in shares]
        found.append([evaluator.score(theta) for theta in line])
    return {"share": [round(share, 4) for share in shares], "accuracy": found}
