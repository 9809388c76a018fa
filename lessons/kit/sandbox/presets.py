"""Every lesson's state as an experiment of the sandbox, and the backbones that lessons start from."""

from __future__ import annotations

from functools import cache

from core.experiment.spec import Run
from core.store import store
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.values import Settings
from lessons.kit.sandbox.link_codec import write

PLAIN = ("full", "probe")


def experiment(lesson: Lesson, settings: Settings) -> Run:
    """What the lesson is about, of the runs that it trains at these settings: the first of those that remember or move
    the weights in a way of their own, else the first that starts from another."""
    runs = [piece.of for piece in lesson.runs(settings)]

    def telling(run: Run) -> tuple[bool, bool]:
        return bool(run.keep) or any(stage.method not in PLAIN for stage in run.stages), bool(run.start)

    return max(runs, key=telling)


@cache
def presets() -> dict[str, Run]:
    """By lesson: its experiment as it is at first, of which the results ship."""
    return {lesson.slug: experiment(lesson, lesson.recorded_settings) for lesson in lessons().values()}


def link(lesson: Lesson, settings: Settings) -> str:
    """The sandbox's address with what is set in a lesson."""
    return f"sandbox?sandbox.run={write(experiment(lesson, settings))}"


@cache
def backbones() -> tuple[Run, ...]:
    """Runs that lessons start from and whose weights are there, those that were trained longest first."""
    found: dict[Run, None] = {}
    for lesson in lessons().values():
        for piece in (*lesson.runs(lesson.recorded_settings), *lesson.backdrop(lesson.defaults)):
            for run in list(piece.of.lineage())[1:] if isinstance(piece.of, Run) else ():
                found[run] = None
    there = [run for run in found if store.weights(run)]
    return tuple(sorted(there, key=lambda run: (run.seeds, -run.steps)))
