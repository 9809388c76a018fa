"""Defines the processes that compute: a scheduler and workers on this machine, and the functions that run in them.

This module does not depend on requests or sessions. The server imports it too, so torch is imported only inside
functions.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import signal
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
# Dask makes its workers return every freed block of memory at once. A training step frees the same blocks again and
# again, which made it take twice as long.
MEMORY = {"MALLOC_TRIM_THRESHOLD_": 2**30, "MALLOC_MMAP_THRESHOLD_": 2**25}
CONFIG = {
    "distributed.nanny.pre-spawn-environ": MEMORY | dict.fromkeys(THREADS, 1),
    "distributed.scheduler.allowed-failures": 0,  # the engine counts losses and starts lost jobs again
    "distributed.worker.multiprocessing-method": METHOD,
    "distributed.worker.profile.enabled": False,  # it would look a hundred times a second at what the worker does
    "distributed.scheduler.http.routes": ["distributed.http.health"],
    "distributed.worker.http.routes": ["distributed.http.health"],
}
SOON = 0.2  # seconds to wait for another worker that is computing the same run; a longer wait would block this worker
LOST = 5.0  # seconds without a process after which a lost worker is replaced here, if Dask has not replaced it


class Failed(RuntimeError):
    """This error is raised if a job failed in a worker. It holds a sentence, because unpickling the error itself
    would need torch."""


# --- In a worker ------------------------------------------------------------------------------------------------------


def compute(value: Run | Measure, limit: float, others: tuple[Run, ...] = (), at_once: tuple[Run, ...] = ()) -> str:
    """Computes a value in step with the other sides of its race, some of which begin here. Raises only Failed."""
    from core.serve import compute_values

    try:
        return compute_values.perform(value, limit, forget_mark=False, others=others, wait=SOON, at_once=at_once)
    except Exception as error:
        logging.getLogger(__name__).exception("A job failed.")
        why = compute_values.sentence(error)
    raise Failed(why)  # raised outside of the except block, so that the original error is not sent along


def dask_setup(worker: Any) -> None:
    """Prepares a new worker. Dask calls this function in every worker that starts.

    It warms up the thread that runs jobs, before the first job. It also starts a thread that limits the size of the
    store.
    """

    def warm_up() -> None:
        from core.serve import compute_values

        compute_values.warm_up()

    worker.executors["default"].submit(warm_up)
    threading.Thread(target=tidy, name="tidy", daemon=True).start()


def tidy() -> None:
    """Limits the size of the store, again and again."""
    from core.serve import eviction

    while True:
        time.sleep(eviction.EVERY)
        eviction.tidy()


# --- In the server ----------------------------------------------------------------------------------------------------


def start() -> subprocess.Popen[str]:
    """Starts the process of scheduler and workers. When this process ends, for whatever reason, its pipe closes and
    the workers end too."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    quiet = "ignore:resource_tracker"  # it would report semaphores that killed workers have left
    return subprocess.Popen(
        [sys.executable, "-m", "core.serve.workers", "--until-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path, "PYTHONWARNINGS": quiet},
        start_new_session=True,  # Ctrl-C is only for the server
    )


def address_of(child: subprocess.Popen[str]) -> tuple[str, str]:
    """Returns the address and the credentials of scheduler and workers, as soon as they have started. They come
    through a pipe that only this process reads."""
    assert child.stdout
    hurry = threading.Timer(60, child.kill)
    hurry.start()
    line = child.stdout.readline()
    hurry.cancel()
    if not line:
        end(child)
        raise OSError("The workers did not start.")
    address, credentials = json.loads(line)
    return address, credentials


def end(child: subprocess.Popen[str]) -> None:
    """Ends scheduler and workers by closing their pipe, and kills them if they do not end in time."""
    assert child.stdin
    child.stdin.close()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()  # the workers notice and end too
        child.wait()


def kill(child: subprocess.Popen[str]) -> None:
    """Ends scheduler and workers at once, whatever they are doing. Those that are starting would notice nothing."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # it leads a session of its own
    else:
        child.kill()


def connect(address: str, credentials: str = "") -> Any:
    """Returns a client of a scheduler. A tls:// address needs credentials. If none are passed, they are read from a
    file."""
    from distributed import Client  # the import takes almost a second, so it is not done while the server starts

    tls = address.startswith("tls:")
    security = secured(credentials or certificate().read_text("utf-8")) if tls else None
    return Client(address, timeout=10, set_as_default=False, security=security)  # type: ignore[no-untyped-call]


def secured(credentials: str) -> Any:
    """Returns the security settings by which only a holder of this key can talk to scheduler and workers."""
    from distributed.security import Security

    roles = ("tls_ca_file", "tls_client_cert", "tls_scheduler_cert", "tls_worker_cert")
    return Security(require_encryption=True, **dict.fromkeys(roles, credentials))  # type: ignore[no-untyped-call]


def certificate() -> Path:
    """Returns the path of the credentials of workers that several servers share: HEADSTART_CERTIFICATE, or a file in
    the store."""
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
        dashboard_address="127.0.0.1:0",  # for health checks
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
    os._exit(0)  # The workers notice this and end too, even during a run. The store can cope with that.


def fork_quickly() -> None:
    """Starts the process from which all workers are forked, if the system can fork.

    That process loads torch and the data once (core/serve/preload.py), so that a new worker, also one that replaces a
    lost worker, starts in a tenth of a second. The environment is set first, because malloc and OpenMP read it when a
    process starts.
    """
    if METHOD == "spawn":
        return
    from multiprocessing import forkserver

    os.environ.update({name: str(value) for name, value in (MEMORY | dict.fromkeys(THREADS, 1)).items()})
    loaded = ["distributed.worker", "distributed.nanny", "core.serve.preload"]
    multiprocessing.get_context(METHOD).set_forkserver_preload(loaded)
    forkserver.ensure_running()


def replace_lost_workers(cluster: Any) -> None:
    """Replaces lost workers, forever, because Dask gives up a worker that was lost while it started."""

    alive: dict[Any, float] = {}  # the time at which each was last alive

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
    """Returns a new key and its certificate as one text. They are valid for a year."""
    from distributed.security import Security

    new = Security.temporary()  # type: ignore[no-untyped-call]
    return f"{new.tls_client_key}{new.tls_client_cert}"


def credentials_from(path: Path) -> str:
    """Returns the credentials in a file that only this user can read. Creates the file if it does not exist."""
    with suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(new_credentials())
    return path.read_text("utf-8")


if __name__ == "__main__":
    main()
