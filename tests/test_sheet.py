"""What a learner places or types: what is accepted and refused. It is measured at once and never trains a net."""

from __future__ import annotations

import json
import re
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from core.experiment.checks import BadValue, to_ascii
from core.experiment.spec import Measure, Run, Stage, from_json, to_json
from core.experiment.tasks import Lines
from core.serve import compute_values
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.shipping import ship
from tests.server import served

ROOT = Path(__file__).resolve().parent.parent
DOTS = LearnerInput(kind="points", label="Your points", help="Place some.", default="-1,0.5 1,2", most=4)
WORDS = LearnerInput(
    kind="text", label="Your words", help="Type some.", default="Once upon", most=40, examples=("A cat",)
)
HOSTILE = ["nan,0", "1e999,0", "1,2,3", "<img src=x>", "9" * 40, "../../etc/passwd", "0,0 " * 5, "3.01,0", "\ud800"]


def test_points_are_read_as_they_are_written() -> None:
    assert DOTS.default_input == ((-1.0, 0.5), (1.0, 2.0))
    assert DOTS.read(DOTS.write(DOTS.default_input)) == DOTS.default_input
    assert DOTS.read("") == DOTS.read(DOTS.write(())) == ()
    assert DOTS.write(())  # an address keeps no empty value
    assert str(DOTS.read("-0.001,1.23456")) == "((0.0, 1.23),)"


@pytest.mark.parametrize("text", HOSTILE)
def test_points_that_cannot_be_are_a_sentence(text: str) -> None:
    with pytest.raises(BadValue, match="Your points") as caught:
        DOTS.read(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["", " \n", "🙂" * 300, "x" * 41])
def test_text_that_cannot_be_is_a_sentence(text: str) -> None:
    with pytest.raises(BadValue, match="Your words"):
        WORDS.read(text)


def test_text_becomes_plain() -> None:
    assert to_ascii("“Héllo” — it\u2019s…\tfine\r\n🙂ok") == '"Hello" - it\'s... fine\nok'
    assert WORDS.read(" “naïve” ") == '"naive"'


def test_sheet_refuses_its_own_bad_default() -> None:
    with pytest.raises(BadValue):
        LearnerInput(kind="points", label="Your points", help="", default="9,9", most=4)


def test_prompts_are_plain_short_and_optional() -> None:
    """A measure without prompts keeps its digest."""
    measure = Measure(kind="surprise", runs=(), prompts=("Once upon\n", ""))
    assert from_json(json.loads(json.dumps(to_json(measure)))) == measure
    assert "prompts" not in to_json(Measure(kind="surprise", runs=()))
    for refused in (("é",), ("x" * 401,), ("a",) * 17, (3,), "abc\x00"):
        with pytest.raises(BadValue):
            Measure(kind="surprise", runs=(), prompts=refused)  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", [slug for slug, lesson in lessons().items() if lesson.asks(lesson.defaults)])
def test_nets_asked_by_sheets_ship_their_weights(slug: str) -> None:
    """The first answer ships too, so a sheet can be used at once. `make real` downloads the models of others."""
    lesson = lessons()[slug]
    choices = ship.every_setting(lesson)
    asked = {run for choice in choices for piece in ship.answers(lesson, choice) for run in piece.of.runs}
    assert asked and {run for run in asked if not run.brought} <= ship.starts()


# ---- pages

LINES = Run(task=Lines(points=2), net="in_context", stages=(Stage(steps=1, batch=2),), seeds=1)


@pytest.fixture(scope="module", autouse=True)
def learned() -> None:
    """Returns the net that answers the toy's points."""
    compute_values.perform(LINES)


TOY = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    from dataclasses import replace
    import pandas as pd
    import streamlit as st
    from app.streamlit_fixes import mend
    mend()
    from app.app_pages.lesson import show
    from core.experiment.spec import Measure, from_json
    from lessons.kit.model.learner_input import LearnerInput
    from lessons.kit.lesson.catalogue import lessons
    from lessons.kit.figures import Figure
    from lessons.kit.figures.curves import Curve
    from lessons.kit.runs.recipes import arms, live_backbone
    from lessons.kit.model.values import LabelledRun

    def asks(settings):
        there = (
            Measure(kind="in_context", runs=(from_json({to_json(LINES)!r}),), points=settings.placed_points)
            if KIND == "points"
            else Measure(kind="surprise", runs=(arms(),), prompts=(settings.typed_text,))
        )
        return [LabelledRun("answer", there), LabelledRun("never", replace(there, runs=(live_backbone(77),)))]

    def told(evidence, settings, guess):
        return {{}}

    def pictured(evidence, settings, guess):
        told = [role for role in ("answer", "never") if evidence.has(role)]
        return Figure(kind="html", spec="answers: " + "+".join(told), alt="Which.")

    def beneath(evidence, settings):
        table = pd.DataFrame({{"x": [-3, 3], "mean": [-1, 1], "low": [-2, 0], "high": [0, 2]}})
        return [Curve(table=table, name="a line", role="pretrained")] if evidence.has("answer") else []

    sheets = {{
        "points": LearnerInput(kind="points", label="Your points", help="Place some.", default="-1,0.5 1,2", most=4,
                        fit="a line", shade=(-1, 1), shaded="seen"),
        "text": LearnerInput(kind="text", label="Your words", help="Type some.", default="Once upon", most=200,
                      examples=("A cat",)),
    }}
    toy = replace(lessons()["fast_start"], sheet=sheets[KIND], asks=asks, views=told, picture=pictured, beneath=beneath)
    show(toy)
"""


def script(kind: str) -> str:
    return textwrap.dedent(TOY).replace("KIND", repr(kind))


def page(kind: str, **url: str) -> AppTest:
    test = AppTest.from_string(script(kind), default_timeout=60)
    for name, value in {"beat": "Run", "committed": "2", **url}.items():
        test.query_params[f"fast_start.{name}"] = value
    return test.run()


def answered(test: AppTest) -> AppTest:
    for _ in range(600):  # a busy machine wakes its workers late
        time.sleep(0.1)
        if any('"answers: answer"' in str(one.proto) for one in test.get("html")):
            return test
        test.run()
    raise AssertionError("never answered")


@pytest.mark.usefixtures("workers_end")
@pytest.mark.parametrize("kind", ["points", "text"])
@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "🙂" * 300, "9" * 500])
def test_hostile_url_is_read_or_gives_message(kind: str, text: str) -> None:
    """A refused sheet gets its default."""
    test = page(kind, given=text)
    assert not test.exception
    refused = kind == "points" or len(text) > 200
    assert len(test.warning) == refused
    if kind == "text":
        assert test.text_area[0].value == ("Once upon" if refused else text)


@pytest.mark.usefixtures("workers_end")
def test_typed_text_is_measured_before_any_run() -> None:
    """The text is written into the URL."""
    test = answered(page("text"))
    assert any(one.key == "fast_start.run" for one in test.button)  # nothing was trained
    test.text_area[0].set_value(" “Two” cats ").run()
    assert test.query_params["fast_start.given"] == '"Two" cats'
    assert test.text_area[0].value == '"Two" cats'
    test.text_area[0].set_value("🙂").run()
    assert "needs some letters" in test.warning[0].value
    assert test.query_params["fast_start.given"] == '"Two" cats'
    next(one for one in test.button if one.label == "A cat").click().run()
    assert test.text_area[0].value == test.query_params["fast_start.given"] == "A cat"
    answered(test)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("page")
    (place / "page.py").write_text(script("points"), "utf-8")
    with served(str(place / "page.py")) as (found, _):
        yield f"{found}/?fast_start.beat=Run&fast_start.committed=2"


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_points_are_edited_by_mouse_and_keys(address: str, page: Page) -> None:
    """They are placed, moved and removed."""
    page.goto(address)
    expect(page.get_by_role("button", name="Point 2: x 1, y 2.")).to_be_visible()
    expect(page.locator(".pad .mean")).to_have_count(1, timeout=180_000)  # workers may have to wake first
    point = page.get_by_role("button", name="Point 1:")
    point.focus()
    point.press("ArrowRight")
    point.press("Shift+ArrowUp")
    expect(page.get_by_role("button", name="Point 1: x -0.9, y 1.")).to_be_focused()
    page.wait_for_url("**given=-0.9%2C1*")
    plane = page.locator(".pad svg")
    box = plane.bounding_box()
    assert box
    plane.click(position={"x": box["width"] * 0.3, "y": box["height"] * 0.8})
    expect(page.get_by_text("3 of 4 points")).to_be_visible()
    page.get_by_role("button", name="Add a point").press("Enter")
    expect(page.get_by_role("button", name="Add a point")).to_be_disabled()
    page.keyboard.press("Delete")
    expect(page.get_by_text("3 of 4 points")).to_be_visible()
    page.wait_for_url(lambda url: url.count("%2C") == 3)
    page.reload()
    expect(page.get_by_text("3 of 4 points")).to_be_visible()
    page.get_by_role("button", name="Remove all").click()
    expect(page.get_by_text("0 of 4 points")).to_be_visible()
    page.wait_for_url("**given=none*")
    for _ in range(4):
        page.get_by_role("button", name="Add a point").press("Enter")
    plane.click(position={"x": box["width"] * 0.95, "y": box["height"] * 0.1})
    expect(page.get_by_text("There may be 4 points. “Remove point 4” makes room.")).to_be_visible()
    page.get_by_text("The same points as a table").click()
    expect(page.locator("[data-testid=stDataFrame]").first).to_be_visible()


@pytest.mark.browser
def test_fitted_line_follows_the_dragged_point(address: str, page: Page) -> None:
    """No point vanishes."""
    page.goto(address)
    line = page.locator(".pad .mean")
    expect(line).to_have_count(1, timeout=180_000)
    expect(page.locator(".pad .shade")).to_have_count(1)
    drawn = [line.get_attribute("d")]
    box = page.get_by_role("button", name="Point 2:").locator(".dot").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 31):  # three seconds, in which answers arrive
        page.mouse.move(x, y + 3 * k)
        page.wait_for_timeout(100)
        drawn.append(line.get_attribute("d"))
        assert page.locator(".pad .point").count() == 2
    assert len(set(drawn)) == len(drawn)  # the button is still down, and the line has followed every move
    page.mouse.up()
    where = page.get_by_role("button", name="Point 2:").get_attribute("aria-label")
    page.wait_for_timeout(1500)
    expect(page.get_by_role("button", name="Point 2:")).to_have_attribute("aria-label", str(where))
    assert "given=-1%2C0.5" in page.url and page.url.count("%2C") == 2 and "1%2C2" not in page.url.rpartition("+")[2]


@pytest.mark.browser
def test_the_line_is_that_of_least_squares(address: str, page: Page) -> None:
    """The line through two points is known: at x = 0 it is halfway between them."""
    page.goto(address)
    line = page.locator(".pad .mean")
    expect(line).to_have_count(1, timeout=180_000)
    ends = [float(v) for v in re.findall(r"[-\d.]+", str(line.get_attribute("d")))]
    places = " ".join(str(one.get_attribute("transform")) for one in page.locator(".pad .point").all())
    dots = [float(v) for v in re.findall(r"[-\d.]+", places)]
    (x1, y1, x2, y2), (a1, b1, a2, b2) = ends, dots
    for a, b in ((a1, b1), (a2, b2)):
        assert y1 + (y2 - y1) * (a - x1) / (x2 - x1) == pytest.approx(b, abs=0.3)
