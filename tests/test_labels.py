"""The screen shows the label of an option, and everything that is stored has its value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.app_pages.lesson import guess_and_truth
from app.classes import class_session
from app.components.drag_handles.drag_handles import spec
from app.i18n import language, outgoing_messages
from app.i18n.translator import Translator
from app.state import setting_widgets, url_state
from core.experiment.checks import BadValue
from lessons.kit.classes.class_plan import HIDDEN, LOCKED, Record, record_to_json
from lessons.kit.figures.ranked_rows import Row, ranked_rows
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.prediction import Handle, Order, Prediction
from lessons.kit.model.values import Control, Settings
from tests.test_pages import everything, misses, page, to_the_ending
from tests.test_teach import learners, opened, teach
from tests.test_words import message

SLUG = "the_bill"
LABELS: dict[str, dict[Any, str]] = {
    "price": {"nothing": "labels for free", "1 s": "a second of a person"},
    "payer": {"you": "your own money"},
    "free": {1: "the very first", "never": "no day"},
    "compute": {"no change": "the same as before", "sooner": "after fewer tasks"},
}
SAID = {"free": "never", "dear": "5", "compute": "sooner"}  # in a link, as it was before there were labels


def labelled(control: Any) -> Any:
    return replace(control, labels=LABELS.get(control.name, {})) if isinstance(control, Control) else control


@pytest.fixture
def lesson(home: Path, workers_end: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lesson]:
    """Returns a real lesson whose controls and predictions have labels, with a store of its own."""
    plain = lessons()[SLUG]
    handles = tuple(replace(one, x=labelled(one.x), y=labelled(one.y)) for one in plain.prediction.handles)
    asked = replace(plain.prediction, sliders=tuple(map(labelled, plain.sliders)), handles=handles)
    monkeypatch.setitem(
        lessons(), SLUG, replace(plain, controls=tuple(map(labelled, plain.controls)), prediction=asked)
    )
    class_session.picture.cache_clear()
    yield lessons()[SLUG]
    class_session.picture.cache_clear()


def test_page_shows_labels_and_url_holds_values(lesson: Lesson) -> None:
    """A link from before there were labels opens, too."""
    test = page(SLUG, beat="Run", committed="2", price="1 s")
    price = test.button_group(key=f"{SLUG}.price")
    assert price.options[0] == "labels for free" and price.options[-2] == "a second of a person"
    assert price.value == "1 s" and not test.warning
    price.set_value("nothing").run()
    assert test.query_params[f"{SLUG}.price"] == "nothing" and not test.exception
    assert page(SLUG, beat="Run", committed="2", payer="your own money").warning  # a label is no value


def test_prediction_shows_labels_and_stores_values(lesson: Lesson) -> None:
    test = page(SLUG, beat="Predict", **SAID)
    free, compute = test.select_slider(key=f"{SLUG}.free"), test.button_group(key=f"{SLUG}.compute")
    assert (free.value, free.options[1], free.options[-1]) == ("never", "the very first", "no day")
    assert compute.value == "sooner" and compute.options[0] == "after fewer tasks"
    free.set_value(1).run()
    test.button_group(key=f"{SLUG}.compute").set_value("no change").run()
    assert test.query_params[f"{SLUG}.free"] == "1" and test.query_params[f"{SLUG}.compute"] == "no change"


def test_verdict_and_progress_say_labels(lesson: Lesson) -> None:
    test = page(SLUG, beat="Explain", committed="1", pressed="1", **SAID)
    assert misses(test)[-1] == "after fewer tasks"
    assert "**the same as before**; you predicted after fewer tasks" in everything(to_the_ending(test))
    values = {one.name: one.read(SAID[one.name]) for one in lesson.sliders}
    rows = lesson.verdict_rows(class_session.load_results(lesson.backdrop(lesson.defaults)), Settings(values))
    assert rows[-1][1:] == ("after fewer tasks", "the same as before")
    state = url_state.LessonState("Explain", lesson.defaults, Settings(values), True, url_state.PREDICTED, True)
    only = replace(lesson, verdict=lambda evidence, guess: lessons()[SLUG].verdict(evidence, guess)[-1:])
    only = replace(only, prediction=replace(lesson.prediction, sliders=lesson.sliders[-1:], handles=()))
    assert guess_and_truth(only, state) == "You said after fewer tasks; it was the same as before."


def test_teacher_and_class_see_labels(lesson: Lesson) -> None:
    setup = teach()
    setup.selectbox(key="teach.lesson").set_value(SLUG).run()
    price = setup.selectbox(key=f"teach.set.{SLUG}.price")
    assert price.options[0] == "labels for free" and price.value == "0.1 s"
    plan = opened(SLUG, values={"price": "1 s"}, held={"price": LOCKED, "tasks": HIDDEN})
    learner = page(SLUG, beat="Run", committed="2", **{"class": plan.code})
    assert "**a second of a person**" in everything(learner)
    learners(plan, 3, 1)
    test = teach(**{"class": plan.code})
    picture = test.get("echarts_chart")[-1].proto.alt
    assert "4 predictions, the very first (3), no day (1); in the middle the very first." in picture
    assert "median of 4 predictions the very first, half of them exactly the very first" in everything(test)
    bars = " ".join(str(one.proto) for one in test.get("html"))
    assert "after fewer tasks" in bars and "no change<" not in bars
    test = teach(**{"class": plan.code, "view": "Projector", "step": "2"})
    assert "the same as before** (most of 4 predictions: after fewer tasks)" in everything(test)
    said = record_to_json(Record(said=Settings({"free": "never", "compute": "sooner"})))["said"]
    assert said == {"free": "never", "compute": "sooner"}


def test_handles_send_values_and_show_labels(lesson: Lesson) -> None:
    figure = lesson.picture(class_session.load_results([]), lesson.defaults, Settings())
    assert figure.ground
    (free, dear) = spec(lesson.prediction, Settings({"free": "never"}), figure.ground)["handles"]
    assert [one["text"] for one in free["x"]["options"]][::10] == ["1", "never"]
    assert free["x"]["called"] == ["the very first", *[""] * 9, "no day"] and "called" not in dear["x"]


def test_labels_are_translated_and_values_are_not(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    german = Translator({"no day": "kein Tag", "never": "nie", "sooner": "eher", "after fewer tasks": "nach weniger"})
    handle = {"name": "free", "options": [{"text": "never", "place": 1}], "called": ["no day"]}
    told = message("bidi_component", json=json.dumps({"handles": [{"x": handle}], "said": {"free": "never"}}))
    outgoing_messages.translate_message(told, german)
    sent = json.loads(told.delta.new_element.bidi_component.json)
    assert sent == {"handles": [{"x": handle | {"called": ["kein Tag"]}}], "said": {"free": "never"}}
    monkeypatch.setattr(outgoing_messages, "language", lambda: "de")
    monkeypatch.setattr(outgoing_messages, "translator_for", lambda _: german)
    assert language.OWN != "de"
    assert setting_widgets.option_formatter(lesson.sliders[-1])("sooner") == "nach weniger"
    assert lesson.sliders[-1].read("sooner") == "sooner"


def test_an_order_shows_the_labels_of_items() -> None:
    order = Order(
        name="o", label="Order", help="", items=("b", "a"), default="a > b", labels={"a": "apples", "b": "bread"}
    )
    assert (
        order.read("b > a") == "b > a"
        and order.label_of("b > a") == "bread > apples"
        and order.label_of("a") == "apples"
    )
    figure = ranked_rows([Row(name="a"), Row(name="b", called="rye")], (0, 1), ask=order)
    assert [(row["name"], row["called"]) for row in figure.spec["rows"]] == [("a", "apples"), ("b", "rye")]
    assert "apples; rye" in figure.alt


def test_wrong_values_and_labels_give_messages() -> None:
    control = Control(name="c", label="C", options=(1, 2), default=1, help="", labels={1: "one"})
    with pytest.raises(BadValue, match="it is one instead"):
        control.read("one")
    with pytest.raises(BadValue, match="no options"):
        replace(control, labels={3: "three"})
    with pytest.raises(BadValue, match="same label"):
        replace(control, labels={1: "2"})
    handle = Handle(x=control, y=0, unit=" %")
    assert Prediction(asks="", sliders=(control,), handles=(handle,)).by_hand == (control,)
    assert (handle.option_text(control, 1), handle.option_text(control, 2)) == ("one", "2 %")
