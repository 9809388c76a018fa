"""What is moved by hand on a picture: what the browser is sent, what is kept, and that axes stay where they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.parts.hands import spec
from core.check import BadValue
from lessons.kit.catalogue import Handle, Lesson, Prediction, lessons
from lessons.kit.evidence import gather
from lessons.kit.figures import Ground
from lessons.kit.figures.curves import curves
from lessons.kit.figures.dots import Axis, dots
from lessons.kit.values import Control, Settings, visible

HANDED = {slug: lesson for slug, lesson in lessons().items() if lesson.prediction.handles}
EACH = pytest.mark.parametrize("lesson", HANDED.values(), ids=HANDED)
UP = Control(name="up", label="Up", options=(0, 50, 100), default=0, help="")
WHEN: Control[int | str] = Control(name="when", label="When", options=("never", 100, 10), default="never", help="")
GROUND = Ground(x=(1, 400), y=(0, 100), log=(True, False))


def sent(*handles: Handle, **said: Any) -> dict[str, Any]:
    prediction = Prediction(asks="Where?", sliders=(UP, WHEN), handles=handles)
    return spec(prediction, Settings(said), GROUND)


def test_a_handle_gets_its_options_in_the_order_of_the_axis_with_their_places() -> None:
    (one,) = sent(Handle(x=WHEN, y=50, where={"never": 640}))["handles"]
    assert one["x"]["options"] == [
        {"text": "10", "place": 10.0},
        {"text": "100", "place": 100.0},
        {"text": "never", "place": 640.0},
    ]
    assert one["y"] == 50 and one["label"] == "When"


def test_an_option_without_a_place_is_refused() -> None:
    with pytest.raises(BadValue, match="never"):
        Handle(x=WHEN, y=50)


def test_only_what_moves_up_and_down_is_joined_unless_it_is_said() -> None:
    up, across = Handle(x=5, y=UP), Handle(x=WHEN, y=50, where={"never": 640})
    free, start = Handle(x=WHEN, y=UP, where={"never": 640}), Handle(x=1, y=100)
    told = sent(up, across, free, start, replace(across, joined=True))
    assert [one["joined"] for one in told["handles"]] == [True, False, False, True, True]


def test_what_was_said_is_sent_as_the_url_writes_it_and_nothing_else() -> None:
    told = sent(Handle(x=5, y=UP), up=50, when="never")
    assert told["said"] == {"up": "50"}


def test_a_grid_has_the_edges_that_the_hands_count_with() -> None:
    fixed = dots([], Axis(name="x", low=0, high=1), Axis(name="y", low=1, high=100, log=True))
    for figure in (curves([], "x", (1, 100)), fixed):
        assert figure.ground and figure.spec["grid"] == figure.ground.grid
        assert not figure.spec["grid"]["containLabel"] and figure.spec["grid"]["outerBoundsMode"] == "none"
    assert fixed.ground and fixed.ground.log == (False, True) and fixed.ground.y == (1, 100)
    assert dots([], Axis(name="x", low=0), Axis(name="y")).ground is None


@EACH
def test_handles_lie_on_axes_that_stay_and_set_the_predictions_own_sliders(lesson: Lesson) -> None:
    values, guess = lesson.backdrop(lesson.defaults), Settings()
    before = lesson.picture(gather(visible(values)), lesson.defaults, guess)
    after = lesson.picture(gather(values), lesson.defaults, guess)
    assert before.ground is not None and before.ground == after.ground
    for handle in lesson.prediction.handles:
        for control in handle.controls:
            assert control in lesson.prediction.sliders
