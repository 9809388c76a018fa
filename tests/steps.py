"""The steps through a lesson that several journeys take, each of which waits for what it brings."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def finding(page: Page, at: int, last: int) -> Locator:
    return page.get_by_text(f"Finding {at} of {last}", exact=True)


def through_the_findings(page: Page) -> None:
    """From the first finding, once it stands there, to the ending."""
    first = page.get_by_text(re.compile(r"^Finding 1 of \d+$"))
    expect(first).to_be_visible()
    last = int(first.inner_text().rpartition(" ")[2])
    for at in range(2, last + 2):
        page.get_by_role("button", name="Next", exact=True).click()
        expect(finding(page, at, last) if at <= last else page.locator(".st-key-ending")).to_be_visible()
