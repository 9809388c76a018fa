"""How often answers are right, and how often they only look right, for each kind of instruction."""

from __future__ import annotations

from typing import Any

from core.measure import Learned
from core.measure.answers import written
from core.spec import Measure
from core.tasks import Instructions
from core.worlds import instructions


def measure(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """{"right": [run][task][seed], "formed": [run][task][seed]}: shares of `count` test examples of each task.

    right: the answer is the wanted one, and ends there. formed: it ends, it is written as the instruction wants it,
    and it is of the kind that was asked for, be it wrong.
    """
    tasks = [task for task in value.tasks if isinstance(task, Instructions)]
    exams = [instructions.exam(task.ask, value.count, task.real) for task in tasks]
    rows = [instructions.opened(asked) for exam in exams for asked, _ in exam]
    found: dict[str, Any] = {"right": [], "formed": []}
    for one in learned:
        said = [
            [seed[k : k + value.count] for k in range(0, len(rows), value.count)]
            for seed in written(one.net, one.theta, rows)
        ]
        found["right"].append(
            [
                [share(ends and says == wanted for (says, ends), (_, wanted) in zip(seed[k], exam)) for seed in said]
                for k, exam in enumerate(exams)
            ]
        )
        found["formed"].append(
            [
                [share(ends and instructions.formed(task.ask, says) for says, ends in seed[k]) for seed in said]
                for k, task in enumerate(tasks)
            ]
        )
    return found


def share(marks: Any) -> float:
    each = [bool(mark) for mark in marks]
    return round(sum(each) / len(each), 4)
