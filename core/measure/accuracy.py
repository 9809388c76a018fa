"""Accuracy of finished runs on other tasks with the same question, such as digits that are turned or thick."""

from __future__ import annotations

from typing import Any

from core import nets, worlds
from core.nets import Theta
from core.spec import Measure, Run
from core.train import Exam


def measure(value: Measure, learned: list[dict[Run, Theta]]) -> dict[str, Any]:
    """{"accuracy": [run][task][seed]}."""
    found = []
    for run, thetas in zip(value.runs, learned):
        net = nets.load(run.net, worlds.load(run.task).classes(run.task))
        exams = [Exam(run, task, net, thetas) for task in value.tasks]
        for exam in exams:
            exam.freeze(thetas[run], 0)
        found.append([exam.accuracy(thetas[run]) for exam in exams])
    return {"accuracy": found}
