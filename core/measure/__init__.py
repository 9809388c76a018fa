"""Answers questions about finished runs. There is one file for each kind of question, with the same function
`measure`.

measure(learned, *, tasks, count, ...) -> plain JSON, from what each of the runs has learned

The arguments after the star are the fields of core.experiment.spec.Measure that this kind reads, by the same names. A
value that sets any other field is refused. core.experiment.spec reads the names from the file itself. No kind uses
the disk or draws anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from core import nets, worlds
from core.experiment.spec import Measure, Run
from core.experiment.static_inspection import fields_read_by
from core.experiment.tasks import Task
from core.nets import Net, Theta
from core.training.evaluator import Evaluator


@dataclass(frozen=True)
class Learned:
    """Holds one finished run: its weights at the end and, if recorded, during training."""

    run: Run
    thetas: Mapping[Run, Theta]  # the weights of the run and of all runs that it started from
    frames: Mapping[int, Theta]  # by step: the first seed's weights, (1, ...) each; empty if the run recorded no frames

    @property
    def theta(self) -> Theta:
        """Returns the final weights of the run."""
        return self.thetas[self.run]

    @property
    def net(self) -> Net:
        """Returns the run's net."""
        return nets.load(self.run.net, worlds.load(self.run.task).classes(self.run.task))

    def evaluator(self, task: Task) -> Evaluator:
        """Returns the test of a task, through the head that learned it, for weights that may all change."""
        return Evaluator.for_task(self.run, task, self.net, dict(self.thetas))


def answer(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """Computes the answer of a measure. `learned` has one entry for each of the measure's runs."""
    asked = {name: getattr(value, name) for name in fields_read_by(value.kind)}
    found: dict[str, Any] = import_module(f"core.measure.{value.kind}").measure(learned, **asked)
    return found
