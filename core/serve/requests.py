"""What is asked of the workers: requests, the jobs that they come to, and how far a value has come.

Knows no worker, no thread and no torch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from core.experiment.spec import Measure, Run, digest
from core.store import store

AHEAD = "What this starts from is being learned first."
ASIDE = "What the other side starts from is being learned first."
SIDES = 8  # of a race at most; what is asked for in greater number is computed one after another
Value = Run | Measure


class Busy(RuntimeError):
    """No more may be asked for now; the message is a sentence for the learner."""


@dataclass(frozen=True)
class State:
    """How far a value has come."""

    kind: Literal["absent", "queued", "running", "done", "stopped", "failed"]
    position: int = 0  # requests for runs that come before it
    restarted: bool = False  # a worker was lost in the middle, and the run was begun again
    message: str = ""  # a sentence for the learner: why it failed, what it waits for


@dataclass(frozen=True)
class Limits:
    seconds: float = 600  # of processor time a run
    pending_a_tab: int = 3  # requests: one of runs, the others of measures
    pending: int = 256  # requests of everybody
    unwatched: float = 60  # seconds after which a tab that has looked and does no longer wants nothing any more
    lately: float = 300  # seconds for which a run counts against the learner's next one
    losses: int = 6  # times that a job is begun before it is given up: it may be what kills its workers


@dataclass(eq=False)
class Job:
    """One value that has been asked for and has not ended."""

    value: Value
    priority: int
    after: set[str]  # names of the runs it stands on
    waits: set[str]  # and of those that the other sides of its race stand on: they begin together
    others: tuple[Run, ...] = ()  # the other sides of its race
    future: Any = None  # None until it is submitted; sides that one worker drives share it
    before: list[store.Event] = field(default_factory=list)  # what an earlier attempt had left when it was submitted
    losses: int = 0  # times that it was begun and nothing came of it
    elsewhere: bool = False  # another worker was at it when its turn came


@dataclass(eq=False)
class Request:
    """One click: the values that a learner waits for, each with the names of all jobs it needs."""

    learner: str
    tabs: dict[str, float | None]  # the learner's tabs that wait for it, and when each last looked, if it has
    races: bool  # whether it wants runs
    turn: int  # how many runs the learner had lately or was waiting for
    number: int  # of its arrival
    needs: dict[str, set[str]] = field(default_factory=dict)
    begun: bool = False  # a job of it has been submitted

    def has(self, name: str) -> bool:
        return any(name in names for names in self.needs.values())

    @property
    def place(self) -> tuple[bool, int, int]:
        """Questions first, they are short; then nobody's second run before somebody's first; then who came first."""
        return self.races, self.turn, self.number


def jobs_for(needs: dict[str, list[Value]]) -> dict[str, Job]:
    """The jobs of one request by name, from what it wants, each after all that is missing below it. Its runs that
    nothing else of it stands on are the sides of a race."""
    values = {digest(value): value for chain in needs.values() for value in chain}
    runs = {name: value for name, value in values.items() if isinstance(value, Run)}
    started = {digest(run) for value in runs.values() for run in ancestors(value)}
    sides = {name: run for name, run in runs.items() if name in needs and name not in started}
    sides = sides if len(sides) <= SIDES else {}
    before = {digest(run) for side in sides.values() for run in ancestors(side)}
    jobs = {}
    for name, value in values.items():
        after = set(map(digest, ancestors(value)))
        pretraining = name not in needs or name in started  # others that are wanted stand on it
        others = tuple(side for other, side in sides.items() if other != name) if name in sides else ()
        jobs[name] = Job(value, 0 if pretraining else 10, after, after | before if name in sides else after, others)
    return jobs


def ancestors(value: Value) -> list[Run]:
    """All runs that a value stands on, oldest first."""
    runs = value.runs if isinstance(value, Measure) else (value.start,) if value.start else ()
    return list(dict.fromkeys(run for start in runs for run in reversed(list(start.lineage()))))


def missing(value: Value) -> list[Run]:
    return [run for run in ancestors(value) if store.weights(run) is None]
