"""The examples whose answers a run records at its tests (Run.exhibit): what they look like and what is true of them."""

from __future__ import annotations

from typing import Any

from core.experiment.tasks import Task
from core.measure import Learned
from core.training.tracked_examples import examples, kind_of, names


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """{"tasks": [{"examples": [{"truth", "name", "image" or "at" or "prompt", "right"}], "names": {class: its name}}]},
    in the order in which a run with `exhibit=count` records its answers. An image is 784 bytes in base64. A prompt has
    "right", what should be written; notes have no examples, and what is written has no names of classes."""
    return {"tasks": [{"examples": examples(task, count), "names": class_names(task)} for task in tasks]}


def class_names(task: Task) -> dict[str, str]:
    return {str(k): name for k, name in enumerate(names(task))} if kind_of(task) in ("classes", "map") else {}
