"""What tests of the engine share: small runs, and waiting for what becomes of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from core.serve import store
from core.serve.engine import Engine, State
from core.spec import Run, Stage, digest
from core.tasks import Plane

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
    children = psutil.Process(engine._child.pid).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]
