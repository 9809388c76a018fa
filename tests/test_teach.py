"""A class in use: the teacher's page, the learners' lesson, the projector, and forty learners at once."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from app.classes import class_entry
from core.experiment.checks import BadValue
from core.store import class_records as kept
from lessons.kit.classes.class_plan import (
    HIDDEN,
    LOCKED,
    Plan,
    Record,
    attended,
    begin,
    records_of_class,
    submit_record,
)
from lessons.kit.figures import Figure
from lessons.kit.figures.class_numbers import counts, middle, middles, quantile, summary
from lessons.kit.figures.class_predictions import class_predictions, class_sentence, tally
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Settings, visible
from lessons.kit.results.evidence import load_results
from tests import awaited
from tests.steps import violations
from tests.test_pages import everything, handles, page, to_the_ending
from tests.visitor import PART, Visitor

pytestmark = pytest.mark.usefixtures("workers_end")
EACH = pytest.mark.parametrize("slug", lessons())
TEACHER = "the teacher's tab"


@pytest.fixture(autouse=True)
def in_a_store_of_its_own(home: Path) -> None: ...


def opened(slug: str = "label_worth", **more: object) -> Plan:
    plan = {"name": "10b", "asked": tuple(one.name for one in lessons()[slug].sliders)} | more
    return attended(begin(Plan(lesson=slug, **plan), TEACHER))  # type: ignore[arg-type]


def teach(**url: str) -> AppTest:
    """Opens the teacher's page in the teacher's own tab."""

    def draw() -> None:
        from app.app_pages.teach import show

        show()

    test = AppTest.from_function(draw, default_timeout=60)
    test.session_state["me"] = TEACHER
    for name, value in url.items():
        test.query_params[f"teach.{name}"] = value
    return test.run()


def press(test: AppTest, label: str) -> AppTest:
    return next(one for one in test.button if one.label == label).click().run()


def chosen(slug: str, first: bool) -> Settings:
    """Returns an answer to everything: always the first option, or the last."""
    values = {}
    for one in lessons()[slug].sliders:
        items = one.items if isinstance(one, Order) else ()
        orders = one.format_items(items if first else items[::-1]) if isinstance(one, Order) else ""
        values[one.name] = orders or one.options[0 if first else -1]
    return Settings(values)


def learners(plan: Plan, first: int, last: int) -> None:
    """Lets the first number of learners choose the first option of everything, and the second number the last."""
    for k in range(first + last):
        submit_record(plan, f"learner {k}", Record(said=chosen(plan.lesson, k < first), missed=(0,) * (k == 0)))


# --- The teacher's page ---------------------------------------------------------------------------------------------


def test_teacher_sets_up_class_and_gets_link() -> None:
    test = teach()
    test.selectbox(key="teach.lesson").set_value("the_bill").run()
    test.text_input(key="teach.name").set_value("10b *[x](y)*").run()
    test.checkbox(key="teach.ask.the_bill.compute").uncheck().run()
    test.selectbox(key="teach.set.the_bill.tasks").set_value(50).run()
    test.selectbox(key="teach.set.the_bill.price").set_value("1 s").run()
    test.button_group(key="teach.set.the_bill.price.held").set_value(LOCKED).run()
    press(test, "Open the class")
    assert not test.exception and not test.warning
    assert re.search(
        r'<p class="code">[A-Z0-9]{3} [A-Z0-9]{3}</p>', " ".join(one.proto.body for one in test.get("html"))
    )
    (address, secret) = (urlsplit(one.value) for one in test.code)
    url = parse_qs(address.query)
    assert address.path.endswith("/the_bill")
    assert url["the_bill.tasks"] == ["50"] and url["the_bill.beat"] == ["Predict"] and "the_bill.price" not in url
    plan = attended(url["the_bill.class"][0])
    assert plan.asked == ("free", "dear") and plan.held == {"price": LOCKED} and plan.values["price"] == "1 s"
    assert test.query_params["teach.class"] == plan.code and kept.plan(plan.code)["key"] in secret.query
    assert r"10b \*\[x\]" in test.title[0].value  # its name is no Markdown
    assert 'alt="QR code of the link"' in " ".join(one.proto.body for one in test.get("html"))
    assert "Nobody has made a prediction yet." in everything(test)
    press(test, "Close it now")
    assert not kept.place(plan.code).exists() and any(one.label == "Open the class" for one in test.button)


def test_the_teachers_page_counts_and_tells_nobodys_guess() -> None:
    plan = opened("the_bill")
    learners(plan, 3, 1)
    test = teach(**{"class": plan.code})
    assert not test.exception and "4 predictions" in everything(test) and "**1 learner**" in everything(test)
    shown = test.get("echarts_chart")[-1].proto
    assert "After how many tasks, with free labels?: 4 predictions, 1 (3), never (1); in the middle 1." in shown.alt
    submit_record(plan, "learner 0", Record(said=chosen("the_bill", False)))
    test.run()
    assert "4 predictions" in everything(test) and "1 (2), never (2)" in test.get("echarts_chart")[-1].proto.alt


def test_only_the_teacher_sees_the_class() -> None:
    plan = opened()
    learners(plan, 3, 0)
    for view in ("Class", "Projector"):
        test = teach(**{"class": plan.code, "view": view})
        test.session_state["me"] = "a learner"
        test.run()
        assert "Only the browser that opened this class" in test.warning[0].value
        assert not test.get("echarts_chart") and "predictions," not in everything(test)
        assert not any(one.label in ("Close it now", "Train the nets") for one in test.button)


def test_teachers_link_opens_class_elsewhere() -> None:
    """The key in the link leaves the address of the page."""
    plan = opened()
    test = teach(**{"class": plan.code})
    for key, right in (("wrong", False), (kept.plan(plan.code)["key"], True)):
        test.session_state["me"] = "another machine"
        test.query_params["teach.key"] = key
        test.run()
        assert bool(test.get("echarts_chart")) == right and "teach.key" not in test.query_params
    assert not test.run().warning


@pytest.mark.parametrize("code", ["", "../../etc/passwd", "a" * 16, "<img src=x>", "🙂" * 300])
def test_a_class_that_is_none_is_one_sentence(code: str) -> None:
    test = teach(**{"class": code})
    assert not test.exception and len(test.warning) == 1
    test = page("label_worth", **{"class": code, "beat": "Predict"})
    assert not test.exception and len(test.warning) == 1
    assert any(one.label == "That is my prediction" for one in test.button)


# --- The learners' lesson -------------------------------------------------------------------------------------------


def test_guess_reaches_class_at_each_change() -> None:
    plan, guess = opened(), {"at1": "15", "at5": "20", "at20": "25"}
    test = page("label_worth", beat="Predict", **{"class": plan.code}, **guess)
    assert "Lesson 1 · 10b" in everything(test)
    assert records_of_class(plan) == ()  # moved, but not yet said
    press(test, "That is my prediction")
    assert records_of_class(plan) == (Record(said=Settings({"at1": 15, "at5": 20, "at20": 25})),)
    test.query_params["label_worth.at1"] = "95"
    test.query_params["label_worth.beat"] = "Recall"
    test.run()
    question = lessons()["label_worth"].questions[0]
    wrong = next(option for option in question.options if option != question.right)
    test.radio(key="label_worth.question.0").set_value(wrong).run()
    next(one for one in test.button if one.key == "label_worth.question.0.answer").click().run()
    assert records_of_class(plan) == (Record(said=Settings({"at1": 95, "at5": 20, "at20": 25}), missed=(0,)),)


def test_who_only_looks_is_not_in_the_class() -> None:
    plan = opened()
    press(page("label_worth", beat="Predict", **{"class": plan.code}), "Skip, show me")
    assert records_of_class(plan) == ()


def test_ended_class_gives_message_and_lesson_continues() -> None:
    plan = opened()
    test = page("label_worth", beat="Predict", **{"class": plan.code}, **handles("label_worth"))
    kept.close(plan.code)
    press(test, "That is my prediction")
    assert not test.exception and [one.value for one in test.warning] == [kept.OVER]
    assert any(one.key == "label_worth.run" for one in test.button)


def test_link_to_another_lessons_class_gives_message() -> None:
    test = page("the_bill", **{"class": opened().code})
    assert not test.exception and "another lesson" in test.warning[0].value


def test_held_controls_ignore_the_url() -> None:
    """Locked and hidden controls have the teacher's values."""
    held = {"labels": LOCKED, "method": HIDDEN, "backbone": HIDDEN}
    plan = opened(values={"labels": "5", "method": "all at once"}, held=held)
    at = {"beat": "Run", "committed": "2", "class": plan.code, "labels": "50", "method": "probe"}
    test = page("label_worth", **at)
    assert not test.exception and not test.warning
    assert "Labels per class: **5**" in everything(test)
    shown = {one.key for kind in ("select_slider", "button_group", "selectbox") for one in test.get(kind)}
    assert not shown & {"label_worth.labels", "label_worth.method", "label_worth.backbone"}
    assert not test.get("expander") or all(one.label != lessons()["label_worth"].folded for one in test.get("expander"))
    free = page("label_worth", **at | {"class": ""})
    assert "label_worth.labels" in {one.key for one in free.select_slider}


def test_teacher_can_switch_free_text_off() -> None:
    """Learners of the class then choose among ready-made texts, whatever their URL says."""
    teacher = teach()
    teacher.selectbox(key="teach.lesson").set_value("real_language_model").run()
    teacher.toggle(key="teach.set.real_language_model.given").set_value(False).run()
    press(teacher, "Open the class")
    (link,) = (parse_qs(urlsplit(one.value).query) for one in teacher.code[:1])
    code = link["real_language_model.class"][0]
    assert attended(code).held == {"given": LOCKED}
    test = page("real_language_model", **{"class": code, "beat": "Look", "given": "Say something rude."})
    sheet = lessons()["real_language_model"].sheet
    assert sheet and not test.exception and not test.text_area and not test.text_input
    for text in (sheet.default, *sheet.examples):
        press(test, text)
        assert test.query_params["real_language_model.given"] == text
        assert "Your teacher has chosen" in everything(test)
    free = page("real_language_model", beat="Look", given="Say something rude.")
    assert free.text_area[0].value == "Say something rude."
    with pytest.raises(BadValue, match="locked or hidden"):
        Plan(lesson="label_worth", asked=("at1",), held={"given": LOCKED})


def test_lesson_asks_only_the_teachers_questions() -> None:
    plan = opened("more_data", asked=("gains", "text16"))
    test = page("more_data", beat="Predict", **{"class": plan.code, "gains": "digits", "drawings8": "50"})
    assert next(one for one in test.button if one.label == "That is my prediction").disabled
    assert "more_data.drawings8" not in {one.key for one in test.select_slider}
    test.select_slider(key="more_data.text16").set_value(60).run()
    press(test, "That is my prediction")
    assert records_of_class(plan) == (Record(said=Settings({"gains": "digits", "text16": 60})),)
    for name, value in (("beat", "Explain"), ("pressed", "1")):
        test.query_params[f"more_data.{name}"] = value
    test.run()
    confronted = [one.value for one in to_the_ending(test).markdown if "; you predicted " in one.value]
    assert not test.exception and len(confronted) == 2 and "you predicted 60 %" in confronted[0]


# --- The projector --------------------------------------------------------------------------------------------------


@EACH
def test_projector_shows_every_lesson_from_start_to_end(slug: str) -> None:
    plan = opened(slug)
    learners(plan, 3, 1)
    test = teach(**{"class": plan.code, "view": "Projector"})
    assert "4 predictions" in " ".join(str(one.proto) for one in test.get("html"))
    steps = len(lessons()[slug].explained) + 4
    for step in range(1, steps):
        test.query_params["teach.step"] = str(step)
        test.run()
        assert not test.exception, step
        assert not re.search(r"\{\w+\.\w+\}", everything(test))
    verdict = [one.value for one in test.markdown if re.search(r" \((median of|most of|by the mean)", one.value)]
    assert len(verdict) == len(lessons()[slug].sliders)
    assert [one.label for one in test.button if one.label in ("Back", "Next", "Train the nets")] == ["Back"]


def test_projector_has_one_button_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run begins only when the teacher says so."""
    asked: list[object] = []
    monkeypatch.setattr("app.app_pages.projector.begin", lambda *runs: asked.append(runs))
    plan = opened()
    test = teach(**{"class": plan.code, "view": "Projector"})
    press(test, "Next")
    assert not asked
    picture = test.get("echarts_chart")[-1].proto
    assert "pretrained" not in picture.spec  # no answer before the question
    press(test, "Train the nets")
    assert len(asked) == 1 and "pretrained" in test.get("echarts_chart")[-1].proto.spec
    press(press(test, "Back"), "Train the nets")
    assert len(asked) == 2


@EACH
def test_every_guess_is_drawn_in_the_picture(slug: str) -> None:
    """Guesses that the picture cannot show get bars beside it."""
    lesson, plan = lessons()[slug], opened(slug)
    learners(plan, 5, 2)
    guesses = [one.said for one in records_of_class(plan)]
    plain = lesson.picture(load_results(visible(lesson.backdrop(lesson.defaults))), lesson.defaults, Settings())
    figure = class_predictions(plain, lesson.prediction, guesses)
    assert class_predictions(plain, lesson.prediction, []).spec == plain.spec
    for one in lesson.sliders:
        assert class_sentence(one, guesses) in figure.alt and (
            "7 predictions" in class_sentence(one, guesses) or isinstance(one, Order)
        )
        if one not in lesson.prediction.by_hand:
            assert str(middle(one, guesses)) in tally(one, guesses).spec
    if figure.kind == "chart":
        mine = [one for one in figure.spec["series"] if one.get("name") == "the class" and "word" not in one["id"]]
        dots = [one for one in mine if "middle" not in one["id"]]
        handles = [one for one in lesson.prediction.handles if one.controls]
        assert [len(one["data"]) for one in dots] == [7] * len(handles)
        for k, handle in enumerate(handles):
            for way, axis in ((handle.x, 0), (handle.y, 1)):
                if not isinstance(way, int | float):
                    first, last = handle.place(way.options[0]), handle.place(way.options[-1])
                    places = [dot["value"][axis] for dot in dots[k]["data"]]
                    assert sorted(places) == sorted([first] * 5 + [last] * 2)
        assert figure.spec["series"][: len(plain.spec["series"])] == plain.spec["series"]  # nothing of it is lost
        curves = [one.get("z", 2) for one in plain.spec["series"] if one["type"] == "line"]
        every = [one for one in figure.spec["series"] if one.get("name") == "the class"]
        assert bool(every) == bool(handles)
        assert all(one["z"] < min([*curves, 2]) for one in every)  # a curve is drawn over every mark
        words = [one for one in every if "word" in one["id"]]
        x, y = figure.ground.x[1], figure.ground.y[1]  # type: ignore[union-attr]
        for one in words:  # outside the plot, or where there is no room above the guesses
            place = one["data"][0]["value"]
            assert place[0] == x or place[1] == y or one["label"]["offset"][1] < 0
        assert all("backgroundColor" not in one["label"] for one in words)
    else:
        order = next(one for one in lesson.sliders if isinstance(one, Order))
        assert [row["name"] for row in figure.spec["rows"]] == list(order.items)  # five of seven put them so
        assert figure.spec["rows"][0]["says"] == f"place {(5 * 1 + 2 * len(order.items)) / 7:.1f}"


def test_middle_of_a_class_is_the_median() -> None:
    lesson = lessons()["more_data"]
    loss, job = lesson.sliders[0], lesson.sliders[-1]
    guesses = [Settings({loss.name: value}) for value in (40, 40, 60, 70, 95)] + [Settings({job.name: "digits"})]
    assert middle(loss, guesses) == 60 and counts(loss, guesses) == {40: 2, 60: 1, 70: 1, 95: 1}
    assert middles(lesson.prediction, guesses) == Settings({loss.name: 60, job.name: "digits"})
    assert middles(lesson.prediction, []) == Settings()


def test_class_is_summarised_by_median_and_spread() -> None:
    at1 = lessons()["label_worth"].sliders[0]
    guesses = [Settings({at1.name: value}) for value in (20, 40, 50, 60, 90)]
    values = [str(quantile(at1, guesses, share)) for share in (0.25, 0.5, 0.75)]
    assert values == ["40", "50", "60"]
    assert summary(at1, guesses, *values) == "median of 5 predictions 50, half of them 40 to 60"
    assert summary(at1, guesses[:1], "20", "20", "20") == "median of 1 prediction 20"
    figure = class_predictions(lesson_picture("label_worth"), lessons()["label_worth"].prediction, guesses)
    dots = next(one for one in figure.spec["series"] if one.get("id") == "class 0")["data"]
    assert sorted(dot["value"][1] for dot in dots if "itemStyle" in dot) == [40, 50, 60]


def lesson_picture(slug: str) -> Figure:
    lesson = lessons()[slug]
    return lesson.picture(load_results(visible(lesson.backdrop(lesson.defaults))), lesson.defaults, Settings())


# --- Held at Predict ------------------------------------------------------------------------------------------------


def held_class(**more: object) -> Plan:
    plan = opened(**more)  # type: ignore[arg-type]
    kept.set_waiting(plan.code, True)
    return plan


def test_who_is_held_predicts_and_then_waits() -> None:
    plan, guess = held_class(), {"at1": "15", "at5": "20", "at20": "25"}
    test = page("label_worth", beat="Predict", **{"class": plan.code}, **guess)
    assert "Skip, show me" not in {one.label for one in test.button}
    press(test, "That is my prediction")
    assert records_of_class(plan) == (Record(said=Settings({"at1": 15, "at5": 20, "at20": 25})),)
    assert [one.value for one in test.subheader] == ["Your teacher will start the next part."]
    assert not any(one.key == "label_worth.run" for one in test.button)


@pytest.mark.parametrize("beat", ["Run", "Explain", "Recall"])
def test_held_learner_sees_no_answer_by_url(beat: str) -> None:
    at = {"beat": beat, "committed": "2", "pressed": "1", "class": held_class().code}
    test = page("label_worth", **at, **handles("label_worth"))
    assert not test.exception and "Your teacher will start the next part." in everything(test)
    shown = " ".join(one.proto.spec + one.proto.alt for one in test.get("echarts_chart"))
    assert shown and "pretrained" not in shown
    assert not test.radio and "Finding" not in everything(test)
    assert "label_worth" not in test.session_state["news"].found


def test_who_is_released_goes_on() -> None:
    plan = held_class()
    test = page("label_worth", beat="Run", committed="2", **{"class": plan.code})
    kept.set_waiting(plan.code, False)
    test.run()
    assert any(one.key == "label_worth.run" for one in test.button) and not test.subheader


def test_the_teacher_holds_and_releases_a_class() -> None:
    plan = opened()
    test = teach(**{"class": plan.code})
    press(test, "Hold learners at Predict")
    assert kept.is_waiting(plan.code) and "Learners are waiting at Predict" in everything(test)
    press(test, "Release the run")
    assert not kept.is_waiting(plan.code)
    kept.set_waiting(plan.code, True)
    press(teach(**{"class": plan.code, "view": "Projector"}), "Release learners")
    assert not kept.is_waiting(plan.code)


# --- Ways in --------------------------------------------------------------------------------------------------------


def linked(monkeypatch: pytest.MonkeyPatch, url: str, addresses: list[str]) -> str:
    """Returns the link of a class as a teacher reads it whose browser is at this address."""
    monkeypatch.setattr(ContextProxy, "url", url)
    monkeypatch.setattr(class_entry, "lan_addresses", lambda: addresses)
    return teach(**{"class": opened().code}).code[0].value


@pytest.mark.parametrize(("url", "addresses", "begins"), [
    ("http://localhost:8501/teach", ["192.168.1.7"], "http://192.168.1.7:8501/label_worth?"),
    ("http://127.0.0.1:8501/below/teach", ["10.0.0.4", "172.17.0.1"], "http://10.0.0.4:8501/below/label_worth?"),
    ("http://[::1]:8501/teach", ["192.168.1.7"], "http://192.168.1.7:8501/label_worth?"),
    ("http://localhost:8501/teach", [], "http://localhost:8501/label_worth?"),
    ("https://school.example/headstart/teach", ["192.168.1.7"], "https://school.example/headstart/label_worth?"),
    ("http://192.168.1.9:8501/teach", ["192.168.1.7"], "http://192.168.1.9:8501/label_worth?"),
])  # fmt: skip
def test_class_link_has_an_address_learners_reach(
    url: str, addresses: list[str], begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert linked(monkeypatch, url, addresses).startswith(begins)


def test_server_only_reachable_here_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_entry, "server_address", lambda: "127.0.0.1")
    monkeypatch.setattr(ContextProxy, "url", "http://localhost:8501/teach")
    test = teach(**{"class": opened().code})
    assert "--server.address 0.0.0.0" in test.warning[0].value


def joining(typed: str) -> AppTest:
    def draw() -> None:
        from app.app_pages.join import show

        show()

    test = AppTest.from_function(draw, default_timeout=60).run()
    test.text_input(key="join.code").set_value(typed)
    return press(test, "Join")


@pytest.mark.parametrize("typed", ["", "  ", "ABC 123", "../../x", "<b>", "🙂🙂🙂"])
def test_a_wrong_code_is_one_sentence(typed: str) -> None:
    test = joining(typed)
    assert not test.exception and len(test.warning) == 1


# --- Forty at once --------------------------------------------------------------------------------------------------


def test_forty_learners_answer_at_once(address: str) -> None:
    """The teacher sees all of them."""
    waits: list[float] = []

    async def learner(code: str, k: int) -> list[str]:
        visitor = Visitor(address)
        at = {"class": code, "beat": "Predict"} | handles("label_worth") | {"at1": str(15 + 5 * (k % 10))}
        await visitor.open("label_worth", **{f"label_worth.{name}": text for name, text in at.items()})
        began = time.perf_counter()
        await visitor.press("That is my prediction")
        waits.append(time.perf_counter() - began)
        await visitor.close()
        return visitor.errors

    async def lesson() -> tuple[str, list[str]]:
        teacher = Visitor(address)
        await teacher.open("teach")
        await teacher.press("Open the class")
        code = parse_qs(teacher.query)["teach.class"][0]
        errors = await asyncio.gather(*(learner(code, k) for k in range(40)))
        ends = time.perf_counter() + 60
        while not any("40 predictions" in one.says for one in teacher.shown.values()) and time.perf_counter() < ends:
            await asyncio.sleep(0.1)
        seen = len(teacher.runs)
        while len(teacher.runs) < seen + 3 and time.perf_counter() < ends:
            await asyncio.sleep(0.1)
        looks = [run.sent for run in teacher.runs[seen:] if run.ended == PART]
        await teacher.close()
        assert any("40 predictions" in one.says for one in teacher.shown.values())
        assert min(looks) < 8_000  # where nothing is new, next to nothing is sent
        return code, [one for many in errors for one in many] + teacher.errors

    _, errors = awaited(lesson())
    assert not errors and len(waits) == 40


@pytest.mark.browser
def test_class_of_two_joins_waits_and_continues(address: str, browser: Browser, page: Page) -> None:
    """Three browsers: a teacher, a learner with the short code, and one on a phone with the link."""
    page.goto(f"{address}/teach")
    page.get_by_text("Hold them at Predict until you release them").click()
    page.get_by_role("button", name="Open the class").click()
    expect(page.get_by_text("Learners are waiting at Predict.")).to_be_visible()
    code = page.locator("p.code").inner_text()
    query = page.locator("[data-testid=stCode]").first.inner_text().replace("\n", "").partition("?")[2]

    desk, phone = browser.new_context(), browser.new_context(viewport={"width": 390, "height": 844})
    first, second = desk.new_page(), phone.new_page()
    first.goto(address)
    field = first.get_by_label("Join a class")
    for typed, sentence in (("AAA AAA", "No class has this code now."), (code.lower(), "")):
        field.fill(typed)
        first.get_by_role("button", name="Join", exact=True).click()
        if sentence:
            expect(first.get_by_text(sentence)).to_be_visible()
    expect(first.get_by_role("heading", name="What is a label worth?")).to_be_visible()
    expect(first.get_by_role("button", name="That is my prediction")).to_be_visible()
    guess = "&".join(f"label_worth.{name}={value}" for name, value in handles("label_worth").items())
    second.goto(f"{address}/label_worth?{query}&{guess}")
    second.get_by_role("button", name="That is my prediction").click()
    for learner in (first, second):
        learner.get_by_role("radio", name="Run", exact=True).click()
        expect(learner.get_by_role("heading", name="Your teacher will start the next part.")).to_be_visible()
        expect(learner.get_by_role("button", name=re.compile("Train"))).to_have_count(0)
        assert violations(learner) == []
    expect(page.get_by_text("1 prediction", exact=True)).to_be_visible()
    assert violations(page) == []

    page.get_by_role("button", name="Release the run").click()
    began = time.monotonic()
    expect(second.get_by_role("button", name=re.compile("Train"))).to_be_visible()  # nobody has touched its page
    assert time.monotonic() - began < 20
    expect(first.get_by_text("Make a prediction first.")).to_be_visible()
    desk.close()
    phone.close()


@pytest.mark.browser
def test_a_learners_guess_appears_on_the_projector(address: str, browser: Browser, page: Page) -> None:
    """The teacher opens a class, a learner predicts in another browser, and the projector shows the prediction."""
    page.goto(f"{address}/teach")
    page.get_by_role("textbox", name="Name of the class").fill("Physics 10b")
    page.get_by_role("button", name="Open the class").click()
    expect(page.get_by_role("heading", name="Physics 10b")).to_be_visible()
    link = page.locator("[data-testid=stCode]").first.inner_text()
    with page.context.expect_page() as another:
        page.get_by_role("link", name="To the projector").click()
    projector = another.value
    expect(projector.get_by_role("img", name="QR code of the link")).to_be_visible()
    assert violations(page) + violations(projector) == []
    projector.keyboard.press("PageDown")
    expect(projector.get_by_text("Nobody has made a prediction yet.")).to_be_visible()

    phone = browser.new_context(viewport={"width": 390, "height": 844})
    learner = phone.new_page()
    learner.goto(link + "&label_worth.at1=60&label_worth.at5=70&label_worth.at20=80")
    expect(learner.get_by_text("Physics 10b")).to_be_visible()
    learner.get_by_role("button", name="That is my prediction").click()
    expect(learner.get_by_role("button", name=re.compile("Train"))).to_be_visible()
    assert violations(learner) == []
    phone.close()

    expect(projector.get_by_text("1 prediction", exact=True)).to_be_visible()
    expect(projector.get_by_role("img", name=re.compile(r"1 prediction, 60 \(1\)"))).to_be_visible()
    expect(page.get_by_text("1 prediction", exact=True)).to_be_visible()
    assert violations(page) + violations(projector) == []
    projector.keyboard.press("PageDown")
    expect(projector.get_by_text(re.compile(r"\(median of 1 prediction 60 %\)"))).to_be_visible()
    projector.keyboard.press("PageDown")
    expect(projector.locator("strong", has_text="net needs far fewer")).to_be_visible()
    projector.close()
