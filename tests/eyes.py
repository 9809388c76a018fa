"""axe-core checks every page and every beat, at both widths, in light and dark: `make eyes`."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.test_access import EVERY, LOOKS, looked_at


@pytest.mark.parametrize(("page", "scheme"), LOOKS, indirect=["page"])
@pytest.mark.parametrize("path", EVERY)
def test_axe_finds_nothing_anywhere(address: str, page: Page, path: str, scheme: Any) -> None:
    looked_at(f"{address}/{path}", page, scheme)
