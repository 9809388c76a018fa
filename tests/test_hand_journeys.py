"""Direct manipulation of pictures in a real browser: handles, rows and labels by mouse and by keys, in all beats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.server import served
from tests.steps import press, through_the_findings
from tests.test_hands import SCRIPT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place: Path = tmp_path_factory.mktemp("page")
    (place / "page.py").write_text(SCRIPT, "utf-8")
    with served(str(place / "page.py")) as (found, _):
        yield f"{found}/?fast_start.beat=Run&fast_start.committed=2"


def drag(page: Page, what: Locator, by: tuple[float, float]) -> None:
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box
    x, y = box["x"] + min(22, box["width"] / 2), box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=5)
    page.mouse.up()


def in_url(page: Page, name: str) -> str:
    """Returns a value in the URL, as soon as the URL has it."""
    page.wait_for_url(re.compile(re.escape(f"{name}=")))
    return parse_qs(urlparse(page.url).query)[name][0]


def to_the_ending(page: Page) -> None:
    """Goes from the prediction through the run and all findings, without waiting for the nets."""
    page.locator(".st-key-train button").click()
    press(page, "What happened?")
    through_the_findings(page)


def test_onward_button_stays_put_when_run_begins(address: str, page: Page) -> None:
    page.goto(f"{address}/label_worth?label_worth.beat=Run&label_worth.committed=1&label_worth.draw=77")
    train = page.locator(".st-key-train button")
    expect(train).to_be_visible()
    page.evaluate("""() => {
        const look = () => {
            const all = [...document.querySelectorAll("button")];
            const onward = all.find(one => one.textContent === "What happened?");
            if (onward) tops.add(Math.round(onward.getBoundingClientRect().top));
            requestAnimationFrame(look);
        };
        window.tops = new Set();
        look();
    }""")
    train.click()
    expect(page.get_by_text(re.compile(r"[1-9][\d,]* of [\d,]+ steps")).first).to_be_visible()
    assert page.evaluate("tops.size") == 1


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_points_are_dragged_and_compared_with_results(address: str, page: Page) -> None:
    """The chart is the same before and after the run."""
    page.goto(f"{address}/label_worth?label_worth.beat=Predict")
    handles = page.get_by_role("slider", name=re.compile("in percent"))
    expect(handles.first).to_have_attribute("aria-valuetext", "not said yet")
    for k in range(3):
        drag(page, handles.nth(k), (30, -20 - 30 * k))  # sideways it does not move
        expect(handles.nth(k)).to_have_attribute("aria-valuetext", re.compile(r"\d+ %"))
    said = [in_url(page, f"label_worth.at{n}") for n in (1, 5, 20)]
    assert [handles.nth(k).get_attribute("aria-valuetext") for k in range(3)] == [f"{one} %" for one in said]
    assert int(said[0]) < int(said[1]) < int(said[2])
    page.reload()
    expect(handles.nth(2)).to_have_attribute("aria-valuetext", f"{said[2]} %")
    chart = page.locator("[data-testid=stEChartsChart]")
    chart.evaluate("node => node.mine = 1")
    press(page, "That is my prediction")
    expect(page.locator(".st-key-train button")).to_be_visible()
    assert chart.evaluate("node => node.mine") == 1
    expect(page.locator(".hand")).to_have_count(0)
    to_the_ending(page)
    for one in said:
        expect(page.get_by_text(f"{one} %").first).to_be_visible()


@pytest.mark.parametrize("page", [390], indirect=True)
def test_handles_are_moved_by_keys_on_phones(address: str, page: Page) -> None:
    page.goto(f"{address}/day_it_forgot?day_it_forgot.beat=Predict")
    half, left = page.get_by_role("slider", name="half lost"), page.get_by_role("slider", name="at the end")
    half.focus()
    half.press("End")
    expect(half).to_have_attribute("aria-valuetext", "never")
    half.press("ArrowLeft")
    page.keyboard.press("Tab")
    expect(left).to_be_focused()
    left.press("Home")
    left.press("ArrowUp")
    expect(left).to_have_attribute("aria-valuetext", "10 %")
    for said in ("half=200", "left=10"):
        expect(page).to_have_url(re.compile(rf"day_it_forgot\.{said}\b"))
    page.get_by_text("Or choose numbers").click()  # the plain control says the same, and moves the handle
    plain = page.get_by_role("slider", name=re.compile("half of the old skill lost"))
    expect(plain).to_have_attribute("aria-valuetext", "200")
    plain.press("ArrowLeft")
    expect(half).to_have_attribute("aria-valuetext", "100 steps")
    box = half.bounding_box()
    assert box and min(box["width"], box["height"]) >= 44
    press(page, "That is my prediction")
    to_the_ending(page)
    expect(page.get_by_text("after 100 steps").first).to_be_visible()


@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_rows_are_ordered_by_mouse_and_keys(address: str, page: Page) -> None:
    page.goto(f"{address}/wrong_teacher?wrong_teacher.beat=Predict")
    upright = page.get_by_role("button", name=re.compile("^upright"))
    expect(upright).to_have_attribute("aria-label", re.compile("not said yet"))
    drag(page, upright, (0, -600))
    expect(upright).to_have_attribute("aria-label", re.compile("1 of 7"))
    upright.press("ArrowDown")
    page.wait_for_url(re.compile(r"worth=\w+\+%3E\+upright"))
    before = in_url(page, "wrong_teacher.worth")
    page.reload()
    expect(upright).to_have_attribute("aria-label", re.compile("upright.*: 2 of 7. Arrow"))
    page.get_by_role("slider", name=re.compile("upside-down glyphs")).press("ArrowRight")
    press(page, "That is my prediction")
    expect(page.locator(".row .name").nth(1)).to_contain_text("you said 2nd")
    to_the_ending(page)
    expect(page.get_by_text(f"{before.split(' > ')[0]} first").first).to_be_visible()


@pytest.mark.parametrize("page", [390], indirect=True)
def test_digit_labels_survive_a_reload(toy: str, page: Page) -> None:
    """The digits are labelled by keys and by taps."""
    page.goto(toy)
    expect(page.get_by_text("Digit 1 of 4")).to_be_visible()
    page.keyboard.press("7")
    press(page, "It is a 3")
    page.keyboard.press("9")
    page.keyboard.press("Backspace")
    page.wait_for_url("**given=73--*")
    page.reload()
    expect(page.get_by_text("Digit 3 of 4")).to_be_visible()
    press(page, "Use the labels of the data")
    expect(page.get_by_text("All 4 are labelled.")).to_be_visible()
    page.wait_for_url("**given=7323*")
    page.get_by_role("button", name="Digit 2: you said 3").click()
    page.keyboard.press("1")
    page.wait_for_url("**given=7123*")


@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_cards_are_chosen_by_click_and_keys(address: str, page: Page) -> None:
    page.goto(f"{address}/one_backbone")
    page.get_by_role("radio", name="kana").click()
    assert in_url(page, "one_backbone.backbone") == "kana"
    expect(page.get_by_role("radio", name="kana")).to_be_checked()
    page.get_by_role("radio", name="kana").press("ArrowRight")
    page.wait_for_url(re.compile("backbone=symbols"))
    press(page, "Make a prediction")
    expect(page.get_by_role("slider", name="printed")).to_be_visible()
