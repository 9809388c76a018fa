"""The queue of requests: which jobs each learner wants, whose turn it is, and how the sides of a race are shared
among workers.

A request belongs to a learner. Each of the learner's tabs may wait for one set of runs at a time. A new request in a
tab gives up what that tab requested before, unless another tab or another learner still waits for it. A reloaded tab
takes over the values that it looks at. This module does not depend on workers, threads or the disk.
"""

from __future__ import annotations

import time
from collections.abc import Set
from itertools import count

from core.experiment.spec import Run
from core.serve.requests import Busy, Job, Limits, Request, is_large


class Queue:
    """Holds the pending requests and their jobs."""

    def __init__(self) -> None:
        self.requests: list[Request] = []  # the pending requests
        self.jobs: dict[str, Job] = {}  # by digest
        self._had: dict[str, list[float]] = {}  # by learner: the times at which their runs began
        self._numbers = count()

    # --- Wanting ------------------------------------------------------------------------------------------------------

    def join(
        self, needs: dict[str, set[str]], jobs: dict[str, Job], tab: str, learner: str, races: bool, limits: Limits
    ) -> bool:
        """Adds a tab's request for values, each with the names of the jobs that it needs.

        Returns False if the tab waits for all of them already. Raises Busy.
        """
        mine = self._of(tab, learner)
        for request in mine:
            if request.tabs[tab] is not None:
                request.tabs[tab] = time.monotonic()  # the tab is back, so it is not given up for its absence
        lacking = {name: needs[name] for name in needs if not any(name in request.needs for request in mine)}
        if not lacking:
            return False
        if not races and len(mine) >= limits.pending_a_tab:
            raise Busy("Your earlier runs have not finished yet. Try again in a moment.")
        if len(self.requests) >= limits.pending:
            raise Busy("Too many other learners are waiting for their runs. Try again in a minute.")
        for name, job in jobs.items():
            self.jobs.setdefault(name, job)
        turn = self._turn(learner, limits.lately) if races else 0
        self.requests.append(Request(learner, {tab: None}, races, turn, next(self._numbers), lacking))
        return True

    def _turn(self, learner: str, lately: float) -> int:
        """Returns how many runs a learner has had lately or is waiting for."""
        since = time.monotonic() - lately
        self._had = {who: new for who, times in self._had.items() if (new := [at for at in times if at > since])}
        waiting = [one for one in self.requests if one.learner == learner and one.races and not one.begun]
        return len(self._had.get(learner, ())) + len(waiting)

    def older(self, tab: str, learner: str) -> set[str]:
        """Returns the names of the values in the set of runs that a tab waits for."""
        return {name for one in self._of(tab, learner) if one.races for name in one.needs}

    def wanted_names(self, tab: str, learner: str) -> set[str]:
        """Returns the names of all values that a tab waits for."""
        return {name for one in self._of(tab, learner) for name in one.needs}

    def _of(self, tab: str, learner: str) -> list[Request]:
        return [request for request in self.requests if tab in request.tabs and request.learner == learner]

    def leave(self, names: Set[str], learner: str, tab: str | None = None) -> set[str]:
        """Ends the wait of a learner, or of one of their tabs, for some values. Returns the jobs that nobody waits
        for now."""
        freed = set[str]()
        for request in self.requests:
            if request.learner != learner or (tab is not None and tab not in request.tabs):
                continue
            if tab is not None and len(request.tabs) > 1 and names & request.needs.keys():
                del request.tabs[tab]  # another of the learner's tabs waits for it
                continue
            freed.update(*(request.needs.pop(name) for name in names & request.needs.keys()))
        self._tidy()
        return {name for name in freed & self.jobs.keys() if self.first_request(name) is None}

    def look(self, names: Set[str], tab: str, learner: str) -> None:
        """Notes that a tab looks at some values, and so at all that it waits for."""
        for request in self.requests:
            if request.learner == learner and (tab in request.tabs or names & request.needs.keys()):
                request.tabs[tab] = time.monotonic()

    def unwatched(self, seconds: float) -> set[tuple[str, str]]:
        """Returns the tabs that have looked once but not for this many seconds, each with its learner."""
        since = time.monotonic() - seconds
        return {
            (tab, request.learner)
            for request in self.requests
            for tab, seen in request.tabs.items()
            if seen is not None and seen < since
        }

    def end(self, name: str) -> None:
        """Removes a job that has ended from all requests."""
        self.jobs.pop(name, None)
        for request in self.requests:
            request.needs.pop(name, None)
        self._tidy()

    def _tidy(self) -> None:
        self.requests = [request for request in self.requests if request.needs]

    # --- Whose turn it is ---------------------------------------------------------------------------------------------

    def first_request(self, name: str) -> Request | None:
        """Returns the request whose turn comes first among those that need this job, or None if nobody waits for it."""
        return min((one for one in self.requests if one.has(name)), key=lambda one: one.place, default=None)

    def requests_ahead(self, name: str) -> int | None:
        """Returns how many requests for runs come before a job, or None if nobody waits for it."""
        if (mine := self.first_request(name)) is None:
            return None
        return sum(one.races and one.place < mine.place for one in self.requests) if mine.races else 0

    def due(self) -> list[str]:
        """Returns the jobs that can be submitted, in their order.

        A job that depends on another job waits for it here. Dask would put all jobs that wait for the same job on one
        worker. Of jobs with a large model, one begins at a time.
        """
        free = [name for name, job in self.jobs.items() if not job.future and not job.waits & self.jobs.keys()]
        wanted = [(name, request) for name in free if (request := self.first_request(name))]
        ready = [name for name, _ in sorted(wanted, key=lambda each: self._order(*each))]
        large = [name for name in ready if is_large(self.jobs[name].value)]
        return [name for name in ready if name not in large[0 if self.has_large else 1 :]]

    @property
    def has_large(self) -> bool:
        """Returns whether a job with a large model is under way."""
        return any(job.future and is_large(job.value) for job in self.jobs.values())

    def _order(self, name: str, request: Request) -> tuple[int, bool, int, int, int]:
        """Returns the sort key of a job. Jobs that were lost with their worker more than once come last, because they
        may have been the reason."""
        return max(0, self.jobs[name].losses - 1), *request.place, -self.jobs[name].priority

    def begin(self, name: str) -> int:
        """Marks a job as submitted, which uses up the learner's turn. Returns the number of that turn."""
        request = self.first_request(name)
        assert request
        if request.races and not request.begun:
            self._had.setdefault(request.learner, []).append(time.monotonic())
        request.begun = True
        return request.turn

    def deal(self, due: list[str], workers: int) -> list[list[str]]:
        """Divides the jobs that are due into shares that the workers begin now, one share for each worker.

        The sides of a race are given to the same worker while other runs are waiting. Each worker then computes a
        whole race, and none waits for another.
        """
        under_way = {id(job.future): job.value for job in self.jobs.values() if job.future and not job.elsewhere}
        runs = [name for name in due if isinstance(self.jobs[name].value, Run)]
        questions = [name for name in due if name not in runs]
        free = workers - len(under_way)
        shares = [[name] for name in questions[: max(0, free)]]
        left = workers - sum(isinstance(value, Run) for value in under_way.values())  # a measure is soon answered
        while runs and left > 0 and len(questions) <= free:
            beside = self.jobs[runs[0]].others
            team = [name for name in runs if name == runs[0] or self.jobs[name].value in beside]
            runs = [name for name in runs if name not in team]
            hands = max(1, min(len(team), left - len(runs)))
            shares += balanced_parts(team, [self._size(name) for name in team], hands)
            left -= hands
        return shares

    def _size(self, name: str) -> int:
        value = self.jobs[name].value
        return value.steps * value.seeds if isinstance(value, Run) else 1


def balanced_parts(names: list[str], sizes: list[int], hands: int) -> list[list[str]]:
    """Divides names into `hands` parts of nearly the same size: the largest first, each to the smallest part so far."""
    parts: list[tuple[int, list[str]]] = [(0, []) for _ in range(hands)]
    for size, name in sorted(zip(sizes, names, strict=True), key=lambda each: -each[0]):
        least = min(range(hands), key=lambda k: parts[k][0])
        parts[least] = parts[least][0] + size, [*parts[least][1], name]
    return [part for _, part in parts]
