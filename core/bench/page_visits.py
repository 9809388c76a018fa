"""Measures the server: how soon its first page is complete in a browser, and how much each page costs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core.bench import Result

ROOT = Path(__file__).resolve().parent.parent.parent
LAST = "see what the best known does"  # the last words of the first page

# Checks in a browser whether these words are on the page, and whether a component on the stage has a canvas.
STANDS = """([words, pictured]) => document.body.textContent.includes(words) && (!pictured ||
    [...document.querySelectorAll(".st-key-stage *")].some((one) => one.shadowRoot?.querySelector("canvas")))"""


def starting() -> list[Result]:
    """Measures the time from starting the server to the complete first page, with its picture and its last words.

    It is compared with Streamlit's own demo, which has only words.
    """
    command = [sys.executable, "-m", "streamlit"]
    ours = first_page([*command, "run", str(ROOT / "app" / "main.py")], 8771, LAST, pictured=True)
    theirs = first_page([*command, "hello"], 8772, "See more complex demos")
    if ours is None or theirs is None:
        return []  # there is no browser
    return [Result("server start to the whole first page, `streamlit hello`", ours, theirs, "s", theirs / ours)]


def pages() -> list[Result]:
    """Measures the processor time of the server and the bytes sent for each page, compared with an empty page
    (tests/pages.py)."""
    asked = [sys.executable, "-m", "tests.load", "--pages", "--json"]
    found = subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if found.returncode:
        return []  # the requirements of the tests are not installed
    results = []
    for row in json.loads(found.stdout.splitlines()[-1]):
        what, _, unit = row["what"].partition(", ")
        beside, over = row["empty"], " (over its budget)" * row["over"]
        ratio = beside / row["value"] if beside else None
        results.append(Result(f"{row['page']}: {what}{over}", row["value"], beside, unit, ratio))
    return results


def first_page(command: list[str], port: int, words: str, pictured: bool = False) -> float | None:
    """Returns the seconds until the words are visible and the stage has its picture. Returns None if there is no
    browser."""
    with page_of(command, port) as found:
        if found is None:
            return None
        page, process = found
        page.goto(f"http://127.0.0.1:{port}")
        # checks at every frame, while a locator would check only twice a second
        page.wait_for_function(STANDS, arg=[words, pictured])
        return time.time() - float(process.create_time())


@contextmanager
def page_of(command: list[str], port: int) -> Iterator[tuple[Any, Any] | None]:
    """Starts a server and a browser, and gives the browser's page and the server's process. Gives None if there is no
    browser."""
    try:
        import psutil
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield None
        return
    browser_path = shutil.which("chromium")
    if not browser_path:
        yield None
        return
    flags = ["--server.headless", "true", "--server.port", str(port), "--browser.serverAddress", "localhost"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page, began = browser.new_page(), time.perf_counter()
        server = subprocess.Popen([*command, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        try:
            while time.perf_counter() - began < 60:
                with suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                time.sleep(0.02)
            yield page, psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait()
            browser.close()
