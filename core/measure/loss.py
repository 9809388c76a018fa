"""Measures the cross-entropy of finished runs on the test examples of tasks."""

from __future__ import annotations

from typing import Any

from core.experiment.tasks import Task
from core.measure import Learned
from core.worlds import cross_entropy


def measure(learned: list[Learned], *, tasks: tuple[Task, ...]) -> dict[str, Any]:
    """Returns {"loss": [run][task][seed]} in nats."""
    return {"loss": [[surprise(learner, task) for task in tasks] for learner in learned]}


def surprise(learner: Learned, task: Task) -> list[float]:
    """Returns the mean cross-entropy of a run on a task's test examples, for each seed."""
    evaluator = learner.evaluator(task)
    answers = evaluator.answers(learner.theta)
    return [
        round(loss, 5) for loss in cross_entropy(answers, evaluator.y.expand(len(answers), *evaluator.y.shape)).tolist()
    ]
