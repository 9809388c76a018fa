"""Measures how often answers to each kind of instruction are right, and how often they at least have the right form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.experiment.tasks import Instructions, Task
from core.measure import Learned
from core.measure.prompt_answers import generate
from core.worlds import instructions


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """Returns {"right": [run][task][seed], "formed": [run][task][seed]}: shares of `count` test examples of each
    task.

    An answer is "right" if it is the wanted answer and ends there. It is "formed" if it ends, is written as the
    instruction asks, and is the kind of answer that was asked for, even if it is wrong.
    """
    asked = [task for task in tasks if isinstance(task, Instructions)]
    evaluators = [instructions.draw_questions(task.ask, count, task.real) for task in asked]
    rows = [instructions.encode_prompt(prompt) for evaluator in evaluators for prompt, _ in evaluator]
    found: dict[str, Any] = {"right": [], "formed": []}
    for learner in learned:
        seeds = generate(learner.net, learner.theta, rows)
        by_task = [[seed[k * count : (k + 1) * count] for seed in seeds] for k in range(len(evaluators))]
        found["right"].append(
            [[right(answers, evaluator) for answers in each] for each, evaluator in zip(by_task, evaluators)]
        )
        found["formed"].append([[formed(answers, task) for answers in each] for each, task in zip(by_task, asked)])
    return found


def right(answers: list[tuple[str, bool]], evaluator: list[tuple[str, str]]) -> float:
    """Returns the share of answers that are right."""
    return rate(ends and says == wanted for (says, ends), (_, wanted) in zip(answers, evaluator))


def formed(answers: list[tuple[str, bool]], task: Instructions) -> float:
    """Returns the share of answers that have the right form."""
    return rate(ends and instructions.has_form(task.ask, says) for says, ends in answers)


def rate(holds: Iterable[bool]) -> float:
    each = list(holds)
    return round(sum(each) / len(each), 4)
