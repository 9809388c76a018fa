"""Accuracy of finished runs on other tasks, for instance on digits unlike those they learned."""

from __future__ import annotations

from typing import Any

from core.measure import Learned
from core.spec import Measure


def measure(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """{"accuracy": [run][task][seed]}."""
    return {"accuracy": [[one.exam(task).score(one.theta) for task in value.tasks] for one in learned]}
