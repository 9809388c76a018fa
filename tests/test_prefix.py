"""Below a path, as behind a shared proxy: the app's pages, pictures and links stay below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from lessons.kit.lesson.catalogue import lessons
from tests.server import served
from tests.steps import through_the_findings

pytestmark = pytest.mark.browser
PREFIX = "/school/headstart"


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served("app/main.py", PREFIX, HEADSTART_STORE=str(tmp_path_factory.mktemp("store"))) as (address, _):
        yield address


def targets(links: Locator) -> list[str]:
    """Returns the links' targets, as the browser resolves them."""
    expect(links.first).to_be_attached()
    found: list[str] = links.evaluate_all("links => links.map(link => link.href)")
    return found


def test_home_links_open_below_the_path(page: Page, below: str) -> None:
    """Lessons open in the same tab."""
    page.goto(below)
    expect(page.get_by_role("slider", name="alpha")).to_be_visible()  # a component, which came over the websocket
    page.get_by_role("link", name=f"All {len(lessons())} lessons").click()
    expect(page).to_have_url(f"{below}/#lessons")
    expect(page.get_by_role("heading", name="A head start", exact=True)).to_be_in_viewport()
    page.get_by_role("link", name="1. What is a label worth?").last.click()
    expect(page).to_have_url(f"{below}/label_worth")
    expect(page.get_by_role("radio", name="Predict")).to_be_visible()
    assert len(page.context.pages) == 1


def test_links_of_the_ending_stay_below_the_path(page: Page, below: str) -> None:
    page.goto(f"{below}/label_worth?label_worth.beat=Explain&label_worth.committed=2&label_worth.pressed=1")
    through_the_findings(page)
    expect(page.locator(".st-key-ending a[href*=again]")).to_be_attached()  # the last of them: they come one by one
    found = {urlsplit(link).path: link for link in targets(page.locator(".st-key-ending a"))}
    assert found.keys() >= {f"{PREFIX}/{page}" for page in ("sandbox", "fast_start", "again")}
    assert all(path.startswith(f"{PREFIX}/") for path in found)
    page.goto(found[f"{PREFIX}/sandbox"])
    expect(page.get_by_role("heading", name="Sandbox")).to_be_visible()
    page.get_by_role("link", name="Headstart").click()
    expect(page).to_have_url(f"{below}/")


def test_no_page_links_outside_the_path(page: Page, below: str) -> None:
    for at in ("evidence", "glossary"):
        page.goto(f"{below}/{at}")
        links = page.locator(".stMain a")
        expect(links.nth(10)).to_be_attached()
        found = {link for link in targets(links) if link.startswith("http://127.0.0.1")}
        assert found and all(re.match(rf"{re.escape(below)}/\w+", link) for link in found)
        assert {urlsplit(link).path.rpartition("/")[2] for link in found} <= {*lessons(), at}
