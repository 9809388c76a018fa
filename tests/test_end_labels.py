"""Names at the ends of curves stay apart and inside the picture, in every chart that ships and at both widths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations, pairwise
from typing import Any

import pandas as pd
import pytest

from app.beats.watch import own_results
from lessons.kit.figures import Figure, Ground, share
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.figures.end_labels import spread_places
from lessons.kit.figures.scatter import Axis, Dot, clear_side
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Lesson, Views, lessons
from lessons.kit.model.values import Settings, defaults, visible
from lessons.kit.results.evidence import load_results

SIZES = {"wide": (744, 434), "phone": (226, 243)}  # pixels of the axes on the stage
LETTER, HIGH, BESIDE = 5.2, 13, 6  # pixels of a letter, of a line of text, and between a point and its name
Box = tuple[str, float, float, float, float]  # a name, and the left, right, top and bottom edge


def end_boxes(series: list[dict[str, Any]], ground: Ground, size: tuple[int, int]) -> list[Box]:
    """Returns the boxes of the names at the ends of curves, in pixels from the corner of the axes."""
    found = []
    for one in series:
        label = one.get("endLabel", {})
        if not (label.get("show") and one.get("data")):
            continue
        (x, y), (right, down) = one["data"][-1], label.get("offset", (0, 0))
        left = size[0] * share(x, ground.x, ground.log[0]) + BESIDE + right
        middle = size[1] * (1 - share(y, ground.y, ground.log[1])) + down
        lines = label["formatter"].replace("{a}", one["name"]).split("\n")
        wide, high = LETTER * max(map(len, lines)), HIGH * len(lines)
        found.append((one["name"], left, left + wide, middle - high / 2, middle + high / 2))
    return found


def overlap(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[1], other[1])
    down = min(one[4], other[4]) - max(one[3], other[3])
    return across > 0 and down > 1


def charts(lesson: Lesson) -> Iterator[tuple[str, Figure]]:
    """Yields every chart with axes of a lesson before the prediction, after it, and after the recorded run."""
    settings = lesson.defaults
    every = load_results(lesson.backdrop(settings))
    guess = defaults(lesson.sliders)
    for name, evidence, said in (
        ("before", load_results(visible(lesson.backdrop(settings))), Settings()),
        ("after", every, guess),
        ("run", every | own_results(lesson, settings), guess),
    ):
        shown: Views = {"picture": partial(lesson.picture, evidence, settings, said)}
        shown |= lesson.views(evidence, settings, said)
        for view, draw in shown.items():
            figure = draw()
            if figure.kind == "chart" and figure.ground and not figure.ground.panes:
                yield f"{view} ({name})", figure


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.slug)
def test_end_labels_of_shipped_charts_stay_apart(lesson: Lesson, size: str) -> None:
    wrong = []
    for name, figure in charts(lesson):
        assert figure.ground
        boxes = end_boxes(figure.spec["series"], figure.ground, SIZES[size])
        wrong += [f"{name}: {a[0]} / {b[0]}" for a, b in combinations(boxes, 2) if overlap(a, b)]
        edge = SIZES[size][0] + figure.ground.right
        wrong += [f"{name}: {box[0]} is cut" for box in boxes if box[2] > edge]
    assert not wrong


def test_labels_keep_their_places_where_there_is_room() -> None:
    assert spread_places([0, 40, 90], [14] * 3) == [0, 40, 90]
    assert spread_places([10, 10], [14] * 2) == [3, 17]  # each moves half a line
    assert spread_places([10, 10], [14, 42]) == [-4, 24]
    assert spread_places([0, 1, 2, 200], [14] * 4)[3] == 200
    told = spread_places([5, 6, 7, 30, 31], [14] * 5)
    assert all(b - a > 13.9 for a, b in pairwise(told))


def line(y: float) -> pd.DataFrame:
    return pd.DataFrame({"x": [1, 10], "mean": [y / 2, y], "low": [y / 2, y], "high": [y / 2, y]})


def test_close_ends_are_moved_on_any_axis() -> None:
    shown = [Curve(table=line(y), name=f"curve at {y}", role="note") for y in (0.9, 0.91)]
    for figure in (
        curves(shown, "labels", (1, 10)),
        value_curves(shown, Axis(name="x", low=1, high=10, log=True), Axis(name="y", low=0.1, high=1, log=True)),
    ):
        low, high = (one["endLabel"]["offset"][1] for one in figure.spec["series"])
        assert low > 0 > high


def test_name_too_long_for_its_room_is_broken() -> None:
    (series,) = curves([Curve(table=line(0.9), name="a name of many short words", role="note")], "x", (1, 10)).spec[
        "series"
    ]
    lines = series["endLabel"]["formatter"].split("\n")
    assert len(lines) > 1 and max(map(len, lines)) <= 15 and " ".join(lines) == series["name"]


def test_name_of_a_dot_covers_no_other_dot() -> None:
    """It stays within the chart, and does not hide the line from another dot to its name above the axes."""
    ground = Ground(x=(0, 100), y=(0, 100), left=62, right=40)
    mine = Dot(name="this run", x=50, y=50)
    assert clear_side(mine, [], ground) == "right"
    assert clear_side(mine, [Dot(name="a", x=60, y=50)], ground) == "left"
    beside = [Dot(name=str(x), x=x, y=50) for x in (35, 60)]
    assert clear_side(mine, beside, ground) == "top"
    assert clear_side(mine, [*beside, Dot(name="b", x=50, y=50, side="lane")], ground) == "bottom"
    assert clear_side(replace(mine, x=99), [], ground) == "left"


def test_names_of_learners_dots_cover_no_others() -> None:
    lesson = lessons()["ways_to_remember"]
    evidence = load_results(lesson.backdrop(lesson.defaults)) | load_results(lesson.runs(lesson.recorded_settings))
    drawn = lesson.picture(evidence, lesson.defaults, Settings()).spec["series"]
    (replay,) = (one for one in drawn if one.get("name") == "this run: replay")
    assert replay["label"]["position"] == "bottom"  # LwF and EWC are on its left, and the edge of a phone on its right
