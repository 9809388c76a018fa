"""What every choice of every job came to, on eight seeds: `python -m lessons.kit.capstone.search` found it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import pandas as pd

from core.experiment.spec import digest
from core.store import store
from core.store.shipped import table
from lessons.kit.capstone.jobs import JOBS, Choice, Job
from lessons.kit.results.evidence import final, retention

FILE = "capstone.json"


@dataclass(frozen=True, kw_only=True)
class ChoiceResult:
    """What a choice came to, the mean over its nets."""

    right: float  # percent of unseen examples
    left: float  # percent of the old skill; 0 where there was none
    operations: float  # billions, of one net
    numbers: int  # that were trained, and ship with every customer

    @classmethod
    def read(cls, table: pd.DataFrame, numbers: int) -> ChoiceResult:
        """Of a run's table."""
        left = 100 * float(final(retention(table)).mean()) if "accuracy 1" in table else 0.0
        return cls(
            right=round(100 * float(final(table).mean()), 2),
            left=round(left, 1),
            operations=round(float(table.flops.max()) / 1e9, 3),
            numbers=numbers,
        )


Grid = Mapping[Choice, ChoiceResult]


def mark(job: Job) -> str:
    """Names all runs of a job: what was found of others is not mistaken for them."""
    return hashlib.sha256(" ".join(digest(job.run(choice)) for choice in job.choices).encode()).hexdigest()[:20]


@cache
def read_shipped() -> dict[str, Any]:
    """The file as it stands; empty where it cannot be read."""
    return table(store.SHIPPED / FILE)


@cache
def grid(slug: str) -> Grid:
    """Of a job; empty where it was not searched, or its runs have become others."""
    told, job = read_shipped().get("jobs", {}).get(slug), JOBS[slug]
    if not told or told["runs"] != mark(job):
        return {}
    names = [field.name for field in fields(ChoiceResult)]
    return {choice: ChoiceResult(**dict(zip(names, told["found"][choice.key]))) for choice in job.choices}


def to_row(job: Job, found: Grid) -> dict[str, Any]:
    """As the file has it."""
    return {"runs": mark(job), "found": {choice.key: [*vars(one).values()] for choice, one in found.items()}}
