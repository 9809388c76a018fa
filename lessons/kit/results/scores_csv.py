"""Every score of a run as a table of text (CSV): one row a test, seed, task and unit. Knows no screen."""

from __future__ import annotations

import csv
import io

from core.experiment.spec import Run
from core.store.store import Event
from lessons.kit.results.evidence import scores

HEAD = ("step", "seed", "task", "unit", "value")


def scores_csv(run: Run, events: list[Event]) -> str:
    """The task "0" is the run's own, "1" the first that it watches; the loss is that of the last training batch, nats;
    seconds and operations (flops) are those spent until then, the seconds on all seeds together."""
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
