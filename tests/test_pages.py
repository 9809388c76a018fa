"""Every page of every lesson, drawn by Streamlit without a browser: its beats, its URL and its error messages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.beats.lesson_text import filled
from core.experiment.checks import BadValue
from core.serve.engine import State
from lessons.kit.lesson import progress
from lessons.kit.lesson.catalogue import BEATS, lessons
from lessons.kit.lesson.progress import MissedQuestion, Progress
from tests.test_properties import ANY, MANY, is_plain, near, on, tried

pytestmark = pytest.mark.usefixtures("workers_end")
EACH = pytest.mark.parametrize("slug", lessons())
HOSTILE = ["", "nan", "1e999", "-5", "<img src=x onerror=alert(1)>", "🙂" * 300, "9" * 40, "../../etc/passwd"]

# What a control makes of a text is its own affair, and test_lessons tries them all: here every lesson meets two.
MET = [(slug, HOSTILE[(k + far) % len(HOSTILE)]) for k, slug in enumerate(lessons()) for far in (0, 4)]
MEETINGS = pytest.mark.parametrize(("slug", "text"), MET)


def page(slug: str, **url: str) -> AppTest:
    """Opens a lesson's page with a URL."""

    def draw(slug: str) -> None:
        from app.app_pages.lesson import show
        from lessons.kit.lesson.catalogue import lessons

        show(lessons()[slug])

    test = AppTest.from_function(draw, kwargs={"slug": slug}, default_timeout=60)
    for name, value in url.items():
        test.query_params[f"{slug}.{name}"] = value
    return test.run()


def everything(test: AppTest) -> str:
    return " ".join(str(one.value) for kind in ("title", "subheader", "markdown", "caption") for one in test.get(kind))


def handles(slug: str) -> dict[str, str]:
    """Returns a prediction, as the URL writes it."""
    sliders = lessons()[slug].prediction.sliders
    return {slider.name: str(slider.options[-1] if slider.options else slider.default) for slider in sliders}


def to_the_ending(test: AppTest) -> AppTest:
    """Steps through all findings."""
    while onward := [button for button in test.button if button.label == "Next"]:
        onward[0].click().run()
    return test


def misses(test: AppTest) -> list[str]:
    """Returns the lines in which the ending compares the prediction with the result."""
    told = (one.value.rpartition("; you predicted ") for one in to_the_ending(test).markdown)
    return [said for _, found, said in told if found]


@EACH
@pytest.mark.parametrize("beat", BEATS)
def test_every_beat_is_drawn(slug: str, beat: str) -> None:
    test = page(slug, beat=beat, committed="1", pressed="1", **handles(slug))
    assert not test.exception
    assert lessons()[slug].title in test.title[0].value
    assert not re.search(r"\{\w+\.\w+\}", everything(test))  # a slot that nobody filled
    assert "(not stored)" not in everything(test)


@EACH
def test_run_is_locked_before_prediction_or_skip(slug: str) -> None:
    test = page(slug, beat="Run")
    assert not any(one.key == f"{slug}.run" for one in test.button)
    skip = next(one for one in test.button if one.label == "Skip, show me")
    test = skip.click().run()
    assert any(one.key == f"{slug}.run" for one in test.button)


@EACH
def test_predictions_are_kept_and_compared(slug: str) -> None:
    """Nothing is predicted beforehand."""
    test = page(slug, beat="Predict")
    button = next(one for one in test.button if one.label == "That is my prediction")
    assert button.disabled
    said = handles(slug)
    test = page(slug, beat="Predict", **said)
    next(one for one in test.button if one.label == "That is my prediction").click().run()
    assert test.query_params[f"{slug}.committed"] == "1"
    assert {name: test.query_params[f"{slug}.{name}"] for name in said} == said
    assert len(misses(page(slug, beat="Explain", committed="1", pressed="1", **said))) == len(said)
    assert not misses(page(slug, beat="Explain", committed="2", pressed="1"))


def test_a_prediction_survives_every_beat_and_a_reload() -> None:
    """A handle is moved where it is drawn. No later page and no new session may lose the prediction."""
    slug, said = "label_worth", {"at1": "65", "at5": "35", "at20": "95"}
    test = page(slug, beat="Predict")
    for name, value in said.items():
        test.select_slider(key=f"{slug}.{name}").set_value(int(value)).run()
    next(one for one in test.button if one.label == "That is my prediction").click().run()
    for beat in ("Look", "Recall", "Predict", "Run"):
        test.query_params[f"{slug}.beat"] = beat
        assert not test.run().exception
        assert {name: test.query_params[f"{slug}.{name}"] for name in said} == said
    kept = {name.removeprefix(f"{slug}."): value for name, value in test.query_params.items()}
    assert misses(page(slug, **kept | {"beat": "Explain", "pressed": "1"})) == ["65 %", "35 %", "95 %"]


@EACH
def test_no_answer_before_the_learner_has_pressed(slug: str) -> None:
    test = page(slug, beat="Explain", committed="1", **handles(slug))
    assert not any(one.label == "Next" for one in test.button)
    assert any(one.label == "To the run" for one in test.button)
    assert not misses(test)


@MEETINGS
def test_hostile_url_gives_default_and_message(slug: str, text: str) -> None:
    lesson = lessons()[slug]
    names = [one.name for one in (*lesson.controls, *lesson.prediction.sliders)]
    test = page(slug, beat="Run", **dict.fromkeys(names, text), committed="2")
    assert not test.exception
    assert len(test.warning) == len(names)
    run = next(one for one in test.button if one.key == f"{slug}.run")
    assert "Train" in run.label


@MEETINGS
@pytest.mark.parametrize("name", ["committed", "draw"])
def test_hostile_number_gives_default_and_message(slug: str, name: str, text: str) -> None:
    test = page(slug, beat="Run", **{name: text})
    assert not test.exception
    if name == "committed":
        assert test.warning


@pytest.mark.parametrize(("slug", "text"), [meeting for meeting in MET if lessons()[meeting[0]].sheet])
def test_hostile_sheet_is_read_or_gives_message(slug: str, text: str) -> None:
    """A refused sheet gets its default."""
    sheet = lessons()[slug].sheet
    assert sheet
    refused = False
    try:
        sheet.read(text)
    except BadValue:
        refused = True
    test = page(slug, beat="Run", given=text, committed="2")
    assert not test.exception
    assert len(test.warning) == refused
    assert any(one.key == f"{slug}.run" for one in test.button)


@settings(tried, max_examples=MANY // 10 or 25)
@given(data=st.data())
def test_every_link_to_a_run_draws_it(data: st.DataObject) -> None:
    lesson = lessons()[data.draw(st.sampled_from(list(lessons())))]
    said = {control.name: near(control) for control in (*lesson.controls, *lesson.prediction.sliders)}
    said |= {name: st.one_of(ANY, st.sampled_from(["1", "7"])) for name in ("draw", "pressed")}
    if lesson.sheet and not lesson.asks(lesson.defaults):  # what stands on another sheet would be asked of a worker
        said["given"] = on(lesson.sheet)
    url = data.draw(st.fixed_dictionaries({}, optional=said))
    sent = {name: text.encode("utf-8", "replace").decode() for name, text in url.items()}
    test = page(lesson.slug, **sent | {"beat": "Run", "committed": "2"})
    assert not test.exception
    assert all(is_plain(one.value) for one in test.warning)
    assert any(one.key == f"{lesson.slug}.run" for one in test.button)
    assert len(test.get("echarts_chart")) or len(test.get("bidi_component")) > 1  # the first joins the two


@EACH
def test_an_unknown_beat_is_the_first(slug: str) -> None:
    assert lessons()[slug].question in page(slug, beat="nonsense").subheader[0].value


@EACH
def test_every_answer_has_its_explanation(slug: str) -> None:
    lesson = lessons()[slug]
    for number, question in enumerate(lesson.questions):
        test = page(slug, beat="Recall")
        for answer, why in question.options.items():
            key = f"{slug}.question.{number}"
            test.radio(key=key).set_value(answer).run()
            assert not test.success and not test.error  # arrow keys choose what they pass
            test.button(key=f"{key}.answer").click().run()
            right = f"The right answer: **{question.right}**. {filled(question.options[question.right])}"
            told = {"right": [one.value for one in test.success], "wrong": [one.value for one in test.error]}
            if answer == question.right:
                assert told == {"right": [filled(why)], "wrong": []}
                break
            assert told == {"right": [right], "wrong": [filled(why)]}
            test.button(key=f"{key}.retry").click().run()


def test_view_opened_by_hand_ends_with_its_scene() -> None:
    """A finding shows its own picture, whatever the learner opened in the run or at another finding."""
    test = page("the_bill", beat="Run", committed="2", pressed="1")
    chosen = next(one for one in test.button_group if one.key == "the_bill.view.shown")
    chosen.set_value("By price").run()
    assert test.session_state["the_bill.view"] == "By price"
    test.query_params["the_bill.beat"] = "Explain"
    test.run()
    assert test.session_state["the_bill.view"] is None and not test.exception


def test_missed_question_returns_in_a_later_lesson() -> None:
    first, second = list(lessons())[:2]
    test = page(second, beat="Recall")
    assert not [one for one in test.radio if one.key.startswith(first)]
    missed = progress.question_id(first, 1)
    test.session_state["news"] = Progress(missed={missed: MissedQuestion()})
    test.run()
    assert [one.key for one in test.radio if missed in one.key] == [f"{second}.again.{missed}"]


@EACH
def test_page_without_data_names_the_command(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from app.app_pages.lesson import backdrop_results
    from core.store import store

    backdrop_results.cache_clear()
    monkeypatch.setattr(store, "SHIPPED", Path("nothing/ships"))
    for made in (
        {"committed": "2"},
        {"committed": "1"} | handles(slug),
    ):  # skipped, or predicted
        test = page(slug, beat="Explain", pressed="1", **made)
        assert not test.exception
        assert "make shipped" in test.warning[0].value


@pytest.mark.parametrize("slug", ["label_worth", "new_subject"])
def test_what_befalls_all_runs_alike_is_said_once(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.beats import watch

    class Told:
        """An engine in which every run has the same state."""

        def __init__(self, told: State):
            self.told = told

        def state(self, value: object) -> State:
            return self.told

        def watch(self, *_: object) -> None: ...

    names = [str(piece) for piece in lessons()[slug].runs(lessons()[slug].defaults)]
    assert len(names) > 1
    for told in (State("failed", message="The disk is full."), State("queued", restarted=True)):
        monkeypatch.setattr(watch, "engine", lambda told=told: Told(told))
        test = page(slug, beat="Run", committed="2", pressed="1")
        test.session_state[f"{slug}.since"] = 0.0, 1.0
        test.run()
        said = [one.value for one in (*test.error, *test.info, *test.warning)]
        assert len(said) == len(set(said)) == 1
        assert said[0].startswith(f"{', '.join(names)}: ") and said[0].endswith(told.message)


def test_home_lists_every_lesson() -> None:
    test = AppTest.from_file("../app/main.py", default_timeout=60).run()
    assert not test.exception
    assert len(test.get("page_link")) >= len(lessons())
