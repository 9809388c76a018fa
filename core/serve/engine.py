"""Asks workers for values, once for everybody who wants them, and knows how far each has come.

A scheduler and two workers run as processes that end with the server; HEADSTART_SCHEDULER names others instead.
Knows no screen and not what a value means; imports no torch, which only the workers need.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Literal

from core.serve import store, workers
from core.spec import Measure, Run, digest

LOST = "The workers that compute were lost. Run it again; if that does not help, the server needs a restart."
AHEAD = "What this starts from is being learned first."
Value = Run | Measure


class Busy(RuntimeError):
    """No more may be asked for now; the message is a sentence for the learner."""


@dataclass(frozen=True)
class State:
    """How far a value has come."""

    kind: Literal["absent", "queued", "running", "done", "stopped", "failed"]
    position: int = 0  # requests ahead of it
    restarted: bool = False  # a worker was lost in the middle, and the run was begun again
    message: str = ""  # a sentence for the learner: why it failed, what it waits for


@dataclass(frozen=True)
class Limits:
    wall: float = 600  # seconds a run
    pending_a_session: int = 2  # requests: one running, one queued
    pending: int = 64  # requests of all sessions


@dataclass(eq=False)
class Job:
    """One value that has been asked for and has not ended."""

    value: Value
    priority: int
    after: set[str]  # names of the runs it stands on
    future: Any = None  # None until it is submitted
    again: bool = False  # it has been submitted twice


@dataclass(eq=False)
class Request:
    """One click: the values that a session waits for, each with the names of all jobs it needs."""

    session: str
    needs: dict[str, set[str]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return any(name in names for names in self.needs.values())


class Engine:
    """The workers of one server. Nothing here waits for them: a thread of its own speaks with them."""

    def __init__(self, limits: Limits = Limits()):
        self.limits = limits
        self._requests: list[Request] = []  # the pending ones, oldest first
        self._jobs: dict[str, Job] = {}  # by digest
        self._ended: dict[str, State] = {}  # how jobs ended that left no result
        self._lock = threading.RLock()
        self._inbox: SimpleQueue[list[str] | None] = SimpleQueue()  # jobs to submit; None to close
        self._client: Any = None
        self._child: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._speak, name="engine", daemon=True)
        self._thread.start()

    def ask(self, values: Sequence[Value], session: str) -> None:
        """Want values, as one request; what is stored costs nothing. Raises Busy."""
        needs = {digest(value): [*missing(value), value] for value in values if not store.complete(value)}
        jobs = {digest(value): value for chain in needs.values() for value in chain}
        started = {digest(run) for value in jobs.values() if isinstance(value, Run) for run in ancestors(value)}
        with self._lock:
            mine = [request for request in self._requests if request.session == session]
            if all(any(name in request.needs for request in mine) for name in needs):
                return  # everything is stored, or it was a double click
            if len(mine) >= self.limits.pending_a_session:
                raise Busy("One run of yours is in progress and another waits. Stop one, or wait until one is done.")
            if len(self._requests) >= self.limits.pending:
                raise Busy("Too many runs of other learners are waiting. Try again in a minute.")
            for name, value in jobs.items():
                store.stop_mark(value).unlink(missing_ok=True)
                self._ended.pop(name, None)
                pretraining = name not in needs or name in started  # others that are wanted stand on it
                self._jobs.setdefault(name, Job(value, 0 if pretraining else 10, set(map(digest, ancestors(value)))))
            self._requests.append(Request(session, {name: set(map(digest, chain)) for name, chain in needs.items()}))
        self._inbox.put(list(jobs))

    def stop(self, values: Sequence[Value], session: str) -> None:
        """Want values no longer. What nobody here wants is marked: it ends at its next event, or as it begins."""
        names, freed = {digest(value) for value in values}, set[str]()
        with self._lock:
            for request in self._requests:
                if request.session == session:
                    freed.update(*(request.needs.pop(name) for name in names & request.needs.keys()))
            self._requests = [request for request in self._requests if request.needs]
            for name in freed & self._jobs.keys():
                if self._ahead(name) is None:
                    store.stop_mark(self._jobs[name].value).touch()

    def state(self, value: Value) -> State:
        """How far a value has come, whichever server computes it. Reads a few small files."""
        name, found = digest(value), store.events(value) if isinstance(value, Run) else []
        restarted = bool(found) and bool(found[0].get("restarted"))
        if store.complete(value):
            if name in self._jobs:
                self._end(name)  # whoever has seen it done may ask for the next: do not wait for the worker's word
            return State("done", restarted=restarted)
        with self._lock:  # two threads that look at a lock of the store at once would see each other
            if store.in_hand(value):
                return State("running", restarted=restarted)
            if (position := self._ahead(name)) is not None:
                waits = any(store.in_hand(run) for run in ancestors(value))
                return State("queued", position, message=AHEAD if waits else "")
            if name in self._ended or name in self._jobs:
                return self._ended.get(name, State("stopped"))
        last = found[-1] if found else {"kind": ""}
        if last["kind"] == "failed":
            return State("failed", message=last["message"])
        return State("stopped" if last["kind"] == "stopped" else "absent")  # absent: its server ended before it did

    @property
    def pending(self) -> int:
        """How many requests of all sessions have not ended."""
        return len(self._requests)

    def close(self) -> None:
        """End the workers that this engine started."""
        self._inbox.put(None)
        self._thread.join(20)

    def _ahead(self, name: str) -> int | None:
        """How many requests came before the first that waits for this job; None if nobody does."""
        waiting = (k for k, request in enumerate(self._requests) if request.has(name))
        return next(waiting, None)

    # --- The thread that speaks with the workers, and their answers --------------------------------------------------

    def _speak(self) -> None:
        names: list[str] | None = []
        while names is not None:
            try:
                self._connect()
                for name in names:
                    self._submit(name)
            except Exception:
                logging.getLogger(__name__).exception("The workers could not be reached.")
                for name in names:
                    self._end(name, State("failed", message=LOST))
            names = self._inbox.get()
        with self._lock:
            self._jobs.clear()
        self._hang_up()

    def _connect(self) -> None:
        from distributed import Client  # takes most of a second: not while the server starts

        if self._client is None or self._client.status != "running":
            self._hang_up()
            address = os.environ.get("HEADSTART_SCHEDULER", "")
            if not address:
                self._child, address = workers.start()
            self._client = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
            self._client.wait_for_workers(1, timeout=60)
        self._client.sync(nothing)  # the client has now forgotten what was released: its key can be used again

    def _hang_up(self) -> None:
        with suppress(Exception):  # there is none yet, or it has lost its scheduler
            self._client.close(timeout=5)
        if self._child:
            workers.end(self._child)
        self._client = self._child = None

    def _submit(self, name: str) -> None:
        """Submit a job, once and not before what it stands on: Dask would put all that wait for it on one worker."""
        with self._lock:
            job = self._jobs.get(name)
            if job and not job.future and not job.after & self._jobs.keys():
                args = workers.compute, job.value, self.limits.wall
                job.future = self._client.submit(*args, key=name, priority=job.priority)
                job.future.add_done_callback(self._answered)

    def _answered(self, future: Any) -> None:
        why = future.exception() if future.status == "error" else None
        finished, name = future.status == "finished", future.key
        future.release()
        with self._lock:
            job = self._jobs.get(name)
            if job is None or job.future is not future:
                return
            if finished and store.complete(job.value):
                self._end(name)
            elif not why and not job.again and self._ahead(name) is not None:
                # All workers went at once, or it was just stopping when it was wanted again: once more, and once only.
                job.future, job.again = None, True
                store.stop_mark(job.value).unlink(missing_ok=True)
                self._inbox.put([name])
            elif finished:
                self._end(name, State("stopped"))
            else:
                self._end(name, State("failed", message=str(why) if isinstance(why, workers.Failed) else LOST))

    def _end(self, name: str, state: State | None = None) -> None:
        """A job is over; state says how if it left no result, and then what stands on it is over as well."""
        with self._lock:
            self._jobs.pop(name, None)
            if state:
                self._ended[name] = state
            for old in list(self._ended)[:-1000]:
                del self._ended[old]
            for request in self._requests:
                request.needs.pop(name, None)
            self._requests = [request for request in self._requests if request.needs]
            after = [other for other, job in self._jobs.items() if name in job.after]
            if not state:
                self._inbox.put(after)
            for other in after if state else ():
                self._end(other, state)


def ancestors(value: Value) -> list[Run]:
    """All runs that a value stands on, oldest first."""
    runs = value.runs if isinstance(value, Measure) else (value.start,) if value.start else ()
    return list(dict.fromkeys(run for start in runs for run in reversed(list(start.lineage()))))


def missing(value: Value) -> list[Run]:
    return [run for run in ancestors(value) if store.weights(run) is None]


async def nothing() -> None:
    pass
