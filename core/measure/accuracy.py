"""Measures the accuracy of finished runs on other tasks, for example on digits that differ from those they learned."""

from __future__ import annotations

from typing import Any

from core.experiment.tasks import Task
from core.measure import Learned


def measure(learned: list[Learned], *, tasks: tuple[Task, ...]) -> dict[str, Any]:
    """Returns {"accuracy": [run][task][seed]}."""
    return {"accuracy": [[learner.evaluator(task).score(learner.theta) for task in tasks] for learner in learned]}
