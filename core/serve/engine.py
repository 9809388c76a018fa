"""Asks workers for values, once for everybody who wants them, and knows how far each has come.

A scheduler and two workers run as processes that end with the server; HEADSTART_SCHEDULER names others instead.
Knows no screen and not what a value means; imports no torch, which only the workers need.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Sequence, Set
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from core.serve import store, workers
from core.serve.requests import AHEAD, ASIDE, Job, Request, Value, ancestors, jobs_for, missing
from core.serve.requests import Busy as Busy
from core.serve.requests import Limits as Limits
from core.serve.requests import State as State
from core.spec import Measure, Run, digest

LOST = "The workers that compute were lost. Run it again; if that does not help, the server needs a restart."


class Engine:
    """The workers of one server. Nothing here waits for them: a thread of its own speaks with them."""

    def __init__(self, limits: Limits | None = None):
        self.limits = limits or Limits()
        self._requests: list[Request] = []  # the pending ones, oldest first
        self._jobs: dict[str, Job] = {}  # by digest
        self._ended: dict[str, State] = {}  # how jobs ended that left no result
        self._seen: dict[str, float] = {}  # when sessions that watch last looked
        self._lock = threading.RLock()
        self._inbox: SimpleQueue[list[str] | None] = SimpleQueue()  # jobs to submit; None to close
        self._client: Any = None
        self._child: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._speak, name="engine", daemon=True)
        self._thread.start()

    def ask(self, values: Sequence[Value], session: str) -> None:
        """Want values, as one request; what is stored costs nothing. A session wants one set of runs at a time: those
        that it asked for before and does not now are given up. Raises Busy."""
        needs = {digest(value): [*missing(value), value] for value in values if not store.complete(value)}
        jobs, races = jobs_for(needs), any(isinstance(value, Run) for value in values)
        with self._lock:
            if session in self._seen:
                self.watch(session)
            if races:
                older = {name for one in self._requests if one.session == session and one.races for name in one.needs}
                self._give_up(older - needs.keys(), session, but=jobs.keys())
            mine = [request for request in self._requests if request.session == session]
            lacking = {name: set(map(digest, needs[name])) for name in needs if not any(name in r.needs for r in mine)}
            if not lacking:
                return  # everything is stored, or it was a double click
            if not races and len(mine) >= self.limits.pending_a_session:
                raise Busy("What you asked before is still being answered. Try again in a moment.")
            if len(self._requests) >= self.limits.pending:
                raise Busy("Too many runs of other learners are waiting. Try again in a minute.")
            for name, job in jobs.items():
                store.mark_to_stop(job.value, False)
                self._ended.pop(name, None)
                self._jobs.setdefault(name, job)
            self._requests.append(Request(session, races, lacking))
        self._inbox.put(list(jobs))

    def stop(self, values: Sequence[Value], session: str) -> None:
        """Want values no longer. What nobody here wants is marked: it ends at its next event, or as it begins."""
        with self._lock:
            self._give_up({digest(value) for value in values}, session)

    def watch(self, session: str) -> None:
        """Say that somebody looks. What a session wants is given up when it has looked once and looks no more."""
        self._seen[session] = time.monotonic()

    def _give_up(self, names: Set[str], session: str, but: Set[str] = frozenset()) -> None:
        freed = set[str]()
        for request in self._requests:
            if request.session == session:
                freed.update(*(request.needs.pop(name) for name in names & request.needs.keys()))
        self._requests = [request for request in self._requests if request.needs]
        for name in (freed - but) & self._jobs.keys():
            if self._ahead(name) is None:
                store.mark_to_stop(self._jobs[name].value)

    def state(self, value: Value) -> State:
        """How far a value has come, whichever server computes it. Reads a few small files."""
        name, found = digest(value), store.events(value) if isinstance(value, Run) else []
        restarted = bool(found) and bool(found[0].get("restarted"))
        if store.finished(found) or (isinstance(value, Measure) and store.complete(value)):
            if name in self._jobs:
                self._end(name)  # whoever has seen it done may ask for the next: do not wait for the worker's word
            return State("done", restarted=restarted)
        with self._lock:  # two threads that look at a lock of the store at once would see each other
            if store.in_hand(value):
                return State("running", restarted=restarted)
            if (position := self._ahead(name)) is not None:
                return State("queued", position, message=self._waits_for(value))
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

    def _waits_for(self, value: Value) -> str:
        if any(store.in_hand(run) for run in ancestors(value)):
            return AHEAD
        job = self._jobs.get(digest(value))
        first = [self._jobs[name].value for name in job.waits & self._jobs.keys()] if job else []
        return ASIDE if any(map(store.in_hand, first)) else ""

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
            names = self._next()
        with self._lock:
            self._jobs.clear()
        self._hang_up()

    def _next(self) -> list[str] | None:
        """What is to be submitted next. As long as there is work, it is looked after once a second."""
        while True:
            try:
                return self._inbox.get(timeout=1 if self._jobs else None)
            except Empty:
                self._look_after()

    def _look_after(self) -> None:
        """Give up what nobody watches any more, and see how jobs have ended that workers did beside others."""
        with self._lock:
            for session, seen in list(self._seen.items()):
                if time.monotonic() - seen > self.limits.unwatched:
                    del self._seen[session]
                    wanted = {name for one in self._requests if one.session == session for name in one.needs}
                    self._give_up(wanted, session)
            for name, job in list(self._jobs.items()):
                beside = job.elsewhere or (job.others and store.stop_mark(job.value).exists())
                if (beside and self._over(job)) or (job.others and store.complete(job.value)):
                    self._settle(name, job, State("stopped"))

    def _over(self, job: Job) -> bool:
        """Whether somebody has begun a run and nobody is at it any more."""
        return isinstance(job.value, Run) and bool(store.events(job.value)) and not store.in_hand(job.value)

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
            if job and not job.future and not job.waits & self._jobs.keys():
                args = workers.compute, job.value, self.limits.seconds, job.others
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
            if finished and store.in_hand(job.value):
                job.elsewhere = True  # and looked after from now on
            elif why:
                self._end(name, State("failed", message=str(why) if isinstance(why, workers.Failed) else LOST))
            else:
                self._settle(name, job, State("stopped") if finished else State("failed", message=LOST))

    def _settle(self, name: str, job: Job, otherwise: State) -> None:
        """A worker has no more to do with a job: it is done, or begun once more, or over."""
        mark, found = store.stop_mark(job.value), store.events(job.value) if isinstance(job.value, Run) else []
        if store.complete(job.value):
            self._end(name)
        elif (job.elsewhere or mark.exists()) and found and found[-1]["kind"] == "failed":
            self._end(name, State("failed", message=found[-1]["message"]))
        elif not job.again and self._ahead(name) is not None:
            # All workers went at once, or it was just stopping when it was wanted again: once more, and once only.
            job.future, job.again, job.elsewhere = None, True, False
            store.mark_to_stop(job.value, False)
            self._inbox.put([name])
        else:
            self._end(name, otherwise)

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
            for other in [other for other, job in self._jobs.items() if state and name in job.after]:
                self._end(other, state)
            if after := [other for other, job in self._jobs.items() if name in job.waits]:
                self._inbox.put(after)


async def nothing() -> None:
    pass
