"""Measures how much of several workers' time is used: `python -m core.bench.workers [workers ...]`.

A class requests races whose steps sleep instead of computing. So one machine can show what many machines would do.
Everything else is as usual: requests and their order, scheduler, TLS, events on disk, and reading all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.experiment.spec import Run, Stage, digest
from core.experiment.tasks import Plane
from core.serve import workers
from core.serve.engine import Engine
from core.store import store

LEARNERS = 16
SECONDS = 0.5  # seconds that one side of a race sleeps
RUN = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=300, batch=16),), seeds=2)


def sleep_instead() -> None:
    """Makes the runs of a worker sleep between their tests. It is called in the worker."""
    import torch

    from core.serve import compute_values
    from core.training.report import Done, Point

    def asleep(run: Run, ancestors: Any) -> Iterator[Point | Done]:
        for step in run.tests:
            time.sleep(SECONDS / len(run.tests))
            yield Point(step, "full", 0.0, [None] * run.seeds, {"accuracy": {"0": [0.5] * run.seeds}})
        yield Done({"weight": torch.zeros(run.seeds, 1)})

    setattr(compute_values, "train", asleep)  # noqa: B010


@contextmanager
def served(count: int) -> Iterator[Engine]:
    """Starts an engine with workers in separate processes, as on another machine. All workers sleep instead of
    training."""
    command = [sys.executable, "-m", "core.serve", "--workers", f"{count}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=workers.ROOT)
    assert process.stdout
    os.environ |= dict(setting.split("=", 1) for setting in process.stdout.readline().split())
    engine = Engine()
    try:
        while not (engine._client and engine._client.status == "running" and len(engine._client.nthreads()) == count):
            time.sleep(0.05)
        engine._client.run(sleep_instead)
        yield engine
    finally:
        engine.close()
        process.kill()
        process.wait()
        del os.environ["HEADSTART_SCHEDULER"], os.environ["HEADSTART_CERTIFICATE"]


def together(engine: Engine, first: int, learners: int) -> float:
    """Returns the seconds from a class's clicks until the last of their races is over."""
    runs = [[run_of(first + 10 * k), run_of(first + 10 * k + 5)] for k in range(learners)]
    began = time.monotonic()
    for k, race in enumerate(runs):
        engine.ask(race, f"learner {k}")
    waiting = [run for race in runs for run in race]
    while waiting:
        waiting = [run for run in waiting if engine.state(run).kind != "done"]
        time.sleep(0.2)
    return time.monotonic() - began


def run_of(first_seed: int) -> Run:
    """Returns the run of the benchmark with another first seed."""
    return Run(task=RUN.task, net=RUN.net, stages=RUN.stages, seeds=RUN.seeds, first_seed=first_seed)


def main(counts: list[int]) -> None:
    """Measures each number of workers, and prints the results."""
    with tempfile.TemporaryDirectory(prefix="headstart-bench-") as folder:
        os.environ["HEADSTART_STORE"] = folder
        for n, count in enumerate(counts):
            with served(count) as engine:
                together(engine, 2000 * n + 1000, count)  # until all workers are awake
                seconds, slept = together(engine, 2000 * n, LEARNERS), 2 * LEARNERS * SECONDS
                print(f"{count} workers: {seconds:.1f} s for {slept:.0f} s of work, {slept / count / seconds:.0%} used")
        size = sum(file.stat().st_size for file in (store.home() / "runs" / digest(run_of(0))).iterdir())
        print(f"{size:,} bytes on disk a run")


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [1, 2, 4])
