"""What a server does by itself: it is ready before the first visit, opens a browser, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.server import ROOT
from tests.serving import free_port, wait, workers_under


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_server_opens_browser_and_ends_its_workers(by: signal.Signals, tmp_path: Path) -> None:
    """Its workers are up before the first visit."""
    shown, browser, said, port = tmp_path / "shown", tmp_path / "xdg-open", tmp_path / "said", free_port()
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{shown}"\n', "utf-8")
    browser.chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "BROWSER": str(browser)}
    env |= {"DISPLAY": ":99", "HEADSTART_STORE": str(tmp_path / "store")}
    command = [sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.port", str(port)]
    with said.open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        wait(shown.exists)
        wait(shown.read_text)
        assert shown.read_text() == f"http://localhost:{port}"
        with urllib.request.urlopen(f"{shown.read_text()}/_stcore/health", timeout=60) as answer:
            assert answer.read() == b"ok"
        process = psutil.Process(server.pid)
        wait(lambda: len(workers_beneath(process)) == 2)
        begun = process.children(recursive=True)
        server.send_signal(by)
        server.wait(30)
        wait(lambda: not any(child.is_running() for child in begun))
    finally:
        server.kill()
        server.wait()
    assert "Traceback" not in said.read_text()


def workers_beneath(process: psutil.Process) -> list[psutil.Process]:
    """Returns the workers of the scheduler that the server has started."""
    with suppress(psutil.NoSuchProcess):
        return [worker for child in process.children() for worker in workers_under(child)]
    return []
