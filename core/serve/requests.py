"""Defines what the workers are asked for: requests, the jobs of a request, and how far a value has come.

This module does not depend on workers, threads or torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from core.experiment.spec import Measure, Run, digest
from core.store import store

AHEAD = "The backbone is being trained first."
ASIDE = "The backbone of the other net is being trained first."
ONE_LARGE = "Another run of a large model is under way. Only one of these fits into the memory at a time."
SIDES = 8  # the most sides of a race; the runs of a larger request are computed one after another
Value = Run | Measure


class Busy(RuntimeError):
    """This error is raised if no more may be requested now. The message is a sentence for the learner."""


@dataclass(frozen=True)
class State:
    """Says how far a value has come."""

    kind: Literal["absent", "queued", "running", "done", "stopped", "failed"]
    position: int = 0  # number of requests for runs that come before it
    restarted: bool = False  # a worker was lost during the run, and the run was started again
    message: str = ""  # a sentence for the learner: why it failed or what it waits for


@dataclass(frozen=True)
class Limits:
    """Holds the limits of the engine."""

    seconds: float = 600  # processor time of a run
    pending_a_tab: int = 3  # requests: one of runs, the others of measures
    pending: int = 256  # requests of all learners
    unwatched: float = 60  # seconds after which a tab that has stopped looking no longer wants its values
    lately: float = 300  # seconds for which a run counts against the learner's next run
    losses: int = 6  # how often a job is started before it is given up, because it may be what kills its workers


@dataclass(eq=False)
class Job:
    """One value that was requested and has not ended."""

    value: Value
    priority: int
    after: set[str]  # names of the runs it depends on
    waits: set[str]  # the same, and those that the other sides of its race depend on, because all sides begin together
    others: tuple[Run, ...] = ()  # the other sides of its race
    future: Any = None  # None until it is submitted; sides that share a worker share it
    # the events of an earlier attempt when this one was submitted
    before: list[store.Event] = field(default_factory=list)
    losses: int = 0  # how often it was started without a result
    elsewhere: bool = False  # another worker was computing it when its turn came


@dataclass(eq=False)
class Request:
    """One click of a learner: the values that the learner waits for, each with the names of all jobs that it needs."""

    learner: str
    # the learner's tabs that wait for it, and when each last looked; None if it has not looked
    tabs: dict[str, float | None]
    races: bool  # whether it requests runs
    turn: int  # how many runs the learner had lately or was waiting for
    number: int  # order of arrival
    needs: dict[str, set[str]] = field(default_factory=dict)
    begun: bool = False  # one of its jobs was submitted

    def has(self, name: str) -> bool:
        """Returns whether a job is needed by this request."""
        return any(name in names for names in self.needs.values())

    @property
    def place(self) -> tuple[bool, int, int]:
        """Returns the sort key of the request: first measures, because they are short, then the learners with the
        fewest recent runs, then the earliest request."""
        return self.races, self.turn, self.number


def jobs_for(needs: dict[str, list[Value]]) -> dict[str, Job]:
    """Returns the jobs of one request by name, each with the jobs that it depends on.

    Runs on which nothing else in the request depends are the sides of a race.
    """
    values = {digest(value): value for chain in needs.values() for value in chain}
    runs = {name: value for name, value in values.items() if isinstance(value, Run)}
    started = {digest(run) for value in runs.values() for run in ancestors(value)}
    sides = {name: run for name, run in runs.items() if name in needs and name not in started}
    sides = sides if len(sides) <= SIDES else {}
    before = {digest(run) for side in sides.values() for run in ancestors(side)}
    jobs = {}
    for name, value in values.items():
        after = set(map(digest, ancestors(value)))
        pretraining = name not in needs or name in started  # other requested values depend on it
        others = tuple(side for other, side in sides.items() if other != name) if name in sides else ()
        jobs[name] = Job(value, 0 if pretraining else 10, after, after | before if name in sides else after, others)
    return jobs


def ancestors(value: Value) -> list[Run]:
    """Returns all runs that a value depends on, oldest first."""
    runs = value.runs if isinstance(value, Measure) else (value.start,) if value.start else ()
    return list(dict.fromkeys(run for start in runs for run in reversed(list(start.lineage()))))


def is_large(value: Value) -> bool:
    """Returns whether a value needs a model that others have trained, which takes much memory."""
    runs = value.runs if isinstance(value, Measure) else (value,)
    return any(run.needs_model for run in runs)


def missing(value: Value) -> list[Run]:
    """Returns the runs that a value depends on and whose weights are missing."""
    return [run for run in ancestors(value) if store.weights(run) is None]
