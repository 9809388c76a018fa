"""Pages as axe-core sees them: WCAG 2.2 AA, at both widths, in light and dark."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from lessons.kit.catalogue import BEATS, lessons

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("access")]

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MENU = {"exclude": [["[data-testid=stSidebarNavItems]"]]}  # Streamlit's own on a phone: its list has groups within
WIDE = "1500px"  # as app/style.css says, which may come a little later than what it dresses
IN_TEXT = "as unsure as among"  # tokens in running text may be small, as links in it may be (WCAG 2.5.8, Inline)
PAGES = [
    "",
    "sandbox",
    "sandbox?sandbox.step=Compare",
    "sandbox?sandbox.step=Sweep",
    "draw",
    "time",
    "teach",
    "evidence",
    "data",
]
PAGES += ["glossary", "real", "own", "bundle", "again"]
PAGES += [f"{slug}?{slug}.beat={beat}&{slug}.committed=2&{slug}.pressed=1" for slug in lessons() for beat in BEATS]


def told(violations: list[dict[str, Any]]) -> list[str]:
    """What is wrong, node by node."""
    nodes = [(one["id"], node) for one in violations for node in one["nodes"]]
    ours = [(name, node) for name, node in nodes if not (name == "target-size" and IN_TEXT in node["html"])]
    return [f"{name}: {node['html'][:120]} {node['failureSummary'][:160]}" for name, node in ours]


@pytest.mark.parametrize(("path", "page", "scheme"), [
    (path, width, scheme)
    for path, (width, scheme) in zip(PAGES, cycle([(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")]))
], indirect=["page"])  # fmt: skip
def test_axe_finds_nothing(address: str, page: Page, path: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{address}/{path}")
    page.locator("h1, .st-key-stage").first.wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')")
    page.wait_for_function(
        f"getComputedStyle(document.querySelector('[data-testid=stMainBlockContainer]')).maxWidth == '{WIDE}'"
    )
    page.wait_for_timeout(300)
    found = Axe().run(page, context=MENU, options={"runOnly": LEVELS, "resultTypes": ["violations"]})
    assert told(found.response["violations"]) == []
