"""The steps through a lesson that several journeys share. Each step waits for its result."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MENU = {"exclude": [["[data-testid=stSidebarNavItems]"]]}  # Streamlit's own on a phone: its list has groups within
IN_TEXT = "as if it had to choose among"  # tokens in running text may be small (WCAG 2.5.8, Inline)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def open_view(page: Page, name: str) -> None:
    """Chooses a view of the stage, also one that is behind the button "More"."""
    near = page.get_by_role("radio", name=name, exact=True)
    more = page.get_by_role("button", name="More", exact=True)
    expect(near.or_(more).first).to_be_visible()
    if near.count():
        near.click()
    else:
        more.click()
        page.get_by_role("button", name=name, exact=True).click()


def finding(page: Page, at: int, last: int) -> Locator:
    return page.get_by_text(f"Finding {at} of {last}", exact=True)


def through_the_findings(page: Page) -> None:
    """Steps from the first finding, once it is shown, to the ending."""
    first = page.get_by_text(re.compile(r"^Finding 1 of \d+$"))
    expect(first).to_be_visible()
    last = int(first.inner_text().rpartition(" ")[2])
    for at in range(2, last + 2):
        page.get_by_role("button", name="Next", exact=True).click()
        expect(finding(page, at, last) if at <= last else page.locator(".st-key-ending")).to_be_visible()


def violations(page: Page) -> list[str]:
    """Returns what axe-core finds wrong on the current page, node by node: WCAG 2.2 AA."""
    found = Axe().run(page, context=MENU, options={"runOnly": LEVELS, "resultTypes": ["violations"]})
    nodes: list[tuple[str, Any]] = [(one["id"], node) for one in found.response["violations"] for node in one["nodes"]]
    ours = [(name, node) for name, node in nodes if not (name == "target-size" and IN_TEXT in node["html"])]
    return [f"{name}: {node['html'][:120]} {node['failureSummary'][:160]}" for name, node in ours]


def settled(page: Page) -> None:
    """Waits until the page's script has run, its styles apply, and charts have reached their heights."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(500)


def height(page: Page) -> float:
    """Returns the height of the page in pixels, scrolled parts included."""
    settled(page)
    every = "[...document.querySelectorAll('[data-testid=stMain]')].map(e => e.scrollHeight)"
    return float(page.evaluate(f"Math.max(...{every})"))
