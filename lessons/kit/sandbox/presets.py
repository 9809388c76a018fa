"""Makes experiments of the sandbox from the settings of lessons, and lists the backbones that lessons start from."""

from __future__ import annotations

from functools import cache

from core.experiment.spec import Run
from core.store import store
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.values import Settings
from lessons.kit.sandbox.link_codec import write

PLAIN = ("full", "probe")


def experiment(lesson: Lesson, settings: Settings) -> Run:
    """Returns the run that best represents a lesson at these settings.

    It is the first run that has a protection or a special training method. If there is none, it is the first run that
    starts from another run.
    """
    runs = [piece.of for piece in lesson.runs(settings)]

    def telling(run: Run) -> tuple[bool, bool]:
        return bool(run.keep) or any(stage.method not in PLAIN for stage in run.stages), bool(run.start)

    return max(runs, key=telling)


@cache
def presets() -> dict[str, Run]:
    """Returns the default experiment of each lesson. Its results ship. Experiments with models that others have
    trained are left out."""
    every = {lesson.slug: experiment(lesson, lesson.recorded_settings) for lesson in lessons().values()}
    return {slug: run for slug, run in every.items() if not run.needs_model}


def link(lesson: Lesson, settings: Settings) -> str:
    """Returns the address of the sandbox with the settings of a lesson."""
    return f"sandbox?sandbox.run={write(experiment(lesson, settings))}"


@cache
def backbones() -> tuple[Run, ...]:
    """Returns the runs that lessons start from and whose weights are stored. The run with the longest training comes
    first."""
    found: dict[Run, None] = {}
    for lesson in lessons().values():
        for piece in (*lesson.runs(lesson.recorded_settings), *lesson.backdrop(lesson.defaults)):
            for run in list(piece.of.lineage())[1:] if isinstance(piece.of, Run) else ():
                if not run.needs_model:
                    found[run] = None
    there = [run for run in found if store.weights(run)]
    return tuple(sorted(there, key=lambda run: (run.seeds, -run.steps)))
