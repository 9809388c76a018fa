"""Each process of a test run has its own store and one thread. With CI=true a skipped test counts as a failure."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.components.v2 import manifest_scanner

from tests.server import ROOT, served

# Before anything imports torch: several processes that each take all cores are up to 400 times slower.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["HEADSTART_STORE"] = tempfile.mkdtemp(prefix="headstart-tests-")

# A page drawn in this process reads the metadata of every installed package, as a server does once: a tenth of a second
# each time. Here too once is enough.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

CI = os.environ.get("CI") == "true"
# These start servers or other processes, or train whole scripts: `make check` leaves them out.
SLOW = {f"test_{name}" for name in (
    "adding", "bench", "credentials", "engine", "forged", "healing", "home_folder", "load", "notebook", "prefix",
    "script", "start", "tiny_patches", "ways", "without_learning",
)}  # fmt: skip
LEFT_OUT: list[str] = []
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# Of the server's Python, and of a component's script.
ERRORS = "[data-testid=stException], :text('BidiComponent Error')"
LONG = 120_000  # milliseconds that something may take on a busy machine
expect.set_options(timeout=LONG)


def chromium() -> str | None:
    """Returns the browser of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns an empty store in this folder."""
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """Returns the app's address and process.

    All tests of this process share the server and its store, which starts empty, because starting a server takes ten
    seconds of processor time.
    """
    with served("app/main.py", HEADSTART_STORE=str(tmp_path_factory.mktemp("store"))) as found:
        yield found


@pytest.fixture(scope="session")
def address(server: tuple[str, psutil.Process]) -> str:
    """Returns the app's address, for visitors that do not kill its process."""
    return server[0]


@pytest.fixture(scope="module")
def workers_end() -> Iterator[None]:
    """Ends the engine of this process after each module, so that the next module starts a new one."""
    from app.state.engine import engine, shared_engine

    yield
    engine().close()
    shared_engine.cache_clear()


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str], list[str]]:
    """Returns the lines that a lesson's script prints when it runs in this process and in the repository's folder."""
    monkeypatch.chdir(ROOT)

    def run(text: str) -> list[str]:
        exec(compile(text, "script", "exec"), {"__name__": "__main__"})
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Opens a page as a new visitor. The page may not use other hosts, show an error or overflow sideways."""
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
    assert opened.locator(ERRORS).count() == 0
    assert not opened.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs journeys only where there is a browser, and last, because they are slow.

    Where two processes share the tests, journeys come first, so that neither process waits for the other at the end.
    Tests that share a server stay together.
    """
    shared = "PYTEST_XDIST_WORKER" in os.environ
    items.sort(key=lambda item: journey(item) != shared)
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)
        if journey(item) or {"workers_end", "engine"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if journey(item):  # two of Chromium, a server and its workers share two cores: the summary counts second tries
            item.add_marker(pytest.mark.flaky(reruns=1))
            if chromium() is None:
                item.add_marker(pytest.mark.skip(reason="no chromium here: install Debian's package chromium"))


def journey(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        LEFT_OUT.append(report.nodeid)


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["HEADSTART_STORE"], ignore_errors=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if CI and LEFT_OUT and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LEFT_OUT:
        terminalreporter.section("left out" + (", and with CI=true nothing may be" if CI else ""))
        for test in LEFT_OUT:
            terminalreporter.write_line(test)
