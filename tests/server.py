"""The app, or any page, as a server of its own on this machine; and the processor time that it has taken."""

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
    """A page that Streamlit serves, below a path such as "/school/headstart"; its address and its process."""
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
    """Seconds of processor time that a process has taken, to the microsecond where Linux says so."""
    with suppress(OSError):
        return time.clock_gettime(~process.pid << 3 | 2)  # the number of its clock, as clock_getcpuclockid(3) makes it
    return sum(process.cpu_times()[:2])
