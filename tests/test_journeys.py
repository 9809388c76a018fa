"""A few journeys of a learner, in a real browser against a real server with an empty store."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from conftest import chromium
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)
ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
LONG = 60_000  # milliseconds that something may take on a busy machine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """The app as `make run` starts it, with a store of its own; its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.headless", "true"]
    store = {"HEADSTART_STORE": str(tmp_path_factory.mktemp("store"))}
    process = subprocess.Popen([*command, "--server.port", str(port)], cwd=ROOT, env=os.environ | store)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
            break
        time.sleep(0.1)
    yield address, psutil.Process(process.pid)
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh visitor; nothing may be fetched from elsewhere, and no page may show an error or overflow sideways."""
    context = browser.new_context(viewport={"width": getattr(request, "param", 1280), "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(LONG)
    elsewhere: list[str] = []
    opened.on(
        "request",
        lambda r: None if re.match(r"(https?|ws)://127\.0\.0\.1|data:|blob:", r.url) else elsewhere.append(r.url),
    )
    yield opened
    assert not elsewhere
    assert opened.locator("[data-testid=stException]").count() == 0
    assert not opened.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    context.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_a_newcomer_predicts_runs_and_understands(server: tuple[str, psutil.Process], page: Page) -> None:
    page.goto(server[0])
    press(page, "Start with")
    expect(page.get_by_role("heading", name="What is a label worth?")).to_be_visible()
    press(page, "Make a prediction")
    thumb = page.get_by_role("slider").first
    thumb.focus()
    before = thumb.get_attribute("aria-valuetext")
    thumb.press("ArrowRight")
    expect(thumb).not_to_have_attribute("aria-valuetext", before or "")
    expect(page).to_have_url(re.compile(r"label_worth\.at1="))
    press(page, "That is my prediction")
    go = page.get_by_role("button", name=re.compile("Train 16 nets now|Again, with other labels")).first
    go.click()  # the second visitor finds the first one's race
    expect(page.get_by_role("button", name="Again, with other labels")).to_be_visible()
    expect(page.get_by_text(re.compile(r"pretrained: \d+ of 1,000 wrong"))).to_be_visible()
    press(page, "What happened there?")
    expect(page.get_by_text("you said")).to_be_visible()
    expect(page.get_by_text("reproduced here").first).to_be_visible()
    page.goto(server[0])
    expect(page.get_by_role("button", name="Continue with")).to_be_visible()


def test_a_live_chart_keeps_its_place_and_a_refreshed_page_goes_on(
    server: tuple[str, psutil.Process], page: Page
) -> None:
    page.goto(f"{server[0]}/fast_start?fast_start.beat=Run&fast_start.committed=2&fast_start.draw=40")
    press(page, "Train 16 nets now")
    expect(page.get_by_text(re.compile(r"scratch: step [1-9]")).first).to_be_visible()
    page.locator("[data-testid=stEChartsChart] svg, [data-testid=stEChartsChart] canvas").first.evaluate(
        "e => e.mine = 1"
    )
    said = page.get_by_text(re.compile(r"scratch: step \d")).first
    first = said.inner_text()
    expect(said).not_to_have_text(first)
    kept = "() => document.querySelector('[data-testid=stEChartsChart] svg, [data-testid=stEChartsChart] canvas').mine"
    assert page.evaluate(kept) == 1
    page.reload()
    expect(page.get_by_text(re.compile(r"scratch: (step [1-9]|8 nets)")).first).to_be_visible()
    expect(page.get_by_role("button", name="Again, with other labels")).to_be_visible()


def test_a_run_can_be_stopped_and_begun_again(server: tuple[str, psutil.Process], page: Page) -> None:
    page.goto(f"{server[0]}/fast_start?fast_start.beat=Run&fast_start.committed=2&fast_start.draw=60")
    press(page, "Train 16 nets now")
    press(page, "Stop")
    expect(page.get_by_text(re.compile("scratch: stopped at step"))).to_be_visible()
    press(page, "Train 16 nets now")
    expect(page.get_by_role("button", name="Again, with other labels")).to_be_visible()


def test_a_killed_worker_is_replaced_and_the_page_says_so(server: tuple[str, psutil.Process], page: Page) -> None:
    page.goto(f"{server[0]}/fast_start?fast_start.beat=Run&fast_start.committed=2&fast_start.draw=80")
    press(page, "Train 16 nets now")
    expect(page.get_by_text(re.compile(r"scratch: step [1-9]")).first).to_be_visible()
    for process in server[1].children(recursive=True):
        if "spawn_main" in " ".join(process.cmdline()):
            process.kill()
    expect(page.get_by_text("a worker was lost").first).to_be_visible()
    expect(page.get_by_role("button", name="Again, with other labels")).to_be_visible()


def test_a_hostile_url_is_a_sentence(server: tuple[str, psutil.Process], page: Page) -> None:
    hostile = "label_worth.labels=1e99&label_worth.method=%3Cscript%3E&label_worth.committed=zzz&label_worth.draw=-1"
    page.goto(f"{server[0]}/label_worth?label_worth.beat=Run&{hostile}")
    expect(page.get_by_text("Labels a class cannot be").first).to_be_visible()
    expect(page.get_by_text("How to fine-tune cannot be").first).to_be_visible()
    expect(page.get_by_text("Committed cannot be").first).to_be_visible()
    press(page, "Skip, show me")
    expect(page.get_by_role("button", name=re.compile("Train 16 nets now|Again, with other labels"))).to_be_visible()
