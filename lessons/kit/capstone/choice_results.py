"""Reads the results of every choice of every job, on eight seeds. They are made by `python -m
lessons.kit.capstone.search`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from core.experiment.spec import digest
from core.store import store
from core.store.shipped import table
from lessons.kit.capstone.jobs import JOBS, CapstoneTask, Choice
from lessons.kit.results.evidence import final, retention

FILE = "capstone.json"


@dataclass(frozen=True, kw_only=True)
class ChoiceResult:
    """Holds the results of a choice, as means over its nets."""

    right: float  # accuracy on unseen examples, in percent
    left: float  # the share of the old skill that is left, in percent; 0 if there was none
    operations: float  # billions of operations for one net
    numbers: int  # how many numbers were trained, and ship with every customer

    @classmethod
    def read(cls, table: pd.DataFrame, numbers: int) -> ChoiceResult:
        """Reads the results from the table of a run."""
        left = 100 * float(final(retention(table)).mean()) if "accuracy 1" in table else 0.0
        return cls(
            right=round(100 * float(final(table).mean()), 2),
            left=round(left, 1),
            operations=round(float(table.flops.max()) / 1e9, 3),
            numbers=numbers,
        )


Grid = Mapping[Choice, ChoiceResult]


def runs_digest(job: CapstoneTask) -> str:
    """Returns a name for all the runs of a job, so that results of other runs are not mistaken for theirs."""
    return hashlib.sha256(" ".join(digest(job.run(choice)) for choice in job.choices).encode()).hexdigest()[:20]


@cache
def read_results(path: Path) -> dict[str, Any]:
    """Returns the content of a file of results, or nothing if it cannot be read."""
    return table(path)


def grid(slug: str) -> Grid:
    """Returns the results of a job. It is empty if the job was not searched, or if its runs have changed since."""
    return read_grid(store.SHIPPED / FILE, slug)


@cache
def read_grid(path: Path, slug: str) -> Grid:
    """Returns the results of a job from a file."""
    told, job = read_results(path).get("jobs", {}).get(slug), JOBS[slug]
    if not told or told["runs"] != runs_digest(job):
        return {}
    names = [field.name for field in fields(ChoiceResult)]
    return {choice: ChoiceResult(**dict(zip(names, told["found"][choice.key]))) for choice in job.choices}


def to_row(job: CapstoneTask, found: Grid) -> dict[str, Any]:
    """Returns the results of a job in the form of the file."""
    return {"runs": runs_digest(job), "found": {choice.key: [*vars(one).values()] for choice, one in found.items()}}
