"""Returns the examples whose answers a run records at its tests (Run.exhibit), and what is true of them."""

from __future__ import annotations

from typing import Any

from core.experiment.tasks import Task
from core.measure import Learned
from core.training.tracked_examples import examples, kind_of, names


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """Returns the examples of each task, in the order in which a run with `exhibit=count` records its answers.

    {"tasks": [{"examples": [{"truth", "name", "image" or "at" or "prompt", "right"}], "names": {class: its name}}]}

    An image is 784 bytes in base64. A prompt has "right", the text that should be written. Notes have no examples,
    and tasks whose answers are written have no names of classes.
    """
    return {"tasks": [{"examples": examples(task, count), "names": class_names(task)} for task in tasks]}


def class_names(task: Task) -> dict[str, str]:
    """Returns the name of each class, or nothing if the task has no classes."""
    return {str(k): name for k, name in enumerate(names(task))} if kind_of(task) in ("classes", "map") else {}
