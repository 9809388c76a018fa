"""Draws what each way of fine-tuning costs, and what a change of the weights looks like by its directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import band, band_by_x, final
from lessons.tiny_patches.claims import sizes
from lessons.tiny_patches.runs import (
    FULL,
    SIZES,
    shown_method,
)

BYTES = 4  # bytes of a number


def spectrum(squeezed: Answer, title: str) -> Figure:
    """Draws the size of the first directions of the full delta in each layer, with the largest as 100 %."""
    layers = {name: sizes for name, sizes in squeezed["runs"][0]["spectrum"].items() if len(sizes) > 2}
    tables = [band_by_x({k: np.array([s]) for k, s in enumerate(sizes[: max(SIZES)], 1)}) for sizes in layers.values()]
    roles = ("source", "target", "pretrained")
    shown = [
        Curve(table=table, name=name.replace("hidden", "layer "), role=role, tag=(3 + 2 * k, side))
        for k, (name, role, table, side) in enumerate(zip(layers, roles, tables, ("left", "right", "right")))
    ]
    what = "direction, from the strongest to the weakest"
    return curves(shown, what, (1, max(SIZES)), title=title, y="Size compared with the strongest", at=SIZES)


def ledger(evidence: Results, where: str, name: str, tasks: int = 10) -> Figure:
    """Draws a table of the cost of storing one task and ten tasks, with full fine-tuning and with a patch."""
    rows: dict[str, list[str]] = {}
    chosen: Sequence[str] = [FULL] if name == FULL else [FULL, name]
    of = {patch: sizes(evidence, where)[patch] for patch in chosen}
    tables = [evidence.table("patch", where, patch) for patch in chosen]
    whole = of[FULL]["all"]
    rows["numbers to train"] = [f"{size['trained']:,}" for size in of.values()]
    rows["bytes to store for one task"] = [f"{BYTES * size['trained']:,}" for size in of.values()]
    rows[f"kilobytes for the backbone and {tasks} tasks"] = [
        f"{BYTES * (whole + tasks * size['trained']) / 1000:,.0f}" for size in of.values()
    ]
    rows["billions of operations for training"] = [f"{table.flops.iloc[-1] / 1e9:.1f}" for table in tables]
    rows["accuracy on the new task"] = [percent(final(table).mean()) for table in tables]
    rows["accuracy on the old task, with the change"] = [percent(old_task_accuracy(table, -1)) for table in tables]
    rows["accuracy on the old task, without the change"] = [percent(old_task_accuracy(table, 0)) for table in tables]
    names = list(map(shown_method, chosen))
    shown = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return Figure(
        kind="table", spec=shown, alt=in_words(rows, names), title="What it costs to train and store a new task"
    )


def old_task_accuracy(table: pd.DataFrame, moment: int) -> float:
    """Returns the accuracy on the old task at one test, before the first step or after the last one."""
    return float(band(table.assign(accuracy=table["accuracy 1"]))["mean"].iloc[moment])


def in_words(rows: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    return (
        "; ".join(f"{what}: " + ", ".join(f"{a} {n}" for n, a in zip(names, row)) for what, row in rows.items()) + "."
    )
