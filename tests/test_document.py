"""The document in a real browser: Back and Forward, and a translator that rewrites every text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.steps import press

pytestmark = pytest.mark.browser
# As browsers' translators do: every text is replaced by an element with other words, also the texts that come later.
TRANSLATOR = """() => {
  const told = new WeakSet()
  const translate = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    const texts = []
    while (walker.nextNode()) texts.push(walker.currentNode)
    for (const text of texts) {
      const parent = text.parentElement
      if (!parent || parent.closest("font, style, script, [translate=no], .notranslate") || !text.data.trim()) continue
      const outer = document.createElement("font"), inner = document.createElement("font")
      inner.textContent = `\\u2039${text.data}\\u203a`
      outer.append(inner)
      parent.replaceChild(outer, text)
    }
  }
  translate(document.body)
  new MutationObserver(records => {
    for (const record of records) for (const node of record.addedNodes) {
      if (node.nodeType === 1) translate(node)
      else if (node.nodeType === 3 && node.parentElement) translate(node.parentElement)
    }
  }).observe(document.body, { childList: true, subtree: true })
}"""


def translate(page: Page) -> None:
    """Starts a translator that rewrites the page, once the page's own script is there."""
    page.wait_for_function("window.headstart")
    page.evaluate(TRANSLATOR)


def beat(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    at_beat(page, name)


def at_beat(page: Page, name: str) -> None:
    expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()


def test_back_undoes_one_step_after_the_other(address: str, page: Page) -> None:
    page.goto(f"{address}/label_worth")
    for name in ("Predict", "Look", "Predict"):
        beat(page, name)
        said = {"Look": "Make a prediction", "Predict": "That is my prediction"}[name]
        expect(page.get_by_role("button", name=said)).to_be_visible()  # not only the choice, which is shown at once
    for name in ("Look", "Predict", "Look"):
        page.go_back()
        at_beat(page, name)
    for name in ("Predict", "Look", "Predict"):
        page.go_forward()
        at_beat(page, name)


def test_back_brings_a_control_to_its_default(address: str, page: Page) -> None:
    """The controls are a segment of the sandbox, a search in the glossary, and the capstone's brief."""
    page.goto(f"{address}/sandbox")
    beat(page, "Sweep")
    expect(page).to_have_url(re.compile("step=Sweep"))
    page.go_back()
    at_beat(page, "Train")
    page.goto(f"{address}/glossary")
    find = page.get_by_label("Search the glossary")
    expect(find).to_have_value("")
    find.fill("replay")
    find.press("Enter")
    expect(page).to_have_url(re.compile("find=replay"))
    page.go_back()
    expect(find).to_have_value("")
    page.goto(f"{address}/capstone")
    beat(page, "Computing is expensive")
    expect(page).to_have_url(re.compile("brief=battery"))
    page.go_back()
    at_beat(page, "Labels are expensive")


def test_one_click_is_one_step_back(address: str, page: Page) -> None:
    """The button of a prediction sets two values in the URL, and another page rewrites earlier values."""
    page.goto(f"{address}/label_worth")
    beat(page, "Predict")
    press(page, "Skip, show me")
    expect(page).to_have_url(re.compile("beat=Run"))
    page.get_by_role("button", name="About", exact=True).click()
    page.get_by_role("menuitem", name="Glossary").click()
    expect(page.get_by_label("Search the glossary")).to_be_visible()
    page.get_by_role("button", name="A head start", exact=True).click()
    page.get_by_role("menuitem", name="What is a label worth?").click()
    at_beat(page, "Run")
    expect(page).to_have_url(re.compile("committed=2"))
    page.go_back()
    expect(page.get_by_label("Search the glossary")).to_be_visible()
    page.go_back()
    at_beat(page, "Run")
    page.go_back()
    at_beat(page, "Predict")
    page.go_back()
    at_beat(page, "Look")


@pytest.mark.parametrize("slug", ["label_worth", "wrong_teacher"])
def test_a_translated_lesson_goes_from_beat_to_beat(address: str, page: Page, slug: str) -> None:
    errors: list[str] = []
    page.on("console", lambda one: errors.append(one.text) if "NotFoundError" in one.text else None)
    page.goto(f"{address}/{slug}")
    expect(page.get_by_role("button", name="Make a prediction")).to_be_visible()
    translate(page)
    expect(page.get_by_text("\u2039Predict\u203a", exact=True)).to_be_visible()
    beats = page.locator(".st-key-header [role=radio]")
    for number in (1, 0, 1, 2):
        beats.nth(number).click()
        expect(beats.nth(number)).to_be_checked()
    page.get_by_role("button", name="Skip, show me").click()
    for number in (2, 3, 4, 3):
        beats.nth(number).click()
        expect(beats.nth(number)).to_be_checked()
    for number in (1, 2):
        expect(page.get_by_text(f"Finding {number} of")).to_be_visible()
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Finding 1 of")).to_have_count(0)
    expect(page.get_by_text("NotFoundError")).to_have_count(0)
    assert errors == []


# Messages of the server arrive late, in their order, as over a slow connection.
SLOW = """() => {
  const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage")
  const late = listener => event => setTimeout(() => listener.call(event.target, event), MILLISECONDS)
  Object.defineProperty(WebSocket.prototype, "onmessage", { set(listener) { set.call(this, late(listener)) } })
  const { addEventListener } = WebSocket.prototype
  WebSocket.prototype.addEventListener = function (kind, listener, ...more) {
    addEventListener.call(this, kind, kind === "message" ? late(listener) : listener, ...more)
  }
}"""


def test_fast_clicks_count_over_slow_connection(address: str, page: Page) -> None:
    """The answer to the first click arrives after the second one. The third goes back to the first."""
    page.add_init_script(f"({SLOW.replace('MILLISECONDS', '1500')})()")
    page.goto(f"{address}/wrong_teacher?wrong_teacher.committed=2&wrong_teacher.pressed=1")
    expect(page.get_by_role("button", name="Make a prediction")).to_be_visible()
    for name in ("Explain", "Recall", "Explain"):
        page.get_by_role("radio", name=name, exact=True).click()
        page.wait_for_timeout(1000)
    page.wait_for_timeout(4000)  # until all answers are there
    at_beat(page, "Explain")
    expect(page.get_by_text("Finding 1 of")).to_be_visible()
    expect(page).to_have_url(re.compile("beat=Explain"))


def test_a_translated_text_that_changes_is_seen(address: str, page: Page) -> None:
    """React keeps a paragraph's text nodes: it changes one, removes one, and inserts one before another."""
    page.goto(address)
    expect(page.get_by_role("heading", name="See what pretraining is worth")).to_be_visible()
    translate(page)
    page.evaluate("""() => {
      const paragraph = document.createElement("p")
      paragraph.id = "paragraph"
      window.texts = ["a file ", "of 40 ", "rows"].map(text => document.createTextNode(text))
      paragraph.append(...window.texts)
      document.querySelector("[data-testid=stMain]").append(paragraph)
    }""")
    expect(page.locator("#paragraph")).to_have_text("\u2039a file \u203a\u2039of 40 \u203a\u2039rows\u203a")
    page.evaluate("window.texts[1].nodeValue = 'of 50 '")
    expect(page.locator("#paragraph")).to_have_text("\u2039a file \u203a\u2039of 50 \u203a\u2039rows\u203a")
    page.evaluate("window.texts[1].nodeValue = 'of 60 '")
    page.evaluate("window.texts[0].parentNode ?? document.querySelector('#paragraph').removeChild(window.texts[0])")
    expect(page.locator("#paragraph")).to_have_text("\u2039of 60 \u203a\u2039rows\u203a")
    page.evaluate("document.querySelector('#paragraph').insertBefore(window.texts[2], window.texts[1])")
    expect(page.locator("#paragraph")).to_have_text("\u2039rows\u203a\u2039of 60 \u203a")
