"""All lessons by keyboard alone, from the question to the last answer, and the pages for free exploration.

Each beat must also fit the screens of a laptop and of a phone.
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import FileChooser, Locator, Page, ViewportSize, expect

from app.beats.recall import mixed
from lessons.kit.lesson.catalogue import lessons
from tests.conftest import LONG
from tests.steps import finding, height, settled
from tests.test_sandbox_page import QUICK

pytestmark = pytest.mark.browser
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
FAR = 120  # presses of Tab within which everything on a page is reached
FOCUSED = "e => e === e.getRootNode().activeElement"
UNSAID = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  const says = [at?.getAttribute("aria-valuetext"), at?.getAttribute("aria-label")].join(" ")
  if (/not said yet|^\\?/.test(says)) return ["ArrowRight", "ArrowUp"]
  const chosen = at?.closest("[role=radiogroup]")?.querySelector("[aria-checked=true], :checked")
  return at?.matches("[role=radio]") && chosen === null ? ["Space"] : []
}"""  # the keys that say something of what has the focus, where nothing is said yet


def tab_to(page: Page, what: Locator) -> None:
    """Presses Tab until the element has the focus."""
    expect(what).to_be_visible()
    expect(what).to_be_enabled()
    for _ in range(FAR):
        if what.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {what}.")


def press_by_key(page: Page, name: str | re.Pattern[str]) -> None:
    tab_to(page, page.get_by_role("button", name=name).first)
    page.keyboard.press("Enter")


def keeps_focus(page: Page, within: str) -> None:
    """Waits until the focus is on an element there, though the pressed one may have left the page."""
    page.wait_for_function("within => document.activeElement?.closest(within)", arg=within)


def say_something(page: Page) -> None:
    """Moves every control of the prediction, in the order in which Tab reaches it.

    A handle may come late, and the server may take long to hear the last one. Tab goes round until then.
    """
    done = page.get_by_role("button", name="That is my prediction")
    expect(done).to_be_disabled()
    ends = time.monotonic() + LONG / 1000
    while not done.is_enabled():
        assert time.monotonic() < ends, "Something of the prediction cannot be said by keys."
        page.keyboard.press("Tab")
        for key in (keys := page.evaluate(UNSAID)):
            page.keyboard.press(key)
        page.wait_for_timeout(250 if keys else 20)


def run_fits_the_screen(page: Page) -> None:
    """Asserts that at 1280 x 800 header, rail, picture and Train are in view at once.

    On a phone the picture is above Train, and the page is at most one and a half screens tall.
    """
    expect(page.locator(".st-key-stage")).to_be_visible()
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        settled(page)
        if size is WIDE:
            for key in ("header", "rail", "stage", "train"):
                expect(page.locator(f".st-key-{key}").first).to_be_in_viewport(ratio=0.9)
        else:
            boxes = [page.locator(f".st-key-{key}").first.bounding_box() for key in ("stage", "train")]
            assert boxes[0] and boxes[1] and boxes[0]["y"] < boxes[1]["y"]
        assert height(page) <= (1.02 if size is WIDE else 1.5) * size["height"]


def finding_fits_the_screen(page: Page) -> None:
    """Asserts that no finding is taller than one and a half screens."""
    expect(page.locator(".st-key-finding")).to_be_visible()
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        assert height(page) <= 1.5 * size["height"]


@pytest.mark.parametrize("slug", lessons())
def test_every_lesson_works_by_keys(address: str, page: Page, slug: str) -> None:
    lesson = lessons()[slug]
    page.set_viewport_size(WIDE)
    page.goto(f"{address}/{slug}")
    press_by_key(page, "Make a prediction")
    say_something(page)
    press_by_key(page, "That is my prediction")
    train = page.locator(".st-key-train button").first
    expect(train).to_be_visible()
    run_fits_the_screen(page)
    tab_to(page, train)
    page.keyboard.press("Enter")
    expect(train).to_have_text(re.compile("Stop|again"))
    keeps_focus(page, ".st-key-train")
    if "Stop" in train.inner_text():  # the next lesson has the processor to itself
        tab_to(page, train)
        page.keyboard.press("Enter")
    press_by_key(page, "What happened?")
    last = len(lesson.explained)
    for at in range(1, last + 1):
        expect(finding(page, at, last)).to_be_visible()
        if at == 1:
            finding_fits_the_screen(page)
        press_by_key(page, re.compile("^Next$"))
        keeps_focus(page, ".st-key-rail")
    expect(page.locator(".st-key-ending")).to_be_visible()
    press_by_key(page, "Check what you remember")
    tab_to(page, page.get_by_role("radio", name=mixed(lesson.questions[0])[0], exact=True))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    press_by_key(page, "That is my answer")
    expect(page.get_by_text("Why are the other answers wrong?").first).to_be_visible()


def brought_by_key(page: Page, within: Page | Locator, name: str, data: str) -> None:
    """Presses Enter on the button that asks for a file, and gives it one.

    About once in ten times Chromium opens no file chooser, though the button has the focus. Then it presses again, as a
    learner would.
    """
    tab_to(page, within.get_by_role("button", name="Upload", exact=True))
    chosen: list[FileChooser] = []
    page.once("filechooser", lambda chooser: chosen.append(chooser))  # it refuses a builtin
    for _ in range(5):
        page.keyboard.press("Enter")
        page.wait_for_timeout(1500)
        if chosen:
            break
    chosen[0].set_files({"name": name, "mimeType": "text/plain", "buffer": data.encode()})


def test_the_sandbox_goes_by_keys(address: str, page: Page) -> None:
    page.goto(f"{address}/sandbox?sandbox.run={QUICK}")
    press_by_key(page, "Train 2 nets now")
    expect(page.get_by_text("Yours").first).to_be_visible()
    press_by_key(page, "Pin this run")
    expect(page.get_by_role("button", name="Pinned")).to_be_disabled()


def test_the_time_machine_goes_by_keys(address: str, page: Page) -> None:
    page.goto(f"{address}/time")
    step = page.get_by_role("slider", name="Step", exact=True)
    tab_to(page, step)
    before = str(step.get_attribute("aria-valuetext"))
    page.keyboard.press("ArrowLeft")
    expect(step).not_to_have_attribute("aria-valuetext", before)
    expect(page.get_by_text(f"Go back to {step.get_attribute('aria-valuetext')}")).to_be_visible()
    press_by_key(page, "Train 8 nets now")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def test_files_are_brought_by_keys(address: str, page: Page) -> None:
    """The files are the learner's own data and a bundle."""
    page.goto(f"{address}/own")
    press_by_key(page, "Upload your own data")
    points = "\n".join(f"{x},{x % 7},{'even' if x % 2 == 0 else 'odd'}" for x in range(40))
    brought_by_key(
        page,
        page.get_by_role("region", name="A table or a zip file with pictures"),
        "points.csv",
        f"x,y,label\n{points}",
    )
    expect(page.get_by_role("radio", name="points")).to_be_checked()
    page.goto(f"{address}/bundle")
    brought_by_key(page, page, "run.zip", "no bundle")
    expect(page.get_by_role("alert")).to_be_visible()
