"""The wrong teacher: two teachers race beside nets without any, and each side has its name."""

from __future__ import annotations

import pytest

from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Seeds
from lessons.kit.results.evidence import load_results
from lessons.wrong_teacher.race import taught_walls
from lessons.wrong_teacher.runs import NO_TEACHER, UPRIGHT, WORLDS, rival, teacher

LESSON = lessons()["wrong_teacher"]


@pytest.mark.parametrize("world", WORLDS)
def test_every_teacher_races_against_another(world: str) -> None:
    settings = LESSON.defaults.but(world=world)
    mine, other, none = (piece.of for piece in LESSON.runs(settings))
    assert mine.start != other.start and none.start is None
    assert rival(settings) == UPRIGHT or world == UPRIGHT
    assert mine.task == other.task == none.task and mine.exhibit == other.exhibit > 0


def test_recorded_race_is_seen_on_digits_and_named() -> None:
    settings = LESSON.recorded_settings
    found = load_results(LESSON.backdrop(settings)) | load_results(LESSON.runs(settings))
    wrong, right = taught_walls(found, settings)
    assert (wrong.name, right.name) == ("shuffled (your teacher)", "upright (its rival)")
    assert [len(wall.examples) for wall in (wrong, right)] == [40, 40]
    said = LESSON.tells(found, settings)
    assert all(name in said for name in ("shuffled", "upright", NO_TEACHER))
    views = LESSON.views(found, settings, LESSON.defaults)
    assert next(iter(views)) == LESSON.moving[0] == "Two teachers"
    assert NO_TEACHER in views["The race"]().alt


def test_teacher_of_a_side_is_its_start() -> None:
    mine, other, _ = LESSON.runs(LESSON.recorded_settings)
    assert [mine.of.start, other.of.start] == [teacher(world, Seeds()) for world in ("shuffled", UPRIGHT)]
