"""Every test run has a store of its own and one thread a process; with CI=true a skipped test is a failure."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

# Before anything imports torch: several processes that each take all cores are up to 400 times slower.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["HEADSTART_STORE"] = tempfile.mkdtemp(prefix="headstart-tests-")

CI = os.environ.get("CI") == "true"
LEFT_OUT: list[str] = []


def chromium() -> str | None:
    """The browser of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session", autouse=True)
def own_store() -> Iterator[None]:
    yield
    shutil.rmtree(os.environ["HEADSTART_STORE"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys last, because they are slow, and only where there is a browser."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no chromium here: install Debian's package chromium"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        LEFT_OUT.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if CI and LEFT_OUT and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LEFT_OUT:
        terminalreporter.section("left out" + (", and with CI=true nothing may be" if CI else ""))
        for test in LEFT_OUT:
            terminalreporter.write_line(test)
