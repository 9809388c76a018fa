"""Asks workers for values, once for everybody who wants them, and reports how far each value has come.

A scheduler and two workers run as processes that end with the server. HEADSTART_SCHEDULER names other ones to use
instead. Jobs that are lost are started again as soon as there is a worker, so the loss of workers or of the scheduler
does not end a run. This module does not depend on pages and does not interpret values. It does not import torch,
which only the workers need.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import uuid
from collections.abc import Sequence, Set
from contextlib import suppress
from functools import partial
from typing import Any

from core.experiment.spec import Measure, Run, digest
from core.serve import workers
from core.serve.queue import Queue
from core.serve.requests import AHEAD, ASIDE, ONE_LARGE, Job, Value, ancestors, is_large, jobs_for, missing
from core.serve.requests import Busy as Busy
from core.serve.requests import Limits as Limits
from core.serve.requests import State as State
from core.store import store

LOST = "The computing processes have stopped and are being restarted. Your run starts again from the beginning."
AWAY = "The computing processes do not answer at the moment. Your run starts as soon as they do."
ANEW = "A computing process stopped during this run. The run starts again from the beginning."
GIVEN_UP = "The process that computed this stopped several times, so the app gave up. Choose smaller settings."
NOTHING = "The app tried this several times without a result. Try again later."
PATIENCE = 60.0  # seconds without an answer, or without a worker, after which scheduler and workers count as lost
SLOWEST = 10.0  # longest time in seconds between two attempts to reach them


class Engine:
    """Manages the workers of one server. No method waits for the workers: a separate thread talks to them."""

    def __init__(self, limits: Limits | None = None):
        self.limits = limits or Limits()
        self._line = Queue()
        self._ended: dict[str, State] = {}  # the end of jobs that left no result
        self._trouble = ""  # a message about what the server does while it has no workers
        self._lock = threading.RLock()
        self._wake, self._closing = threading.Event(), threading.Event()
        self._client: Any = None
        self._child: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._speak, name="engine", daemon=True)
        self._thread.start()

    def ask(self, values: Sequence[Value], tab: str, learner: str = "") -> None:
        """Requests values. All values together are one request, and stored values cost nothing.

        A tab waits for one set of runs at a time: runs that it requested before and does not request now are given
        up. A tab without a known learner counts as a learner. Raises Busy.
        """
        needs = {digest(value): [*missing(value), value] for value in values if not store.complete(value)}
        jobs, races, learner = jobs_for(needs), any(isinstance(value, Run) for value in values), learner or tab
        with self._lock:
            if races:
                self._give_up(self._line.older(tab, learner) - needs.keys(), learner, tab, but=jobs.keys())
            names = {name: set(map(digest, needs[name])) for name in needs}
            if not self._line.join(names, jobs, tab, learner, races, self.limits):
                return  # everything is stored, or it was a double click
            for name, job in jobs.items():
                store.mark_to_stop(job.value, False)
                self._ended.pop(name, None)
        self._wake.set()

    def stop(self, values: Sequence[Value], tab: str, learner: str = "") -> None:
        """Cancels the requests of a learner for some values, in all of their tabs. If nobody else wants a value, it
        gets a stop mark and ends at its next event, or when it begins."""
        with self._lock:
            self._give_up({digest(value) for value in values}, learner or tab)

    def watch(self, values: Sequence[Value], tab: str, learner: str = "") -> None:
        """Notes that somebody looks at these values in this tab, which may have been reloaded since the request.

        If a tab has looked once and stops looking, its values are given up unless another tab wants them.
        """
        with self._lock:
            self._line.look({digest(value) for value in values}, tab, learner or tab)

    def wants(self, values: Sequence[Value], tab: str, learner: str = "") -> bool:
        """Returns whether a learner waits for one of these values, in any tab."""
        names = {digest(value) for value in values}
        return any(one.learner == (learner or tab) and names & one.needs.keys() for one in list(self._line.requests))

    def _give_up(self, names: Set[str], learner: str, tab: str | None = None, but: Set[str] = frozenset()) -> None:
        for name in self._line.leave(names, learner, tab) - but:
            store.mark_to_stop(self._line.jobs[name].value)
        self._wake.set()

    def state(self, value: Value) -> State:
        """Returns how far a value has come, even if another server computes it. It reads a few small files."""
        name, found = digest(value), store.events(value) if isinstance(value, Run) else []
        restarted = bool(found) and bool(found[0].get("restarted"))
        if store.finished(found) or (isinstance(value, Measure) and store.complete(value)):
            if name in self._line.jobs:
                # a learner who has seen this value done may request the next without waiting for the worker's answer
                self._end(name)
            return State("done", restarted=restarted)
        with self._lock:  # two threads that test a lock of the store at the same time would see each other
            if store.is_being_written(value):
                return State("running", restarted=restarted)
            if (position := self._line.requests_ahead(name)) is not None:
                return State("queued", position, message=self._waits_for(value))
            if name in self._ended or name in self._line.jobs:
                return self._ended.get(name, State("stopped"))
        last = found[-1] if found else {"kind": ""}
        if last["kind"] == "failed":
            return State("failed", message=last["message"])
        return State("stopped" if last["kind"] == "stopped" else "absent")  # absent: its server ended before it did

    @property
    def pending(self) -> int:
        """Returns how many requests of all sessions have not ended."""
        return len(self._line.requests)

    def close(self) -> None:
        """Ends the workers that this engine started, even while they are starting."""
        self._closing.set()
        self._wake.set()
        self._thread.join(0.2)
        if (child := self._child) and self._thread.is_alive():
            workers.kill(child)
        self._thread.join(20)

    def _waits_for(self, value: Value) -> str:
        if self._trouble:
            return self._trouble
        if any(store.is_being_written(run) for run in ancestors(value)):
            return AHEAD
        job = self._line.jobs.get(digest(value))
        first = [self._line.jobs[name].value for name in job.waits & self._line.jobs.keys()] if job else []
        if any(map(store.is_being_written, first)):
            return ASIDE
        if is_large(value) and self._line.has_large:
            return ONE_LARGE
        return ANEW if job and job.losses else ""

    # --- The thread that speaks with the workers, and their answers --------------------------------------------------

    def _speak(self) -> None:
        failures = 0
        while not self._closing.is_set():
            try:
                self._connect()
                self._submit()
                failures, self._trouble = 0, ""
            except Exception:
                if not failures and not self._closing.is_set():
                    logging.getLogger(__name__).exception("The workers could not be reached.")
                self._trouble, failures = AWAY if self._address else LOST, failures + 1
                self._hang_up()
                self._closing.wait(min(SLOWEST, 0.2 * 2**failures))
                continue
            self._wake.wait(1 if self._line.jobs else 5)
            self._wake.clear()
            self._look_after()
        with self._lock:
            self._line = Queue()
        self._hang_up()

    @property
    def _address(self) -> str:
        return os.environ.get("HEADSTART_SCHEDULER", "")

    def _connect(self) -> None:
        """Connects to the scheduler, starting one if necessary, and waits until it has a worker."""
        lost = self._client is not None and self._client.status != "running"
        if self._client is None or lost or (self._child and self._child.poll() is not None):
            if self._client is not None:
                self._trouble = AWAY if self._address else LOST
            self._hang_up()
            if self._address:
                self._client = workers.connect(self._address)
            else:
                self._child = workers.start()
                self._client = workers.connect(*workers.address_of(self._child))
            self._client.wait_for_workers(1, timeout=PATIENCE)

    def _hang_up(self) -> None:
        """Disconnects from scheduler and workers. All submitted jobs will have to be submitted again."""
        with self._lock:
            for job in self._line.jobs.values():
                job.future = None
        with suppress(Exception):  # there is no client yet, or it has lost its scheduler
            self._client.close(timeout=2)
        if self._child:
            workers.end(self._child)
        self._client = self._child = None

    def _submit(self) -> None:
        """Submits as many jobs as the workers can begin, and no more. The others wait here, where their order can
        change."""
        if not self._line.jobs:
            return
        ask = self._client.scheduler.processing
        load = self._client.sync(ask, workers=None, callback_timeout=PATIENCE)
        if not load:
            self._trouble = LOST
            self._client.wait_for_workers(1, timeout=PATIENCE)
            return self._wake.set()
        with self._lock:
            for share in self._line.deal(self._line.due(), len(load)):
                first = self._line.jobs[share[0]]
                turns = [self._line.begin(name) for name in share]
                at_once = tuple(self._line.jobs[name].value for name in share[1:])
                args = workers.compute, first.value, self.limits.seconds, first.others, at_once
                # a name for this attempt, so that another attempt does not fail with it
                key = f"{type(first.value).__name__}-{uuid.uuid4().hex}"
                future = self._client.submit(*args, key=key, priority=first.priority - min(turns))
                for job in (self._line.jobs[name] for name in share):
                    job.future, job.before = future, store.events(job.value) if isinstance(job.value, Run) else []
                future.add_done_callback(partial(self._answered, share[0]))

    def _answered(self, leader: str, future: Any) -> None:
        """Handles a worker's answer: it has finished its share of the jobs, or was lost."""
        why = future.exception() if future.status == "error" else None
        failed, lost = isinstance(why, workers.Failed), why is not None and not isinstance(why, workers.Failed)
        if lost:
            logging.getLogger(__name__).warning("A worker was lost in the middle of a run: %s", why)
        future.release()
        with self._lock:
            for name, job in [(name, job) for name, job in self._line.jobs.items() if job.future is future]:
                if not failed and store.is_being_written(job.value):
                    job.elsewhere = True  # from now on, `_look_after` looks after it
                elif failed and name == leader:
                    self._end(name, State("failed", message=str(why)))
                else:
                    self._settle(name, job, GIVEN_UP if lost else NOTHING)
        self._wake.set()

    def _look_after(self) -> None:
        """Gives up values that nobody watches any more, and settles jobs that workers did on the side."""
        with self._lock:
            for tab, learner in self._line.unwatched(self.limits.unwatched):
                self._give_up(self._line.wanted_names(tab, learner), learner, tab)
            for name, job in list(self._line.jobs.items()):
                if not job.future and self._line.first_request(name) is None:
                    self._end(name, State("stopped"))  # ended before a worker began it
                beside = job.elsewhere or (job.others and store.stop_mark(job.value).exists())
                if (beside and self._over(job)) or (job.others and store.complete(job.value)):
                    self._settle(name, job, NOTHING)

    def _over(self, job: Job) -> bool:
        """Returns whether a run was begun and nobody computes it any more."""
        return isinstance(job.value, Run) and bool(store.events(job.value)) and not store.is_being_written(job.value)

    def _settle(self, name: str, job: Job, why: str) -> None:
        """Settles a job that no worker computes any more: it is done, it has failed, or it is started again."""
        mark, found = store.stop_mark(job.value), store.events(job.value) if isinstance(job.value, Run) else []
        if store.complete(job.value):
            self._end(name)
        elif (job.elsewhere or mark.exists()) and found and found[-1]["kind"] == "failed":
            self._end(name, State("failed", message=found[-1]["message"]))
        elif self._line.first_request(name) is None:
            self._end(name, State("stopped"))
        elif job.losses + 1 >= self.limits.losses:
            self._end(name, State("failed", message=why))
        else:  # its worker was lost, or the job was just stopping when it was requested again
            # if it has not begun, its worker was lost while it started
            begun = found != job.before or not isinstance(job.value, Run)
            job.future, job.losses, job.elsewhere = None, job.losses + begun, False
            store.mark_to_stop(job.value, False)
            self._wake.set()

    def _end(self, name: str, state: State | None = None) -> None:
        """Ends a job. If the job left no result, `state` says how it ended. Then the jobs that depend on it end as
        well."""
        with self._lock:
            self._line.end(name)
            if state:
                self._ended[name] = state
            for old in list(self._ended)[:-1000]:
                del self._ended[old]
            for other in [other for other, job in self._line.jobs.items() if state and name in job.after]:
                self._end(other, state)
        self._wake.set()
