"""The processes that compute: a scheduler and workers on this machine, and what happens in them.

Knows no requests and no sessions. The server imports this file too, so torch is imported inside functions only.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.spec import Measure, Run

ROOT = Path(__file__).resolve().parents[2]


THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
# Dask has its workers hand back every freed block at once; a training step frees the same ones again and again,
# which made it take twice as long.
MEMORY = {"MALLOC_TRIM_THRESHOLD_": 2**30, "MALLOC_MMAP_THRESHOLD_": 2**25}


SOON = 0.2  # seconds that a run waits for whoever has it in hand: no worker is kept for what another one does


class Failed(RuntimeError):
    """What went wrong in a worker, as a sentence: unpickling the error itself would need torch."""


# --- In a worker ------------------------------------------------------------------------------------------------------


def compute(value: Run | Measure, limit: float, others: tuple[Run, ...] = ()) -> str:
    """Perform a value, in step with the other sides of its race; raises nothing but Failed."""
    from core.serve import work

    try:
        return work.perform(value, limit, forget_mark=False, others=others, wait=SOON)
    except Exception as error:
        logging.getLogger(__name__).exception("A job failed.")
        why = work.sentence(error)
    raise Failed(why)  # outside of the except, or the error would travel along


def dask_setup(worker: Any) -> None:
    """Dask calls this in every worker that begins: warm up before the first job, in the thread that runs jobs; and
    have the store tidied from then on, beside the jobs."""

    def warm_up() -> None:
        from core.serve import work

        work.warm_up()

    worker.executors["default"].submit(warm_up)
    threading.Thread(target=tidy, name="tidy", daemon=True).start()


def tidy() -> None:
    from core.serve import room

    while True:
        time.sleep(room.EVERY)
        room.tidy()


# --- In the server ----------------------------------------------------------------------------------------------------


def start() -> tuple[subprocess.Popen[str], str]:
    """Start scheduler and workers; returns their process and address. However we end, the pipe closes and they end."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    quiet = "ignore:resource_tracker"  # it would tell of semaphores left by workers that were killed
    child = subprocess.Popen(
        [sys.executable, "-m", "core.serve.workers", "--until-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path, "PYTHONWARNINGS": quiet},
        start_new_session=True,  # Ctrl-C is for the server
    )
    assert child.stdout
    hurry = threading.Timer(60, child.kill)
    hurry.start()
    address = child.stdout.readline().strip()
    hurry.cancel()
    return child, address


def end(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.close()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()  # its workers notice and end
        child.wait()


# --- In a process of its own ------------------------------------------------------------------------------------------


def main() -> None:
    """Serve a scheduler and workers, and print the address for HEADSTART_SCHEDULER."""
    import dask
    from distributed import LocalCluster

    dask.config.set({"distributed.nanny.pre-spawn-environ": MEMORY | dict.fromkeys(THREADS, 1)})
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="whoever reaches this address can run code here")
    parser.add_argument("--port", type=int, default=0, help="0 is any free one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--until-eof", action="store_true", help="end when standard input closes")
    options = parser.parse_args()
    cluster = LocalCluster(  # type: ignore[no-untyped-call]  # it replaces workers that die
        n_workers=options.workers,
        threads_per_worker=1,
        host=options.host,
        scheduler_port=options.port,
        dashboard_address=f"{options.host}:0",  # its port for health checks: there is no dashboard without bokeh
        preload=["core.serve.workers"],
    )
    print(cluster.scheduler_address, flush=True)
    with suppress(KeyboardInterrupt):
        sys.stdin.read() if options.until_eof else threading.Event().wait()
    os._exit(0)  # workers notice and end too, in the middle of a run if need be: the store bears it


if __name__ == "__main__":
    main()
