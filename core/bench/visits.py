"""The server: how soon its first page stands, and what a visit costs it. Both need a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core.bench import Result

ROOT = Path(__file__).resolve().parent.parent.parent


def starting() -> list[Result]:
    """From starting the server to the first page on a screen, beside Streamlit's own demo."""
    command = [sys.executable, "-m", "streamlit"]
    ours = first_page([*command, "run", str(ROOT / "app" / "main.py")], 8771, "Headstart")
    theirs = first_page([*command, "hello"], 8772, "Welcome to Streamlit")
    if ours is None or theirs is None:
        return []  # no browser here
    return [Result("server start to first page, `streamlit hello`", ours, theirs, "s", theirs / ours)]


def visiting() -> list[Result]:
    """What one visit to a page costs the server's processor, warm, beside a page with nothing on it."""
    paths = [f"fast_start?fast_start.beat={beat}&fast_start.committed=1" for beat in ("Look", "Run", "Explain")]
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit\nstreamlit.title('Nothing')\n", "utf-8")
        command = [sys.executable, "-m", "streamlit", "run"]
        ours = visits([*command, str(ROOT / "app" / "main.py")], 8773, paths)
        default = ["--runner.postScriptGC", "true"]  # not what our configuration says
        theirs = visits([*command, str(empty), *default], 8774, [""])
    if ours is None or theirs is None:
        return []
    return [Result("a visit to a lesson, an empty page: server's processor", ours, theirs, "ms", theirs / ours)]


def visits(command: list[str], port: int, paths: list[str], times: int = 10) -> float | None:
    """Milliseconds of the server's processor a visit, the first of every page not counted."""
    with page_of(command, port) as found:
        if found is None:
            return None
        page, process = found
        spent = []
        for _ in range(times + 1):
            before = sum(process.cpu_times()[:2])
            for path in paths:
                page.goto(f"http://127.0.0.1:{port}/{path}")
                page.locator("h1").first.wait_for()
                page.wait_for_timeout(500)  # the rest of the page, and what is done after it
            spent.append(sum(process.cpu_times()[:2]) - before)
        return 1000 * sum(spent[1:]) / times / len(paths)


def first_page(command: list[str], port: int, words: str) -> float | None:
    with page_of(command, port) as found:
        if found is None:
            return None
        page, process = found
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_text(words).first.wait_for()
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
