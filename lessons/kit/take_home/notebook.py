"""Writes the notebook of a run (nbformat 4.5), which calls the functions of train.py one cell at a time. It is the
same notebook for every run."""

from __future__ import annotations

import json
from typing import Any

CELLS = (
    ("code", "import train\n\ntrain.problems() or 'Everything is there.'"),
    (
        "markdown",
        "## What it starts from\n\nThe weights come from the folder `weights`. A net whose file is missing is trained "
        "first.",
    ),
    ("code", "run = train.read_run()\nstarts = train.load_starts(run)\nrun"),
    (
        "markdown",
        "## Train\n\nAll nets learn side by side: every tensor has the net as its first axis. The training loop is the "
        "function `train` in `core/training/train.py`.",
    ),
    ("code", "weights, point = train.learn(run, starts)"),
    ("code", "print(train.compare(run, point))"),
    ("code", "{name: tuple(weight.shape) for name, weight in weights.items()}"),
    (
        "markdown",
        "## Change one thing\n\nThis trains the last stage at a third of its learning rate. Try another field: "
        "`method` is the name of a file in `core/adapt`, `size` is its rank or width.",
    ),
    (
        "code",
        "from dataclasses import replace\n\nfrom core.experiment.scores import own_scores, score_text\n\n"
        "last = replace(run.stages[-1], rate=run.stages[-1].rate / 3)\n"
        "other = replace(run, stages=(*run.stages[:-1], last))\n"
        "_, changed = train.learn(other, starts)\n"
        "print(score_text(*own_scores(changed.scores)))",
    ),
    (
        "markdown",
        "## Read the code\n\n`core` holds the app's own modules as they stand: `spec.py` and `tasks.py` say what a run "
        "is, `train.py` trains it, `worlds` draws the examples, `nets` builds the net, `adapt` moves its weights.",
    ),
    ("code", "import inspect\n\nimport core.training.train\n\nprint(inspect.getsource(core.training.train.train))"),
)


def notebook(title: str, needs: str) -> str:
    """Returns the notebook as JSON: a title, the packages to install, and CELLS."""
    first = ("markdown", f"# {title}\n\nThis notebook needs `{needs}`, and the folder that it came in.")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = [cell(kind, text, number) for number, (kind, text) in enumerate((first, *CELLS))]
    made = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def cell(kind: str, text: str, number: int) -> dict[str, Any]:
    made = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})
