"""Writes the notebook of a run (nbformat 4.5), which calls the functions of train.py one cell at a time. It is the
same notebook for every run."""

from __future__ import annotations

import json
from typing import Any

CELLS = (
    ("code", "import train\n\ntrain.problems() or 'Everything is there.'"),
    (
        "markdown",
        "## Load the backbone\n\nThe run starts from the weights in the folder `weights`. If a file is missing, that "
        "net is trained first.",
    ),
    ("code", "run = train.read_run()\nstarts = train.load_starts(run)\nrun"),
    (
        "markdown",
        "## Train\n\nAll nets of the run train at the same time, because the first axis of each tensor is the net. The "
        "training loop is the function `train` in `core/training/train.py`. The last lines compare your scores with "
        "those of the app.",
    ),
    ("code", "weights, point = train.learn(run, starts)"),
    ("code", "print(train.compare(run, point))"),
    ("code", "{name: tuple(weight.shape) for name, weight in weights.items()}"),
    (
        "markdown",
        "## Change one thing\n\nThis cell trains the run again, with a third of the learning rate in the last stage. "
        "You can change other fields too. `method` is the name of a file in `core/adapt`, and `size` is its rank or "
        "width.",
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
        "## Read the code\n\nThe folder `core` contains modules of the app, unchanged. `spec.py` and `tasks.py` define "
        "what a run is. `train.py` trains it, `worlds` makes the examples, `nets` builds the net, and `adapt` decides "
        "which weights change.",
    ),
    ("code", "import inspect\n\nimport core.training.train\n\nprint(inspect.getsource(core.training.train.train))"),
)


def notebook(title: str, needs: str) -> str:
    """Returns the notebook as JSON: a title, the packages to install, and CELLS."""
    first = (
        "markdown",
        f"# {title}\n\nTo run this notebook, type `{needs}` first, and keep it in the folder that it came in.",
    )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = [cell(kind, text, number) for number, (kind, text) in enumerate((first, *CELLS))]
    made = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def cell(kind: str, text: str, number: int) -> dict[str, Any]:
    made = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})
