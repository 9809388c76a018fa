"""Defines what every task has. The kinds of tasks are in core/experiment/tasks.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from core.experiment.fields import Bounded

OWN = re.compile(r"own-[a-z0-9]{1,12}-[0-9a-f]{8}")  # something that the learner uploaded, by digest


@dataclass(frozen=True, kw_only=True)
class Task(Bounded):
    """Examples from one world with one question about them. Each subclass is a task in one world."""

    world: ClassVar[str] = ""
    form: ClassVar[str] = ""  # the form of the examples; a net lists the forms that it reads (READS in core/nets)
    # raised when the same values come to mean different examples, which changes their digests
    edition: ClassVar[int] = 1
    judged: ClassVar[bool] = False  # whether the text that a net writes is judged too, not only its predictions
    needs_model: ClassVar[bool] = False  # whether only a model that others have trained can learn it
    exhibits: ClassVar[int] = 2500  # the most examples for which a run may record its answers during training

    @property
    def question(self) -> str:
        """Returns the question that the task asks. Tasks with the same question share a head: a net answers one of
        them with what it learned for the other."""
        return self.world

    def at_most(self, labels: int) -> Task:
        """Returns the task with at most this number of labelled examples a class. Tasks that do not count labels are
        unchanged."""
        known = getattr(self, "labels", None)
        return self if known is None else replace(self, labels=min(labels, known))  # type: ignore[call-arg]
