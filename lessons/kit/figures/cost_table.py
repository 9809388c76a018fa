"""Makes a table of what an improvement cost: steps, operations, seconds, labels, and the cost of the backbone before
the race."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.model.values import side_name
from lessons.kit.results.evidence import steps_to


def cost_table(
    tables: Mapping[str, pd.DataFrame], labels: int, before: pd.DataFrame, goals: tuple[float, ...] = ()
) -> Figure:
    """Makes the table with one column for each side. The pretrained side is called "pretrained", and `before` is the
    table of its backbone, which is paid for once."""
    last = {name: table.iloc[-1] for name, table in tables.items()}
    rows = {
        f"steps to {percent(goal)} accuracy": [count(steps_to(table, goal)) for table in tables.values()]
        for goal in goals
    }
    rows["labels per class"] = [str(labels)] * len(tables)
    rows["billions of operations for each net"] = [f"{row.flops / 1e9:.1f}" for row in last.values()]
    rows["seconds for all nets together"] = [f"{row.seconds:.1f}" for row in last.values()]
    paid = before.iloc[-1]
    once = {"billions of operations": f"{paid.flops / 1e9:,.0f}", "seconds": f"{paid.seconds:.0f}"}
    for what, amount in once.items():
        rows[f"pretraining, paid once: {what}"] = [amount if name == "pretrained" else "0" for name in tables]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(map(side_name, tables)))
    alt = "; ".join(
        f"{what}: " + ", ".join(f"{a} {side_name(name)}" for name, a in zip(tables, row)) for what, row in rows.items()
    )
    seeds = min(len(table.seed.unique()) for table in tables.values())
    return Figure(kind="table", spec=table, alt=alt, title=f"Cost of training ({seeds} nets of each kind)")


def count(steps: float) -> str:
    """Writes a number of steps, or "never" if it is inf."""
    return "never" if math.isinf(steps) else f"{steps:.0f}"
