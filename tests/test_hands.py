"""Direct manipulation of pictures: what the browser is sent, what is kept, and that axes do not move."""

from __future__ import annotations

import math
import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.components.drag_handles.drag_handles import spec
from core.experiment.checks import BadValue
from lessons.kit.figures import Ground
from lessons.kit.figures.curves import curves
from lessons.kit.figures.ranked_rows import Row, ranked_rows
from lessons.kit.figures.scatter import Axis, scatter
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Handle, Order, Prediction
from lessons.kit.model.values import Control, Settings, defaults, visible
from lessons.kit.results.evidence import load_results
from tests.test_pages import page

ROOT = Path(__file__).resolve().parent.parent
HANDED = {slug: lesson for slug, lesson in lessons().items() if lesson.prediction.handles}
EACH = pytest.mark.parametrize("lesson", HANDED.values(), ids=HANDED)
UP = Control(name="up", label="Up", options=(0, 50, 100), default=0, help="")
WHEN: Control[int | str] = Control(name="when", label="When", options=("never", 100, 10), default="never", help="")
GROUND = Ground(x=(1, 400), y=(0, 100), log=(True, False))


def sent(*handles: Handle, **said: Any) -> dict[str, Any]:
    prediction = Prediction(asks="Where?", sliders=(UP, WHEN), handles=handles)
    return spec(prediction, Settings(said), GROUND)


def test_handle_options_have_places_in_axis_order() -> None:
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


def test_only_vertical_handles_join_by_default() -> None:
    up, across = Handle(x=5, y=UP), Handle(x=WHEN, y=50, where={"never": 640})
    free, start = Handle(x=WHEN, y=UP, where={"never": 640}), Handle(x=1, y=100)
    told = sent(up, across, free, start, replace(across, joined=True))
    assert [one["joined"] for one in told["handles"]] == [True, False, False, True, True]


def test_handle_values_are_sent_as_in_urls() -> None:
    """Values that belong to no handle are not sent."""
    told = sent(Handle(x=5, y=UP), up=50, when="never")
    assert told["said"] == {"up": "50"}


def test_figure_with_handles_has_fixed_grid_edges() -> None:
    fixed = scatter([], Axis(name="x", low=0, high=1), Axis(name="y", low=1, high=100, log=True))
    for figure in (curves([], "x", (1, 100)), fixed):
        assert figure.ground and figure.spec["grid"] == figure.ground.grid
        assert not figure.spec["grid"]["containLabel"] and figure.spec["grid"]["outerBoundsMode"] == "none"
    assert fixed.ground and fixed.ground.log == (False, True) and fixed.ground.y == (1, 100)
    assert scatter([], Axis(name="x", low=0), Axis(name="y")).ground is None


@EACH
def test_handles_use_fixed_axes_and_prediction_controls(lesson: Lesson) -> None:
    """The picture has the same axes before and after the run."""
    values, guess = lesson.backdrop(lesson.defaults), Settings()
    before = lesson.picture(load_results(visible(values)), lesson.defaults, guess)
    after = lesson.picture(load_results(values), lesson.defaults, guess)
    assert before.ground is not None and before.ground == after.ground
    for handle in lesson.prediction.handles:
        for control in handle.controls:
            assert control in lesson.prediction.sliders


NUMBER = re.compile(r"[-\N{MINUS SIGN}]?[\d,]*\.?\d+")


@EACH
def test_no_handle_begins_on_the_right_answer(lesson: Lesson) -> None:
    """The option nearest to the start of a handle is another one than the option nearest to the right answer."""
    evidence, guess = load_results(lesson.backdrop(lesson.defaults)), defaults(lesson.sliders)
    ground = lesson.picture(evidence, lesson.defaults, Settings()).ground
    answers = {slider.name: did for slider, (_, _, did) in zip(lesson.sliders, lesson.verdict(evidence, guess))}
    assert ground
    for handle in lesson.prediction.handles:
        for axis, control in enumerate((handle.x, handle.y)):
            if not (isinstance(control, Control) and (number := NUMBER.search(answers[control.name]))):
                continue
            right = float(number[0].replace(",", "").replace("\N{MINUS SIGN}", "-"))
            start = handle.start[axis] if isinstance(handle.start, tuple) else handle.start
            if start is None:
                start = middle((ground.x, ground.y)[axis], ground.log[axis])
            begins, is_right = (
                min(control.options, key=lambda option: abs(handle.place(option) - place)) for place in (start, right)
            )
            assert begins != is_right, f"{control.name} begins at {begins}, and the answer is {answers[control.name]}"


def middle(ends: tuple[float, float], log: bool) -> float:
    return math.sqrt(ends[0] * ends[1]) if log else sum(ends) / 2


# ---- rows

ABC = Order(name="abc", label="Three things", items=("a", "b", "c"), default="a > b > c", help="")


@pytest.mark.parametrize("text", ["", "a > b", "a > b > b", "a > b > c > d", "nan", "<img src=x>", "a>b>c", "\ud800"])
def test_incomplete_order_gives_message(text: str) -> None:
    with pytest.raises(BadValue, match="Three things"):
        ABC.read(text)


def test_an_order_is_read_as_it_is_written() -> None:
    assert ABC.parse_items(ABC.read(ABC.format_items(["c", "a", "b"]))) == ["c", "a", "b"]


def test_rows_share_a_scale_and_describe_themselves() -> None:
    gain = Row(name="a", value=10, low=8, high=12, says="+10", guess=-5, note="you said 2nd")
    figure = ranked_rows([gain, Row(name="b", value=-20, says="-20")], (-20, 20), unit="points")
    first, second = figure.spec["rows"]
    assert (figure.spec["zero"], first["value"], first["low"], first["guess"]) == (50, 75, 70, 37.5)
    assert (second["value"], second["loss"], first["loss"]) == (0, True, False)
    assert figure.alt == (
        "From top to bottom, points: a +10 (between 8.0 and 12.0, your prediction -5, you said 2nd); b -20."
    )


def test_ordered_rows_match_the_order_they_ask_for() -> None:
    """Their text alternative names both ends of the order."""
    asked = ranked_rows([Row(name=name) for name in "bca"], (0, 1), ask=ABC, ends=("best", "worst"))
    assert asked.alt == "Three things, to be put in order from best to worst: b; c; a."
    for wrong in (["a", "b"], ["a", "b", "b"]):
        with pytest.raises(BadValue):
            ranked_rows([Row(name=name) for name in wrong], (0, 1), ask=ABC)


@pytest.mark.usefixtures("workers_end")
def test_order_is_saved_when_it_is_complete() -> None:
    """Without a mouse, the items are chosen one after the other."""
    slug, at = "wrong_teacher", "wrong_teacher.worth"
    test = page(slug, beat="Predict")
    (order,) = (one for one in lessons()[slug].prediction.sliders if isinstance(one, Order))
    mine = order.items[::-1]
    test.multiselect(key=at).set_value(mine[:3]).run()
    assert at not in test.query_params and test.multiselect(key=at).value == list(mine[:3])
    test.multiselect(key=at).set_value(mine).run()
    assert test.query_params[at] == order.format_items(mine)
    assert not test.exception


# ---- labels

FOUR = LearnerInput(kind="labels", label="Your labels", help="One each.", default="----", most=4)
TOY = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    import base64
    from dataclasses import replace
    from app.app_pages.lesson import show
    from lessons.kit.model.learner_input import LearnerInput
    from lessons.kit.lesson.catalogue import lessons

    sheet = LearnerInput(kind="labels", label="Your labels", help="One each.", default="----", most=4)
    digits = [{{"image": base64.b64encode(bytes([60 * k]) * 784).decode(), "truth": k}} for k in range(4)]
    show(replace(lessons()["fast_start"], sheet=sheet, labelled=lambda evidence, settings: digits))
"""
SCRIPT = textwrap.dedent(TOY)


@pytest.mark.parametrize("text", ["", "---", "-----", "12a4", "1 23", "\u0661\u0662\u0663\u0664", "<b>1"])
def test_labels_that_cannot_be_are_a_sentence(text: str) -> None:
    with pytest.raises(BadValue, match="Your labels"):
        FOUR.read(text)


def test_labels_survive_reading_and_writing() -> None:
    """They are complete when none is missing."""
    assert FOUR.write(FOUR.read("07-9")) == "07-9"
    assert [FOUR.is_complete(text) for text in ("----", "07-9", "0719")] == [False, False, True]


@pytest.mark.usefixtures("workers_end")
@pytest.mark.parametrize(("text", "refused"), [("07-9", False), ("079", True), ("<img src=x>", True)])
def test_label_page_survives_any_url(text: str, refused: bool) -> None:
    test = AppTest.from_string(SCRIPT, default_timeout=60)
    for name, value in {"beat": "Run", "committed": "2", "given": text}.items():
        test.query_params[f"fast_start.{name}"] = value
    test.run()
    assert not test.exception and len(test.warning) == refused
    assert test.query_params.get("fast_start.given") == (None if refused else text)
