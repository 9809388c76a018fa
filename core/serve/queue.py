"""The line of those who wait: who wants which jobs, whose turn it is, and how the sides of a race are dealt out.

A request is a learner's. Each of their tabs may wait for one set of runs at a time: asking anew in a tab gives up what
that tab asked for before, and nothing that another tab, or another learner, still waits for. A tab that is loaded again
takes up what it looks at. Knows no worker, no thread and no disk.
"""

from __future__ import annotations

import time
from collections.abc import Set
from itertools import count

from core.experiment.spec import Run
from core.serve.requests import Busy, Job, Limits, Request


class Queue:
    def __init__(self) -> None:
        self.requests: list[Request] = []  # the pending ones
        self.jobs: dict[str, Job] = {}  # by digest
        self._had: dict[str, list[float]] = {}  # by learner: when their runs were begun
        self._numbers = count()

    # --- Wanting ------------------------------------------------------------------------------------------------------

    def join(
        self, needs: dict[str, set[str]], jobs: dict[str, Job], tab: str, learner: str, races: bool, limits: Limits
    ) -> bool:
        """A tab waits for values, each with the names of the jobs it needs; False if it does already. Raises Busy."""
        mine = self._of(tab, learner)
        for request in mine:
            if request.tabs[tab] is not None:
                request.tabs[tab] = time.monotonic()  # who is back is not given up for having been away
        lacking = {name: needs[name] for name in needs if not any(name in request.needs for request in mine)}
        if not lacking:
            return False
        if not races and len(mine) >= limits.pending_a_tab:
            raise Busy("What you asked before is still being answered. Try again in a moment.")
        if len(self.requests) >= limits.pending:
            raise Busy("Too many runs of other learners are waiting. Try again in a minute.")
        for name, job in jobs.items():
            self.jobs.setdefault(name, job)
        turn = self._turn(learner, limits.lately) if races else 0
        self.requests.append(Request(learner, {tab: None}, races, turn, next(self._numbers), lacking))
        return True

    def _turn(self, learner: str, lately: float) -> int:
        """How many runs a learner has had lately, or waits for."""
        since = time.monotonic() - lately
        self._had = {who: new for who, times in self._had.items() if (new := [at for at in times if at > since])}
        waiting = [one for one in self.requests if one.learner == learner and one.races and not one.begun]
        return len(self._had.get(learner, ())) + len(waiting)

    def older(self, tab: str, learner: str) -> set[str]:
        """The names of the values of the set of runs that a tab waits for."""
        return {name for one in self._of(tab, learner) if one.races for name in one.needs}

    def wanted_names(self, tab: str, learner: str) -> set[str]:
        """The names of all values that a tab waits for."""
        return {name for one in self._of(tab, learner) for name in one.needs}

    def _of(self, tab: str, learner: str) -> list[Request]:
        return [request for request in self.requests if tab in request.tabs and request.learner == learner]

    def leave(self, names: Set[str], learner: str, tab: str | None = None) -> set[str]:
        """A learner, or only a tab of theirs, waits for values no longer. Returns the jobs that nobody waits for."""
        freed = set[str]()
        for request in self.requests:
            if request.learner != learner or (tab is not None and tab not in request.tabs):
                continue
            if tab is not None and len(request.tabs) > 1 and names & request.needs.keys():
                del request.tabs[tab]  # another of their tabs waits for it
                continue
            freed.update(*(request.needs.pop(name) for name in names & request.needs.keys()))
        self._tidy()
        return {name for name in freed & self.jobs.keys() if self.first_request(name) is None}

    def look(self, names: Set[str], tab: str, learner: str) -> None:
        """A tab looks at values, and so at all that it waits for."""
        for request in self.requests:
            if request.learner == learner and (tab in request.tabs or names & request.needs.keys()):
                request.tabs[tab] = time.monotonic()

    def unwatched(self, seconds: float) -> set[tuple[str, str]]:
        """The tabs that have looked, but not for so long, each with its learner."""
        since = time.monotonic() - seconds
        return {
            (tab, request.learner)
            for request in self.requests
            for tab, seen in request.tabs.items()
            if seen is not None and seen < since
        }

    def end(self, name: str) -> None:
        """Nobody waits for a job any more: it has ended."""
        self.jobs.pop(name, None)
        for request in self.requests:
            request.needs.pop(name, None)
        self._tidy()

    def _tidy(self) -> None:
        self.requests = [request for request in self.requests if request.needs]

    # --- Whose turn it is ---------------------------------------------------------------------------------------------

    def first_request(self, name: str) -> Request | None:
        """The request for which a job is done, if anybody waits for it: of several the one whose turn comes first."""
        return min((one for one in self.requests if one.has(name)), key=lambda one: one.place, default=None)

    def requests_ahead(self, name: str) -> int | None:
        """How many requests for runs come before a job; None if nobody waits for it."""
        if (mine := self.first_request(name)) is None:
            return None
        return sum(one.races and one.place < mine.place for one in self.requests) if mine.races else 0

    def due(self) -> list[str]:
        """The jobs that can be submitted, in their order. What stands on a job waits for it here: Dask would put all
        that wait for the same on one worker."""
        free = [name for name, job in self.jobs.items() if not job.future and not job.waits & self.jobs.keys()]
        wanted = [(name, request) for name in free if (request := self.first_request(name))]
        return [name for name, _ in sorted(wanted, key=lambda each: self._order(*each))]

    def _order(self, name: str, request: Request) -> tuple[int, bool, int, int, int]:
        """What has been lost with its worker more than once gives way: it may have been the reason."""
        return max(0, self.jobs[name].losses - 1), *request.place, -self.jobs[name].priority

    def begin(self, name: str) -> int:
        """A job is submitted: the learner for whom it is has had their turn. Returns which turn that was."""
        request = self.first_request(name)
        assert request
        if request.races and not request.begun:
            self._had.setdefault(request.learner, []).append(time.monotonic())
        request.begun = True
        return request.turn

    def deal(self, due: list[str], workers: int) -> list[list[str]]:
        """What of that which is due so many workers begin now, one share to each. The sides of a race share a worker
        while other runs wait: each worker then drives a whole race, and none waits for another."""
        under_way = {id(job.future): job.value for job in self.jobs.values() if job.future and not job.elsewhere}
        runs = [name for name in due if isinstance(self.jobs[name].value, Run)]
        questions = [name for name in due if name not in runs]
        free = workers - len(under_way)
        shares = [[name] for name in questions[: max(0, free)]]
        left = workers - sum(isinstance(value, Run) for value in under_way.values())  # a question is soon answered
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
    """Into as many parts of nearly the same size: the largest first, each to whoever has least."""
    parts: list[tuple[int, list[str]]] = [(0, []) for _ in range(hands)]
    for size, name in sorted(zip(sizes, names, strict=True), key=lambda each: -each[0]):
        least = min(range(hands), key=lambda k: parts[k][0])
        parts[least] = parts[least][0] + size, [*parts[least][1], name]
    return [part for _, part in parts]
