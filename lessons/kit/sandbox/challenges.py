"""Defines the challenges of the sandbox. Each one has a goal that the page checks on the learner's run, and the
cheapest known solution.

`python -m lessons.kit.sandbox.challenges [names]` searches for these solutions. It trains every candidate and writes
the cheapest one that meets the goal to lessons/shipped. The cost is the number of operations for one net, which every
run counts.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pandas as pd

from core.experiment.spec import Run, to_json
from core.experiment.tasks import Task
from core.store import shipped, store
from lessons.kit.lesson.catalogue import Check
from lessons.kit.sandbox.experiment import edit
from lessons.kit.sandbox.link_codec import run_of
from lessons.kit.sandbox.presets import presets
from lessons.kit.sandbox.results import ending, retention, select_column

FILE = "challenges.json"
THIN = ("low_rank", "adapter", "ia3", "bias", "probe")


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """Defines a goal, the experiment that the learner starts from, and the rules."""

    slug: str
    title: str
    asks: str  # with {slots} for the fields below
    lesson: str  # the lesson whose experiment it starts from
    reach: float  # accuracy on the new task, in percent
    keep: float = 0.0  # the share of the old skill that must be kept, in percent
    labels: int = 400  # labels per class, at most
    steps: int = 20_000  # steps, at most
    # The largest size of any method, without methods that train whole matrices; 0 means that there is no such rule.
    thin: int = 0
    begin: Mapping[str, Any] = field(default_factory=dict)  # settings that differ from those of the lesson, by path
    tries: Mapping[str, tuple[Any, ...]]  # values that the search tries, by path; every combination is a candidate

    @property
    def says(self) -> str:
        """Returns the goal in words."""
        return self.asks.format(**vars(self))

    @property
    def start(self) -> Run:
        """Returns the experiment with which the page opens."""
        run = presets()[self.lesson]
        for path, value in self.begin.items():
            run = edit(run, path, value)
        old = (run.start.task,) if run.start and self.keep else ()
        return replace(run, watch=old or run.watch, exhibit=0, frames=0)

    def checks(self, run: Run, table: pd.DataFrame) -> list[Check]:
        """Returns every condition of the goal, and whether this run has met it."""
        start = self.start
        found = [Check(says="the same task and the same pretrained net as at the start", met=same_worlds(run, start))]
        if self.labels < 400:
            found.append(Check(says=f"at most {self.labels} labels per class", met=labels(run.task) <= self.labels))
        if self.steps < 20_000:
            found.append(Check(says=f"at most {self.steps} steps", met=run.steps <= self.steps))
        if self.thin:
            thin = all(stage.method in THIN and stage.size <= self.thin for stage in run.stages)
            found.append(Check(says=f"only patches of rank or width {self.thin} or less", met=thin))
        over = len(table) > 0 and int(table.step.max()) >= run.steps
        new = select_column(table, "new") if over else None
        met = new is not None and new.scale.unit == "%" and ending(table, new)[0] >= self.reach
        found.append(Check(says=f"an accuracy of {self.reach:g} % on the new task", met=met))
        if self.keep:
            left = retention(table) if over else None
            found.append(
                Check(
                    says=f"at least {self.keep:g} % of the old skill kept", met=bool(left and 100 * left >= self.keep)
                )
            )
        return found

    def is_met(self, run: Run, table: pd.DataFrame) -> bool:
        """Returns whether the run meets every condition of the goal."""
        return all(check.met for check in self.checks(run, table))


def labels(task: Task) -> int:
    """Returns the number of labels of a task, or 0 if it has no labels."""
    return int(getattr(task, "labels", 0))


def same_worlds(run: Run, start: Run) -> bool:
    """Returns whether a run has the same task and the same source as the start of a challenge. The number of labels
    may differ."""
    return run.task.at_most(1) == start.task.at_most(1) and run.start == start.start


CHALLENGES = {
    one.slug: one
    for one in (
        Challenge(
            slug="both",
            title="Learn a new task, keep the old skill",
            asks="A net that reads letters has to learn inverted digits too. Reach an accuracy of {reach:g} % on the "
            "digits, and keep {keep:g} % of its accuracy on letters. You have a hundred labels per class.",
            lesson="ways_to_remember",
            reach=90,
            keep=60,
            labels=100,
            tries={
                "task.labels": (100,),
                "keep": ("replay", "lwf", "l2_sp"),
                "keep.0.strength": (0.05, 0.2),
                "stages.0.steps": (200, 300),
                "stages.0.rate": (1e-3, 2e-3),
            },
        ),
        Challenge(
            slug="few",
            title="Five labels",
            asks="Reach an accuracy of {reach:g} % on handwritten digits with five labels per class. You choose which "
            "layers to train, and the learning rate.",
            lesson="label_worth",
            reach=88,
            labels=5,
            begin={
                "task.labels": 5,
                "stages": 1,
                "stages.0.method": "full",
                "stages.0.steps": 300,
                "stages.0.rate": 1e-3,
            },
            tries={
                "stages": (1, 2),
                "stages.0.method": ("probe", "low_rank", "full", "bias"),
                "stages.0.steps": (50, 100, 200),
                "stages.0.rate": (1e-3, 5e-3, 1e-2),
            },
        ),
        Challenge(
            slug="thin",
            title="A thin patch",
            asks="A net that knows six spiral arms has to tell their two colours apart. Reach an accuracy of "
            "{reach:g} % with patches of rank or width {thin} at most, without training any whole weight matrix.",
            lesson="tiny_patches",
            reach=92,
            thin=2,
            begin={"stages.0.method": "full", "stages.0.size": 0, "stages.0.rate": 3e-3},
            tries={
                "stages.0.method": ("low_rank", "adapter"),
                "stages.0.size": (1, 2),
                "stages.0.steps": (200, 300, 500),
                "stages.0.rate": (5e-3, 1e-2),
            },
        ),
        Challenge(
            slug="quick",
            title="Only fifty steps",
            asks="The spiral arms are turned a little. Reach an accuracy of {reach:g} % within fifty steps.",
            lesson="small_step",
            reach=89,
            steps=50,
            tries={
                "stages.0.steps": (20, 50),
                "stages.0.rate": (1e-3, 2e-3, 5e-3),
                "stages.0.batch": (16, 50, 100),
                "stages.0.method": ("full", "low_rank"),
            },
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Holds the cheapest known solution of a challenge."""

    run: Run
    cost: float  # billion operations for one net
    new: float  # accuracy on the new task, in percent
    left: float | None  # the share of the old skill that is left, in percent
    tried: int  # the number of candidates in the search


def cost(table: pd.DataFrame) -> float:
    """Returns the cost of a run in billions of operations for one net."""
    return float(table.flops.max()) / 1e9


@cache
def solutions() -> dict[str, Solution]:
    """Returns the solutions that ship, by challenge, or none if the file is missing or not valid."""
    try:
        told = shipped.table(store.SHIPPED / FILE)
        return {slug: Solution(**one | {"run": run_of(one["run"])}) for slug, one in told.items()}
    except (ValueError, TypeError):
        return {}


# --- The search -------------------------------------------------------------------------------------------------------


def candidates(challenge: Challenge) -> list[Run]:
    """Returns every combination of the values that the search tries."""
    made: dict[Run, None] = {}
    for values in itertools.product(*challenge.tries.values()):
        run = challenge.start
        for path, value in zip(challenge.tries, values):
            run = edit(run, path, value)
        made[run] = None
    return [*made]


def search(challenge: Challenge, table_of: Callable[[Run], pd.DataFrame]) -> Solution | None:
    """Returns the cheapest candidate that meets the goal, or None if there is none."""
    runs = candidates(challenge)
    tables = {run: table_of(run) for run in runs}
    meeting = {run: table for run, table in tables.items() if challenge.is_met(run, table)}
    if not meeting:
        return None
    run = min(meeting, key=lambda run: cost(meeting[run]))
    new, left = select_column(meeting[run], "new"), retention(meeting[run])
    assert new is not None
    return Solution(
        run=run,
        cost=round(cost(meeting[run]), 4),
        new=round(ending(meeting[run], new)[0], 2),
        left=round(100 * left, 1) if left is not None else None,
        tried=len(runs),
    )


def write(found: Mapping[str, Solution]) -> str:
    told = {slug: vars(one) | {"run": to_json(one.run)} for slug, one in found.items()}
    return json.dumps(told, indent=1) + "\n"


def main(names: list[str]) -> None:
    from lessons.kit.results.compute import compute
    from lessons.kit.results.evidence import points

    found = dict(solutions())
    for challenge in [CHALLENGES[name] for name in names or CHALLENGES]:
        compute(candidates(challenge))
        found.pop(challenge.slug, None)
        if best := search(challenge, points):
            found[challenge.slug] = best
            print(f"{challenge.slug}: {best.cost} billion operations, {best.new} %, of the old {best.left} %")
        else:
            print(f"{challenge.slug}: none of {len(candidates(challenge))} candidates meets the goal")
    (store.SHIPPED / FILE).write_text(write(found), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
