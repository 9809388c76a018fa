"""Writes every score of a run as CSV, with one row for each test, seed, task and unit. It does not depend on the
screen."""

from __future__ import annotations

import csv
import io

from core.experiment.spec import Run
from core.store.store import Event
from lessons.kit.results.evidence import scores

HEAD = ("step", "seed", "task", "unit", "value")


def scores_csv(run: Run, events: list[Event]) -> str:
    """Returns the scores of a run as CSV.

    The task "0" is the run's own task, and "1" is the first task that it watches. The loss is the loss of the last
    training batch, in nats. The seconds and the operations (flops) are the totals so far, and the seconds are those
    of all seeds together.
    """
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(HEAD)
    for event in events:
        if event["kind"] != "point":
            continue
        step = event["step"]
        for k in range(run.seeds):
            seed = run.first_seed + k
            table.writerows(
                (step, seed, task, unit, of[k]) for unit, by in scores(event).items() for task, of in by.items()
            )
            if event["loss"][k] is not None:
                table.writerow((step, seed, 0, "loss", event["loss"][k]))
            table.writerow((step, seed, 0, "flops", event["flops"]))
        table.writerow((step, "", 0, "seconds", event["seconds"]))
    return file.getvalue()
