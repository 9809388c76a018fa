"""The server: how soon its first page stands in a browser, and what each page costs it."""

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
LAST = "see what the best known does"  # of the first page

# In a browser: whether these words are on the page, and a canvas in one of our components on the stage.
STANDS = """([words, pictured]) => document.body.textContent.includes(words) && (!pictured ||
    [...document.querySelectorAll(".st-key-stage *")].some((one) => one.shadowRoot?.querySelector("canvas")))"""


def starting() -> list[Result]:
    """From starting the server to the whole first page on a screen, its picture and its last words, beside Streamlit's
    own demo, which has words only."""
    command = [sys.executable, "-m", "streamlit"]
    ours = first_page([*command, "run", str(ROOT / "app" / "main.py")], 8771, LAST, pictured=True)
    theirs = first_page([*command, "hello"], 8772, "See more complex demos")
    if ours is None or theirs is None:
        return []  # no browser here
    return [Result("server start to the whole first page, `streamlit hello`", ours, theirs, "s", theirs / ours)]


def pages() -> list[Result]:
    """What each page costs the server's processor and what it sends, beside an empty page (tests/pages.py)."""
    asked = [sys.executable, "-m", "tests.load", "--pages", "--json"]
    found = subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if found.returncode:
        return []  # what the tests need is not installed
    results = []
    for row in json.loads(found.stdout.splitlines()[-1]):
        what, _, unit = row["what"].partition(", ")
        beside, over = row["empty"], " (over its budget)" * row["over"]
        ratio = beside / row["value"] if beside else None
        results.append(Result(f"{row['page']}: {what}{over}", row["value"], beside, unit, ratio))
    return results


def first_page(command: list[str], port: int, words: str, pictured: bool = False) -> float | None:
    """Seconds until the words can be read, and the stage has its picture; None where there is no browser."""
    with page_of(command, port) as found:
        if found is None:
            return None
        page, process = found
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_function(STANDS, arg=[words, pictured])  # at every frame: a locator looks twice a second
        return time.time() - float(process.create_time())


@contextmanager
def page_of(command: list[str], port: int) -> Iterator[tuple[Any, Any] | None]:
    """A browser's page and the process of a server that has just been started; None where there is no browser."""
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
