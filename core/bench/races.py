"""Measures the flagship race: through the engine, from the click on, and without the engine."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from functools import partial

from core.bench import SEEDS, Result, seconds
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Glyphs, Handwriting
from core.serve.compute_values import lineage
from core.serve.engine import Engine
from core.store import store
from core.training.train import train


def clicking() -> list[Result]:
    """Measures the time from a click to a race's first point and to its end, through an engine that has warmed up."""
    before = os.environ.get("HEADSTART_STORE")
    folder = tempfile.mkdtemp(prefix="headstart-bench-")
    os.environ["HEADSTART_STORE"] = folder
    engine = Engine()
    try:
        warm = tuple(race(1, 1))
        finish(engine, warm)
        finish(engine, tuple(race(2, 1)))
        runs = race(100, 10)
        began = time.perf_counter()
        engine.ask(runs, "bench")
        while not any(event["kind"] == "point" for event in store.events(runs[0])):
            time.sleep(0.001)
        first = time.perf_counter() - began
        finish(engine, runs)
        whole = time.perf_counter() - began
        alone = sum(seconds(partial(spend, run), 1) for run in runs)
        return [
            Result("click to the first point of a race", 1000 * first, None, "ms", None),
            Result(
                f"click to the end of a race of 2 x {SEEDS} nets, its runs one after another",
                whole,
                alone,
                "s",
                alone / whole,
            ),
        ]
    finally:
        engine.close()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("HEADSTART_STORE")
        if before:
            os.environ["HEADSTART_STORE"] = before


def race(first_seed: int, labels: int) -> list[Run]:
    """Returns the flagship race: probe and then full fine-tuning from a backbone against training from scratch, 300
    steps each."""
    start = backbone()
    stages = (Stage(method="probe", steps=150, rate=5e-3, batch=16), Stage(steps=150, decay=2, batch=16))
    task = Handwriting(labels=labels)
    scratch = Run(task=task, stages=(Stage(steps=300, batch=16),), first_seed=first_seed)
    return [Run(task=task, start=start, stages=stages, first_seed=first_seed), scratch]


def backbone() -> Run:
    """Returns a backbone that trains quickly, so that the benchmark does not need shipped results."""
    return Run(task=Glyphs(labels=5), stages=(Stage(steps=50, batch=64),), seeds=1)


def spend(run: Run) -> None:
    """Trains a run without storing it, to measure the time."""
    for _ in train(run, lineage(run.start) if run.start else {}):
        pass


def finish(engine: Engine, runs: tuple[Run, ...] | list[Run]) -> None:
    """Requests runs and waits until they have ended."""
    engine.ask(runs, "bench")
    while any(engine.state(run).kind in ("absent", "queued", "running") for run in runs):
        time.sleep(0.005)
