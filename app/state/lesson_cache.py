"""Caches what a lesson computes from its settings, because every rerun of the page asks for it again.

Callers must not change the values that they get.
"""

from __future__ import annotations

from functools import lru_cache

from lessons.kit.lesson.catalogue import Lesson, Workspace
from lessons.kit.model.values import Measures, Runs, Settings, Values

MOST = 1024  # cached results of each function


@lru_cache(MOST)
def runs(workspace: Workspace, settings: Settings) -> Runs:
    """Returns the runs that the Run button trains."""
    return workspace.runs(settings)


@lru_cache(MOST)
def backdrop(workspace: Workspace, settings: Settings) -> Values:
    """Returns the stored results that the figures are drawn from."""
    return workspace.backdrop(settings)


@lru_cache(MOST)
def after(workspace: Workspace, settings: Settings) -> Measures:
    """Returns the measures that are computed once the runs are complete."""
    return workspace.after(settings)


@lru_cache(MOST)
def asks(workspace: Workspace, settings: Settings) -> Measures:
    """Returns the measures that answer the learner's input."""
    return workspace.asks(settings)


@lru_cache(MOST)
def script(lesson: Lesson, settings: Settings) -> str:
    """Returns the PyTorch script that reproduces the learner's run."""
    return lesson.script(settings)
