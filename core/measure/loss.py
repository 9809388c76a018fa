"""Cross-entropy of finished runs on the test examples of tasks: how surprised they are by what they never saw."""

from __future__ import annotations

from typing import Any

from core.measure import Learned
from core.spec import Measure
from core.tasks import Task
from core.worlds import cross_entropy


def measure(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """{"loss": [run][task][seed]} in nats."""
    return {"loss": [[surprise(one, task) for task in value.tasks] for one in learned]}


def surprise(one: Learned, task: Task) -> list[float]:
    exam = one.exam(task)
    answers = exam.answers(one.theta)
    return [round(loss, 5) for loss in cross_entropy(answers, exam.y.expand(len(answers), *exam.y.shape)).tolist()]
