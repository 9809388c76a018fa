"""Serves the app, or any page, on this machine, and measures the processor time that the server takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(script: str, path: str = "", **environment: str) -> Iterator[tuple[str, psutil.Process]]:
    """Serves a Streamlit page below a path such as "/school/headstart" and yields its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.baseUrlPath", path]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}{path}"
    for _ in range(600):
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
            break
        time.sleep(0.1)
    try:
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def spent(process: psutil.Process) -> float:
    """Returns the seconds of processor time that a process has taken, to the microsecond on Linux."""
    with suppress(OSError):
        return time.clock_gettime(~process.pid << 3 | 2)  # the number of its clock, as clock_getcpuclockid(3) makes it
    return sum(process.cpu_times()[:2])
