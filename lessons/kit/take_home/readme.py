"""Writes the README of the zip of a run. It does not read or write any files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.experiment.scores import own_scores, score_text
from core.experiment.spec import Run

TEXT = """\
# {title}

The app found **{score}**, the mean of {nets}. This folder trains the same run again, from the same seeds.
On the same computer with the same PyTorch ({torch}) every net ends with the same score, to the last digit. Elsewhere
the mean is within half a point.

## Run it

    pip install {packages}
    python train.py

You need Python 3.11 or later. Training took {seconds} of processor time in the app. `train.py` prints a line a second,
then its own score beside the app's. `notebook.ipynb` does the same in cells, and changes one thing.
{missing}
## What is in this folder

| file | what it is |
|---|---|
| `train.py`, `notebook.ipynb` | train the run again |
| `run.json` | the run as a value: task, net, what it starts from, stages, seeds; and the scores that the app found |
| `numbers.csv` | every test of the run in the app: step, seed, task (0 its own, 1 the first watched), unit, value |
| `weights/` | the weights of what the run starts from, and its own: every tensor by name, the net as first axis |
| `core/` | the app's own modules that this run imports, as they stand, and the files that they read |
{data}
To read weights: `safetensors.torch.load_file(path)`. A linear layer's weight is (nets, inputs, outputs); transposed,
one net's fits `torch.nn.Linear`.

## Change something

Edit the stages in `run.json`: `method` is the name of a file in `core/adapt`, `size` is its rank or width, `rate` is
the learning rate. A field that is left out has its default, which `core/experiment/spec.py` names.

The code is under the MIT licence (`LICENSE`). `NOTICE.md` says where the data come from and on what terms.
"""
DATA = "| `data/` | what a learner brought: a table, pictures, a text or an alphabet |\n"


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
