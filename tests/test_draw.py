"""The drawing board: an alphabet by hand and by keys, the nets that learn it, and their guesses while one draws."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from streamlit.testing.v1 import AppTest

from core.user_data import alphabet

pytestmark = pytest.mark.usefixtures("home")

CROSS, RING = [[[10, 10], [90, 90]], [[90, 10], [10, 90]]], [[[50, 5], [90, 50], [50, 95], [10, 50], [50, 5]]]
MINE = json.dumps(
    {"name": "Two", "symbols": [{"name": "cross", "drawings": [CROSS]}, {"name": "o", "drawings": [RING]}]}
)


@pytest.fixture
def opened(workers_end: None) -> AppTest:
    def draw() -> None:
        from app.app_pages.drawing_board import show

        show()

    return AppTest.from_function(draw, default_timeout=60)


def said(test: AppTest) -> str:
    return " ".join(one.value for one in (*test.markdown, *test.warning, *test.error))


def test_ready_made_symbols_can_be_learned_at_once(opened: AppTest) -> None:
    opened.run()
    assert not opened.exception and "Invent an alphabet" in said(opened)
    next(one for one in opened.button if one.label == "Let the nets learn “Harbour”").click().run()
    assert not opened.exception and opened.query_params["draw.step"] in ("Learn and guess", ["Learn and guess"])
    assert any(one.label == "Train 16 nets now" for one in opened.button)


def test_an_own_alphabet_stands_in_the_url(opened: AppTest) -> None:
    name = alphabet.keep(alphabet.read(MINE))
    opened.query_params["draw.alphabet"] = name
    opened.query_params["draw.step"] = "Learn and guess"
    opened.run()
    assert not opened.exception and not opened.warning
    (symbols,) = (one for one in opened.get("button_group") if one.key == "draw.alphabet")
    assert symbols.value == name


@pytest.mark.parametrize("text", ["own-two-00000000", "../runes", "<img src=x>", "", "nan"])
def test_missing_alphabet_gives_message(opened: AppTest, text: str) -> None:
    opened.query_params["draw.alphabet"] = text
    opened.run()
    gone = "no longer on the computer" if text.startswith("own-") else "it is harbour instead"
    assert not opened.exception and gone in said(opened)


def drawn(page: Page, square: Locator, strokes: list[list[list[int]]]) -> None:
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    assert box
    for stroke in strokes:
        at = [(box["x"] + box["width"] * (x + 4) / 108, box["y"] + box["height"] * (y + 4) / 108) for x, y in stroke]
        page.mouse.move(*at[0])
        page.mouse.down()
        for place in at[1:]:
            page.mouse.move(*place, steps=8)
        page.mouse.up()


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_drawn_symbols_are_learned_and_guessed(address: str, page: Page) -> None:
    """The symbols are drawn by mouse and by keys."""
    page.goto(f"{address}/draw?draw.symbols=2&draw.each=1")
    square = page.get_by_role("application")
    expect(page.get_by_text("Symbol 1 of 2, drawing 1 of 1.")).to_be_visible()
    drawn(page, square, CROSS)
    page.get_by_role("button", name="Next drawing").click()
    expect(page.get_by_text("Symbol 2 of 2, drawing 1 of 1.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Symbol 1, drawing 1: remove it")).to_be_visible()  # nothing is lost
    square.focus()
    for key in (" ", *["Shift+ArrowDown"] * 2, *["Shift+ArrowRight"] * 2, "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("All is drawn.")).to_be_visible()
    page.get_by_role("button", name="Let the nets learn “My symbols”").click()
    page.locator(".st-key-train button").click()
    expect(page.get_by_text("Draw one of these again")).to_be_visible()
    drawn(page, square, CROSS)
    expect(
        page.get_by_role("img", name=re.compile(r"Confidence in this answer.* pretrained: symbol 1"))
    ).to_be_visible()
    page.get_by_text("Old letters", exact=True).click()
    expect(page.get_by_role("img", name=re.compile("Accuracy on 443 letters and symbols"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("Draw one of these again")).to_be_visible()
    expect(square.locator("polyline")).to_have_count(2)


def lines(symbols: int, each: int, scale: float = 1.0, start: float = 0.0) -> str:
    """Returns an alphabet of lines, each drawing a little further than the one before."""

    def line(k: int, j: int) -> list[list[list[float]]]:
        return [[[start + scale * (10 * k + j), start], [start + scale * 100, start + scale * 100]]]

    made = [{"name": f"sign{k:02}", "drawings": [line(k, j) for j in range(each)]} for k in range(symbols)]
    return json.dumps({"name": "Lines", "symbols": made})


@pytest.mark.browser
def test_opening_an_alphabet_loses_nothing(address: str, page: Page) -> None:
    page.goto(f"{address}/draw?draw.symbols=3&draw.each=2")
    drawn(page, page.get_by_role("application"), CROSS)  # there is a draft already
    page.get_by_role("button", name="Next drawing").click()
    page.get_by_text("As a file").click()
    file = {"name": "lines.json", "mimeType": "application/json", "buffer": lines(5, 5).encode()}
    page.locator("input[type=file]").first.set_input_files(file)
    remove = page.get_by_role("button", name=re.compile("Symbol . drawing .: remove it".replace(". d", r"\d, d")))
    expect(remove).to_have_count(25)
    page.get_by_role("button", name="Symbol 2, drawing 3: remove it").click()
    expect(page.get_by_text("Symbol 2 of 5, drawing 5 of 5.")).to_be_visible()
    page.reload()
    expect(remove).to_have_count(24)  # the draft of this very alphabet
    before = page.url
    drawn(page, page.get_by_role("application"), CROSS)
    page.get_by_role("button", name="Next drawing").click()
    expect(page.get_by_role("button", name="Let the nets learn “Lines”")).to_be_visible()
    expect(remove).to_have_count(25)
    page.wait_for_url(lambda url: url != before)
    assert re.search(r"own-lines-\w{8}", page.url)
    kept = json.loads(page.evaluate("localStorage.getItem('headstart board')"))
    assert kept["names"] == [f"sign{k:02}" for k in range(5)] and kept["called"] == "Lines"
    assert list(map(len, kept["drawings"])) == [5] * 5 and kept["drawings"][2][0] == [[[20, 0], [100, 100]]]


def test_sliders_follow_the_alphabet_that_is_opened(opened: AppTest) -> None:
    opened.query_params["draw.symbols"] = "3"
    opened.run()
    opened.query_params["draw.alphabet"] = alphabet.keep(alphabet.read(lines(6, 4)))
    opened.run()
    at = {one.label: one.value for one in opened.select_slider}
    assert (at["How many symbols"], at["Drawings of each symbol"]) == (6, 5)
    next(one for one in opened.select_slider if one.label == "How many symbols").set_value(7).run()
    assert {one.label: one.value for one in opened.select_slider}["How many symbols"] == 7
    assert "A drawing is a list of strokes" in " ".join(one.value for one in opened.caption)
