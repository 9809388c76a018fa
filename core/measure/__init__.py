"""What can be asked of finished runs. One file a kind, each with the same function; none knows a disk or a screen.

measure(learned, *, tasks, count, ...) -> plain JSON, from what each of the runs has learned

After the star stands what the kind reads of the other fields of core.experiment.spec.Measure, by their names and no
other: a value that says more is refused. core.experiment.spec reads these names from the file itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from core import nets, worlds
from core.experiment.spec import Measure, Run, fields_read_by
from core.experiment.tasks import Task
from core.nets import Net, Theta
from core.training.evaluator import Evaluator


@dataclass(frozen=True)
class Learned:
    """One run as it ended, and on the way there."""

    run: Run
    thetas: Mapping[Run, Theta]  # the weights of the run and of all it started from
    frames: Mapping[int, Theta]  # by step: the first seed's weights, (1, ...) each; empty if it kept none

    @property
    def theta(self) -> Theta:
        return self.thetas[self.run]

    @property
    def net(self) -> Net:
        return nets.load(self.run.net, worlds.load(self.run.task).classes(self.run.task))

    def evaluator(self, task: Task) -> Evaluator:
        """The test of a task, read through the head that learned it, for weights that may all move."""
        return Evaluator.for_task(self.run, task, self.net, dict(self.thetas))


def answer(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """What a measure finds out; `learned` is one for each of its runs."""
    asked = {name: getattr(value, name) for name in fields_read_by(value.kind)}
    found: dict[str, Any] = import_module(f"core.measure.{value.kind}").measure(learned, **asked)
    return found
