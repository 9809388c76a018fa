"""Caches what a lesson computes from its settings, because every rerun of the page asks for it again. Only to be
read."""

from __future__ import annotations

from functools import lru_cache

from lessons.kit.lesson.catalogue import Lesson, Workspace
from lessons.kit.model.values import Measures, Runs, Settings, Values

MOST = 1024  # answers of each function that are remembered


@lru_cache(MOST)
def runs(workspace: Workspace, settings: Settings) -> Runs:
    """Returns what the Run button races."""
    return workspace.runs(settings)


@lru_cache(MOST)
def backdrop(workspace: Workspace, settings: Settings) -> Values:
    """Returns the stored results that the figures stand on."""
    return workspace.backdrop(settings)


@lru_cache(MOST)
def after(workspace: Workspace, settings: Settings) -> Measures:
    """Returns what is asked of the runs once they are complete."""
    return workspace.after(settings)


@lru_cache(MOST)
def asks(workspace: Workspace, settings: Settings) -> Measures:
    """Returns what is asked about the learner's input."""
    return workspace.asks(settings)


@lru_cache(MOST)
def script(lesson: Lesson, settings: Settings) -> str:
    """Returns the PyTorch script that reproduces the learner's run."""
    return lesson.script(settings)
