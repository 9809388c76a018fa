"""Searches for the best solutions of the capstone. It trains every choice of every job, on eight seeds.

`python -m lessons.kit.capstone.search [jobs]` trains the runs that are not stored, which takes at most a few minutes
on two cores for each job. It writes the results and the best choice for each brief to lessons/shipped. Prices and
requirements are applied afterwards, so new briefs on the same jobs need no new runs.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from core.experiment.spec import Measure, Run
from core.store import store
from lessons.kit.capstone import choice_results
from lessons.kit.capstone.briefs import BRIEFS
from lessons.kit.capstone.choice_results import ChoiceResult, Grid
from lessons.kit.capstone.jobs import JOBS, SCRATCH, CapstoneTask, Choice
from lessons.kit.model.values import Answer


def way(choice: Choice) -> str:
    """Returns what determines the number of trained numbers: the method, or scratch."""
    return SCRATCH if choice.start == SCRATCH else choice.method


def patches(job: CapstoneTask) -> dict[str, Measure]:
    """Returns a measure of the number of trained numbers for each way. One run for each way is enough."""
    one_each = {way(choice): choice for choice in job.choices}
    return {name: Measure(kind="weight_changes", runs=(job.run(choice),)) for name, choice in one_each.items()}


def search(
    job: CapstoneTask, table_of: Callable[[Run], pd.DataFrame], answer_of: Callable[[Measure], Answer | None]
) -> dict[Choice, ChoiceResult]:
    """Returns the results of every choice, from the table of its run and the size of its patch."""
    numbers = {name: (answer_of(measure) or {})["runs"][0]["trained"] for name, measure in patches(job).items()}
    return {choice: ChoiceResult.read(table_of(job.run(choice)), numbers[way(choice)]) for choice in job.choices}


def write(grids: Mapping[str, Grid]) -> str:
    """Returns the content of the file: one line for each choice, and then the best choice for each brief."""
    told: dict[str, Any] = {"jobs": {slug: choice_results.to_row(JOBS[slug], grid) for slug, grid in grids.items()}}
    told["briefs"] = {}
    for slug, brief in BRIEFS.items():
        if brief.job in grids:
            best = brief.best_of(grids[brief.job])
            told["briefs"][slug] = {
                "digest": brief.digest,
                "best": best.choice.key,
                "points": round(best.points, 2),
                "searched": len(brief.outcomes_of(grids[brief.job])),
            }
    text = json.dumps(told, indent=1)
    return re.sub(r"\[[^\]]*\]", lambda numbers: " ".join(numbers[0].split()), text) + "\n"


def main(slugs: list[str]) -> None:
    from lessons.kit.results.compute import compute
    from lessons.kit.results.evidence import points

    grids = {slug: choice_results.grid(slug) for slug in JOBS if choice_results.grid(slug)}
    for job in [JOBS[slug] for slug in slugs or JOBS]:
        compute([job.run(choice) for choice in job.choices])
        compute([*patches(job).values()])
        grids[job.slug] = search(job, points, store.answer)
        print(f"{job.slug}: {len(grids[job.slug])} choices")
    (store.SHIPPED / choice_results.FILE).write_text(write(grids), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
