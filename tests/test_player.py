"""The player: what it refuses, its text alternative, and how the learner moves it by hand."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.components.player.player import player_data
from core.experiment.checks import BadValue
from lessons.kit.figures.player import LOST, RIGHT, Bars, Images, Line, Lines, Player, Space, player, to_base64
from lessons.kit.figures.text_panels import Texts, Tokens
from tests.server import served

ROOT = Path(__file__).resolve().parent.parent
CELLS = to_base64([0, 0, 1, 1])  # 2 * 2: class 0 below, class 1 above
BOX = (-1.0, 1.0, -1.0, 1.0)
DOTS = np.array([[-0.5, 0.0], [0.5, 0.0]])


def made(*panels: Any, frames: int = 3, **more: Any) -> Player:
    marks = [f"step {k}" for k in range(frames)]
    given = {"marks": marks, "says": [f"Sentence {k}." for k in range(frames)], "classes": ("low", "high")}
    return Player(**given | {"panels": panels} | more)


def test_player_alternative_text_describes_both_ends() -> None:
    line = Line(name="old task", role="source", values=[0.9, 0.5, 0.25])
    alt = player(made(Lines(title="Both", lines=[line]))).alt
    assert "At step 0: Sentence 0." in alt
    assert "At step 2: Sentence 2." in alt
    assert "90 % at step 0, 25 % at step 2" in alt
    assert "Sentence 1." not in alt


REFUSED = {
    "fewer sentences than frames": made(Bars(title="", names=["a"], values=[[1.0]]), says=["One."]),
    "a first frame beyond the last": made(Bars(title="", names=["a"], values=[[1.0]]), first=3),
    "no panel": made(),
    "maps for two of three frames": made(Space(title="", areas=[CELLS] * 2, extent=BOX)),
    "maps that are no squares": made(Space(title="", areas=[to_base64([0, 0, 1])], extent=BOX)),
    "maps without an extent": made(Space(title="", areas=[CELLS])),
    "a class without a name on a map": made(Space(title="", areas=[to_base64([0, 0, 1, 2])], extent=BOX)),
    "a class without a name": made(Space(title="", xy=DOTS, classes=[0, 2])),
    "a class too few": made(Space(title="", xy=DOTS, classes=[0])),
    "a point without a place": made(Space(title="", xy=DOTS * np.nan, classes=[0, 1])),
    "a story too few": made(Space(title="", xy=DOTS, classes=[0, 1], stories=["Only one."])),
    "an unknown state": made(Space(title="", xy=DOTS, classes=[0, 1], states=[0, 9])),
    "an image of another size": made(Images(title="", images=[CELLS], width=3, height=2)),
    "text that is no base64": made(Images(title="", images=["<b>"], width=2, height=2)),
    "rows of different length": made(Images(title="", images=[[CELLS], [CELLS, CELLS], [CELLS]], width=2, height=2)),
    "a curve too short": made(Lines(title="", lines=[Line(name="a", role="source", values=[0.1, 0.2])])),
    "a token without its surprise": made(Tokens(title="", tokens=["a", "b"], bits=[1.0], stories=["One.", "Two."])),
    "a flag that is told at two of three frames": made(Texts(title="", says=["a"]), flag="Here", flagged=["x", "y"]),
    "a text too few": made(Texts(title="", prompts=["a", "b"], says=["one"])),
    "a lamp too many": made(Texts(title="", prompts=["a"], says=["one"], lamps={"true": [1, 1]})),
    "a bar that is no number": made(Bars(title="", names=["a"], values=[[float("nan")]])),
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_data_that_do_not_fit_are_refused(value: Player) -> None:
    with pytest.raises(BadValue):
        player(value)


def test_points_arrive_where_they_were() -> None:
    moving = np.random.default_rng(0).normal(0, 3, (3, 50, 2))
    panel = player(made(Space(title="", xy=moving, classes=[0, 1] * 25))).spec["panels"][0]
    steps = np.frombuffer(base64.b64decode(panel["xy"]), "<u2").reshape(3, 50, 2)
    low, span = np.array(panel["bounds"]).reshape(2, 2)
    assert np.abs(low + steps / 65535 * span - moving).max() < 3e-4
    left, right, bottom, top = panel["extent"]
    assert left < moving[..., 0].min() < moving[..., 0].max() < right
    assert right - left == pytest.approx(top - bottom)  # equal scale: distances compare


def test_player_curve_has_its_own_scale() -> None:
    """The curve may also have its own unit."""
    line = Line(name="bits", role="source", values=[4.0, 2.0, 1.0])
    panel = player(made(Lines(title="Bits", lines=[line], high=4, form="{:.1f} bits"))).spec["panels"][0]
    assert panel["ticks"] == [[0, "0.0 bits"], [0.5, "2.0 bits"], [1, "4.0 bits"]]
    assert panel["lines"][0]["values"] == [1.0, 0.5, 0.25]
    assert panel["lines"][0]["written"][2] == "1.0 bits"


def test_player_id_follows_its_data() -> None:
    def name(value: float, live: bool = False) -> str:
        _, data = player_data(player(made(Bars(title="", names=["a"], values=[[value]]))), "key", live)
        return str(data["id"])

    assert name(0.5) == name(0.5) != name(0.6)
    assert name(0.5, live=True) != name(0.5)


def test_rounded_zero_has_no_minus() -> None:
    panel = player(made(Bars(title="", names=["a", "b"], values=[[-0.001, -0.2]], low=-1))).spec["panels"][0]
    assert panel["shown"] == [["0.00", "-0.20"]]


def test_final_texts_are_described_with_their_lamps() -> None:
    lamps = {"true": [[LOST, LOST], [LOST, LOST], [RIGHT, LOST]]}
    says = [["", ""], ["a", ""], ["Pologne", ""]]
    figure = player(made(Texts(title="Answers", prompts=["Poland?", "Spain?"], says=says, lamps=lamps)))
    assert "in the end Poland? Pologne; Spain? (nothing); true 1 of 2" in figure.alt
    (panel,) = figure.spec["panels"]
    assert panel["texts"] == says and panel["lamps"] == [{"name": "true", "states": lamps["true"]}]


# ---- in a browser

PAGE = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    import numpy as np
    import streamlit as st
    from app.components.figure.figure import draw
    from lessons.kit.figures.player import Images, Player, Space, player, to_base64
    from lessons.kit.figures.text_panels import Texts

    steps = range(10)
    areas = [to_base64(np.add.outer(np.zeros(20, int), np.arange(20) > 2 * k)) for k in steps]
    xy = np.array([[-0.5, 0.5], [0.5, 0.5]])
    told = ["The left one.", "The right one."]
    panels = (
        Space(title="Map", areas=areas, extent=(-1, 1, -1, 1), xy=xy, classes=[0, 1], stories=told),
        Images(title="Images", images=[to_base64(np.full(4, 90))] * 2, width=2, height=2, stories=told,
               states=[[1, 1]] * 5 + [[2, 1]] * 5, says=["one", "two"]),
        Texts(title="Texts", prompts=["asked"], says=[[f"written {{k}}"] for k in steps],
              lamps={{"true": [[2]] * 5 + [[1]] * 5}}),
    )
    says = [f"Sentence {{k}}." for k in steps]
    marks = [f"step {{k}}" for k in steps]
    draw(player(Player(marks=marks, says=says, first=1, panels=panels, classes=("a", "b"))), "p")
    st.button("Draw again")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("page") / "page.py"
    script.write_text(textwrap.dedent(PAGE), "utf-8")
    with served(str(script)) as (found, _):
        yield found


def drawn(page: Page) -> str:
    return page.locator(".stage canvas").first.evaluate("e => e.toDataURL()")


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_player_moves_by_keys_and_survives_redraw(address: str, page: Page) -> None:
    """Keys and buttons move the picture."""
    page.goto(address)
    slider = page.get_by_role("slider", name="Moment")
    expect(slider).to_have_attribute("aria-valuetext", "step 1")
    before = drawn(page)
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "step 2")
    expect(page.get_by_text("Sentence 2.")).to_be_visible()
    assert drawn(page) != before
    page.get_by_role("button", name="Back one").press("Enter")
    expect(slider).to_have_attribute("aria-valuetext", "step 1")
    assert drawn(page) == before
    slider.press("End")
    expect(page.get_by_role("button", name="one, lost")).to_be_visible()
    expect(page.locator(".answer")).to_have_text("written 9")
    expect(page.locator(".lamp")).to_have_attribute("aria-label", "true: yes")
    page.get_by_role("button", name="Draw again").click()
    page.wait_for_timeout(1000)
    expect(slider).to_have_attribute("aria-valuetext", "step 9")


READ = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    from app.components.figure.figure import draw
    from lessons.kit.figures.player import Line, Lines, Player, player
    from lessons.kit.figures.text_panels import Texts, Tokens

    marks = [f"step {{k}}" for k in range(3)]
    truth = Line(name="truth", role="source", values=[0.5, 0.6, 0.1], veiled=True)
    panels = (
        Texts(title="Notes", says=[["so <b>nice</b>"], ["nice nice"], ["nice nice nice"]], words=["nice"]),
        Tokens(title="Read", tokens=["a", "b"], bits=[[0, 1], [2, 3], [4, 5]], stories=[["A.", "B."]] * 3),
        Lines(title="Truth", lines=[truth]),
    )
    said = [f"You flagged {{mark}}." for mark in marks]
    draw(player(Player(marks=marks, says=marks, panels=panels, flag="Bad here", flagged=said)), "p")
"""


@pytest.mark.browser
def test_flag_unveils_hidden_curve(tmp_path: Path, page: Page) -> None:
    """The texts change with the moment."""
    script = tmp_path / "page.py"
    script.write_text(textwrap.dedent(READ), "utf-8")
    with served(str(script)) as (found, _):
        page.goto(found)
        slider = page.get_by_role("slider", name="Moment")
        expect(page.get_by_text("so <b>nice</b>")).to_be_visible()
        slider.press("End")
        expect(page.locator(".written mark")).to_have_count(3)
        page.get_by_role("button", name="B.").click()
        expect(page.locator(".story")).to_have_text("B.")
        veiled = drawn(page)
        page.get_by_role("button", name="Bad here").click()
        expect(page.get_by_text("You flagged step 2.")).to_be_visible()
        expect(page.get_by_role("button", name="Bad here")).to_be_hidden()
        assert drawn(page) != veiled


@pytest.mark.browser
def test_player_plays_to_the_end_and_pauses(address: str, page: Page) -> None:
    page.goto(address)
    slider = page.get_by_role("slider", name="Moment")
    slider.press("Home")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    paused = slider.get_attribute("aria-valuetext")
    page.wait_for_timeout(1000)
    assert slider.get_attribute("aria-valuetext") == paused != "step 9"
    page.get_by_role("button", name="Play").click()
    expect(slider).to_have_attribute("aria-valuetext", "step 9")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.browser
def test_points_and_images_tell_their_story(address: str, page: Page) -> None:
    """The learner selects them by mouse and by keys."""
    page.goto(address)
    canvas = page.locator(".stage canvas").first
    story = page.locator("section", has_text="Map").locator(".story")
    expect(story).to_have_text("Choose a point to read about it.")
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.25})
    expect(story).to_have_text("The left one.")
    canvas.press("ArrowRight")
    expect(story).to_have_text("The right one.")
    canvas.press("Escape")
    expect(story).to_have_text("Choose a point to read about it.")
    page.get_by_role("button", name="one, right").press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("section", has_text="Images").locator(".story")).to_have_text("The right one.")


NARROW = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    from app.components.figure.figure import draw
    from lessons.kit.figures.player import Line, Lines, Player, player

    marks = [f"alpha {{k / 2:.2f}}" for k in range(-1, 4)]
    line = Line(name="a task with a long name", role="source", values=[0.5] * 5)
    draw(player(Player(marks=marks, says=marks, panels=(Lines(title="Narrow", lines=[line]),))), "p")
"""
# Keeps what is written on a canvas since it was cleared, with its left and right ends.
RECORDER = """() => {
  const pen = CanvasRenderingContext2D.prototype, fill = pen.fillText, clear = pen.clearRect
  window.written = []
  pen.clearRect = function (...box) { window.written = []; return clear.apply(this, box) }
  pen.fillText = function (text, x, y) {
    const wide = this.measureText(text).width, left = x - { right: wide, center: wide / 2 }[this.textAlign] || x
    window.written.push({ text, y, left, right: left + wide })
    return fill.call(this, text, x, y)
  }
}"""


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 300], indirect=True, ids=["wide", "narrow"])
def test_first_and_last_mark_keep_apart(page: Page, tmp_path: Path) -> None:
    script = tmp_path / "narrow.py"
    script.write_text(textwrap.dedent(NARROW), "utf-8")
    page.add_init_script(f"({RECORDER})()")
    with served(str(script)) as (found, _):
        page.goto(found)
        expect(page.get_by_role("slider")).to_be_visible()
        page.wait_for_timeout(500)
        below = [one for one in page.evaluate("window.written") if one["text"].endswith(("-0.50", "1.50"))]
    first, last = sorted(below, key=lambda one: one["left"])
    assert first["right"] + 4 < last["left"] and first["text"].endswith("-0.50")
