"""axe-core checks every page once against WCAG 2.2 AA. tests/eyes.py checks all pages in all ways."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Page

from lessons.kit.lesson.catalogue import BEATS, lessons
from tests.steps import violations

pytestmark = pytest.mark.browser

WIDE = "1500px"  # as app/streamlit.css says, which may come a little later than what it dresses
PAGES = [
    "",
    "sandbox",
    "sandbox?sandbox.step=Compare",
    "sandbox?sandbox.step=Sweep",
    "draw",
    "time",
    "teach",
    "join",
    "evidence",
    "data",
]
PAGES += ["glossary", "real", "own", "bundle", "again", "capstone"]
EVERY = [
    *PAGES,
    *(f"{slug}?{slug}.beat={beat}&{slug}.committed=2&{slug}.pressed=1" for slug in lessons() for beat in BEATS),
]
ONCE = PAGES + EVERY[len(PAGES) :: len(BEATS) + 1]  # every beat, and nearly every lesson
LOOKS: list[tuple[int, Any]] = [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")]


@pytest.mark.parametrize(
    ("path", "page", "scheme"), [(path, *look) for path, look in zip(ONCE, cycle(LOOKS))], indirect=["page"]
)
def test_pages_pass_axe_and_do_not_overflow(address: str, page: Page, path: str, scheme: Any) -> None:
    """axe-core finds nothing wrong, and at the largest zoom no page is wider than the screen."""
    looked_at(f"{address}/{path}", page, scheme)
    page.set_viewport_size({"width": 320, "height": 900})  # as at 400 % on a screen of 1,280 pixels
    page.wait_for_timeout(300)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


def looked_at(address: str, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(address)
    page.locator("h1, .st-key-stage").first.wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')")
    page.wait_for_function(
        f"getComputedStyle(document.querySelector('[data-testid=stMainBlockContainer]')).maxWidth == '{WIDE}'"
    )
    page.wait_for_timeout(300)
    assert violations(page) == []


FILLED = "getComputedStyle(document.querySelector('[aria-checked={}]')).backgroundColor"


def test_selection_is_visible_in_forced_colours(address: str, page: Page) -> None:
    """The chosen option stands out where the operating system chooses the colours."""
    page.emulate_media(forced_colors="active")
    page.goto(f"{address}/label_worth?label_worth.beat=Run&label_worth.committed=2&label_worth.pressed=1")
    page.get_by_role("radio", name="Run").wait_for()
    page.wait_for_function(f"{FILLED.format('true')} != {FILLED.format('false')}")
    thumb = "document.querySelector('[data-testid=stSlider] [data-rac][style*=left]')"
    page.wait_for_function(f"getComputedStyle({thumb}).backgroundColor == {FILLED.format('true')}")  # both fade in
