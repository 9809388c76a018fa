"""What the tests of the engine share: small runs, and waiting for their states."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from core.experiment.spec import Run, Stage, digest
from core.experiment.tasks import Plane
from core.serve import workers
from core.serve.engine import Engine, State
from core.store import store

LONG = 20_000  # steps: about half a minute
seeds = itertools.count(1000)  # so that no two tests ask for the same run


def tiny(steps: int = 20, start: Run | None = None) -> Run:
    stages = (Stage(steps=steps, batch=16),)
    return Run(task=Plane(labels=20), net="mlp", start=start, stages=stages, seeds=2, first_seed=next(seeds))


def wait(true: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def wait_for(engine: Engine, run: Run, *kinds: str) -> State:
    wait(lambda: engine.state(run).kind in (kinds or ("done", "stopped", "failed")))
    return engine.state(run)


def kinds(run: Run) -> list[str]:
    return [event["kind"] for event in store.events(run)]


def files(run: Run) -> tuple[Path, Path]:
    folder = store.home() / "runs" / digest(run)
    return folder / "spec.json", folder / "events.jsonl"


def workers_of(engine: Engine) -> list[psutil.Process]:
    assert engine._child
    return workers_under(psutil.Process(engine._child.pid))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served_workers(*options: str) -> Iterator[tuple[dict[str, str], psutil.Process]]:
    """Runs `python -m core.serve`. Yields the settings that it prints for servers, and its process."""
    command = [sys.executable, "-m", "core.serve", *options]
    env = os.environ | {"PYTHONPATH": str(workers.ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stdout
        yield dict(setting.split("=", 1) for setting in process.stdout.readline().split()), psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def workers_under(process: psutil.Process) -> list[psutil.Process]:
    forkers = [child for child in process.children() if "forkserver" in command_of(child)]
    return [worker for forker in forkers for worker in forker.children()]


def command_of(process: psutil.Process) -> str:
    """Returns the command of a process, which is empty if the process has just been killed."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
