"""The examples that runs show their behaviour on, once for all of them: with their pictures and their truth."""

from __future__ import annotations

from typing import Any

from core import exhibit, worlds
from core.measure import Learned
from core.tasks import Task


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """{"tasks": [{"examples": [{"truth" and "image" or "at", or "prompt" and "right"}], "names": [class]}]}; count is
    the `exhibit` of the runs."""
    return {"tasks": [{"examples": exhibit.examples(task, count), "names": named(task)} for task in tasks]}


def named(task: Task) -> list[str]:
    """What each answer is called, where answers are classes with names."""
    names = getattr(worlds.load(task), "names", None)
    return list(names(task)) if names else []
