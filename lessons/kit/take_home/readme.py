"""Writes the README of the zip of a run. It does not read or write any files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.experiment.scores import own_scores, score_text
from core.experiment.spec import Run

TEXT = """\
# {title}

In the app, this run ended with **{score}** (the mean of {nets}). This folder trains the same run again, from the same
seeds. On the same computer with the same version of PyTorch ({torch}), each net ends with exactly the same score. On
another computer, the mean should differ by less than half a point.

## Run it

    pip install {packages}
    python train.py

You need Python 3.11 or later. In the app, training took {seconds} of processor time. `train.py` prints one line per
second. At the end it compares its score with the score of the app. `notebook.ipynb` does the same in cells, and then
changes one setting.
{missing}
## What is in this folder

| file | content |
|---|---|
| `train.py`, `notebook.ipynb` | train the run again |
| `run.json` | describes the run (task, net, backbone, stages, seeds) and contains the scores of the app |
| `numbers.csv` | the scores of all tests in the app: step, seed, task (0 is the new task, 1 the old one), unit, value |
| `weights/` | the weights of the backbone and of this run: tensors by name, with the nets along the first axis |
| `core/` | the modules of the app that this run imports, unchanged, and the files that they read |
{data}
To load the weights, call `safetensors.torch.load_file(path)`. The weight of a linear layer has the shape (nets,
inputs, outputs). The transposed weight of one net fits `torch.nn.Linear`.

## Change something

You can edit the stages in `run.json`. `method` is the name of a file in `core/adapt`, `size` is its rank or width, and
`rate` is the learning rate. A field that you leave out has the default in `core/experiment/spec.py`.

The code is under the MIT licence (`LICENSE`). `NOTICE.md` says where the data come from and how you may use them.
"""
DATA = "| `data/` | the data that a learner uploaded: a table, pictures, photos, a text or an alphabet |\n"


def readme(run: Run, title: str, plan: Mapping[str, Any], seconds: float, absent: Mapping[str, str]) -> str:
    """Returns the README. `absent` holds the files that are not in the folder, and how to get each of them."""
    lines = [f"- `{file}`: {how}" for file, how in absent.items()]
    return TEXT.format(
        title=title,
        score=score_text(*own_scores(plan["app"])),
        nets=f"{run.seeds} nets" if run.seeds > 1 else "one net",
        torch=plan["torch"],
        packages=" ".join(plan["packages"].values()),
        seconds=f"{seconds:.0f} seconds" if seconds >= 2 else "a second or two",
        missing="\n".join(["", "**Not in this folder:**", "", *lines, ""]) if lines else "",
        data=DATA * any(file.startswith("data/") for file in plan["data"]),
    )
