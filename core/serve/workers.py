"""The processes that compute: a scheduler and workers on this machine, and what happens in them.

Knows no requests and no sessions. The server imports this file too, so torch is imported inside functions only.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.experiment.spec import Measure, Run
from core.store import store

ROOT = Path(__file__).resolve().parents[2]
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
# Dask has its workers hand back every freed block at once; a training step frees the same ones again and again,
# which made it take twice as long.
MEMORY = {"MALLOC_TRIM_THRESHOLD_": 2**30, "MALLOC_MMAP_THRESHOLD_": 2**25}
CONFIG = {
    "distributed.nanny.pre-spawn-environ": MEMORY | dict.fromkeys(THREADS, 1),
    "distributed.scheduler.allowed-failures": 0,  # the engine counts, and begins anew what was lost
    "distributed.worker.multiprocessing-method": METHOD,
    "distributed.worker.profile.enabled": False,  # a hundred looks a second at what the worker does
    "distributed.scheduler.http.routes": ["distributed.http.health"],
    "distributed.worker.http.routes": ["distributed.http.health"],
}
SOON = 0.2  # seconds that a run waits for whoever has it in hand: no worker is kept for what another one does
LOST = 5.0  # seconds without a process after which a worker that Dask would have replaced is replaced here


class Failed(RuntimeError):
    """What went wrong in a worker, as a sentence: unpickling the error itself would need torch."""


# --- In a worker ------------------------------------------------------------------------------------------------------


def compute(value: Run | Measure, limit: float, others: tuple[Run, ...] = (), at_once: tuple[Run, ...] = ()) -> str:
    """Perform a value, in step with the other sides of its race, of which some begin here; raises nothing but
    Failed."""
    from core.serve import compute_values

    try:
        return compute_values.perform(value, limit, forget_mark=False, others=others, wait=SOON, at_once=at_once)
    except Exception as error:
        logging.getLogger(__name__).exception("A job failed.")
        why = compute_values.sentence(error)
    raise Failed(why)  # outside of the except, or the error would travel along


def dask_setup(worker: Any) -> None:
    """Dask calls this in every worker that begins: warm up before the first job, in the thread that runs jobs; and
    have the store tidied from then on, beside the jobs."""

    def warm_up() -> None:
        from core.serve import compute_values

        compute_values.warm_up()

    worker.executors["default"].submit(warm_up)
    threading.Thread(target=tidy, name="tidy", daemon=True).start()


def tidy() -> None:
    from core.serve import eviction

    while True:
        time.sleep(eviction.EVERY)
        eviction.tidy()


# --- In the server ----------------------------------------------------------------------------------------------------


def start() -> tuple[subprocess.Popen[str], str, str]:
    """Start scheduler and workers; returns their process, address and credentials, which come through a pipe that only
    we read. However we end, the pipe closes and they end."""
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
    line = child.stdout.readline()
    hurry.cancel()
    if not line:
        end(child)
        raise OSError("The workers did not start.")
    address, credentials = json.loads(line)
    return child, address, credentials


def end(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.close()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()  # its workers notice and end
        child.wait()


def connect(address: str, credentials: str = "") -> Any:
    """A client of a scheduler. A tls:// address asks for credentials; unless they are given they stand in a file."""
    from distributed import Client  # takes most of a second: not while the server starts

    tls = address.startswith("tls:")
    security = secured(credentials or certificate().read_text("utf-8")) if tls else None
    return Client(address, timeout=10, set_as_default=False, security=security)  # type: ignore[no-untyped-call]


def secured(credentials: str) -> Any:
    """Whoever has this key may speak with scheduler and workers, and nobody else."""
    from distributed.security import Security

    roles = ("tls_ca_file", "tls_client_cert", "tls_scheduler_cert", "tls_worker_cert")
    return Security(require_encryption=True, **dict.fromkeys(roles, credentials))  # type: ignore[no-untyped-call]


def certificate() -> Path:
    """The file with the credentials of workers that several servers use: HEADSTART_CERTIFICATE, or in the store."""
    return Path(os.environ.get("HEADSTART_CERTIFICATE") or store.home() / "workers.pem")


# --- In a process of its own ------------------------------------------------------------------------------------------


def main() -> None:
    """Serve a scheduler and workers, and print their address and where their credentials are."""
    import dask
    from distributed import LocalCluster

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where they listen; whoever has the credentials may come")
    parser.add_argument("--port", type=int, default=0, help="0 is any free one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--until-eof", action="store_true", help="end when standard input closes")
    options = parser.parse_args()
    dask.config.set(CONFIG)
    fork_quickly()
    credentials = new_credentials() if options.until_eof else credentials_from(certificate())
    cluster = LocalCluster(  # type: ignore[no-untyped-call]  # it replaces workers that die
        n_workers=options.workers,
        threads_per_worker=1,
        host=options.host,
        scheduler_port=options.port,
        security=secured(credentials),
        dashboard_address="127.0.0.1:0",  # health checks
        scheduler_kwargs={"dashboard": False},
        preload=["core.serve.workers"],
    )
    address = cluster.scheduler_address
    if options.until_eof:
        print(json.dumps([address, credentials]), flush=True)
    else:
        print(f"HEADSTART_SCHEDULER={address} HEADSTART_CERTIFICATE={certificate().absolute()}", flush=True)
    threading.Thread(target=replace_lost_workers, args=(cluster,), daemon=True).start()
    with suppress(KeyboardInterrupt):
        sys.stdin.read() if options.until_eof else threading.Event().wait()
    os._exit(0)  # workers notice and end too, in the middle of a run if need be: the store bears it


def fork_quickly() -> None:
    """Starts the process from which all workers are forked and has it import torch once, where the system can fork.

    A worker then begins in a tenth of a second, also one that replaces a lost one. The environment is set before,
    because malloc and OpenMP read it as a process starts. No thread of torch has begun when a worker is forked.
    """
    if METHOD == "spawn":
        return
    from multiprocessing import forkserver

    os.environ.update({name: str(value) for name, value in (MEMORY | dict.fromkeys(THREADS, 1)).items()})
    multiprocessing.get_context(METHOD).set_forkserver_preload(["distributed", "core.serve.compute_values"])
    forkserver.ensure_running()


def replace_lost_workers(cluster: Any) -> None:
    """Replace workers for ever: Dask gives up one that was lost while it began."""

    alive: dict[Any, float] = {}  # when each was last seen to be

    async def replace() -> None:
        now = time.monotonic()
        for name, nanny in list(cluster.workers.items()):
            if nanny.is_alive() or nanny not in alive:
                alive[nanny] = now
            elif now - alive[nanny] > LOST:
                del alive[nanny], cluster.workers[name]
                await nanny.close(timeout=2)
        await cluster._correct_state()

    while True:
        time.sleep(1)
        with suppress(Exception):
            cluster.sync(replace)


def new_credentials() -> str:
    """A new key and its certificate, as one text; they are good for a year."""
    from distributed.security import Security

    new = Security.temporary()  # type: ignore[no-untyped-call]
    return f"{new.tls_client_key}{new.tls_client_cert}"


def credentials_from(path: Path) -> str:
    """The credentials in a file that only this user reads; made if there are none."""
    with suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(new_credentials())
    return path.read_text("utf-8")


if __name__ == "__main__":
    main()
