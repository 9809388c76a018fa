"""Makes tables from the results of sandbox runs: curves over steps, time or operations, and one row for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.experiment.scores import UNITS
from core.experiment.spec import Run
from lessons.kit.figures.compare_runs import Scale
from lessons.kit.sandbox.experiment import describe_task, plain_name


@dataclass(frozen=True, kw_only=True)
class Column:
    """Defines which column of a run's table a picture shows."""

    name: str
    column: str
    scale: Scale
    times: float = 1.0  # the factor that the numbers are multiplied by


def unit_of(table: pd.DataFrame) -> str:
    """Returns the unit of the scores on the run's own task."""
    return next((unit for unit in UNITS if unit in table), "loss")


def select_column(table: pd.DataFrame, what: str) -> Column | None:
    """Returns the column for the new task, the old skill or the loss, or None if the run does not have it."""
    unit = unit_of(table)
    if what == "loss":
        return Column(name="training loss", column="loss", scale=Scale(name="training loss (nats)"))
    if what == "old":
        column = next((c for c in table if c.endswith(" 1")), None)
        unit = column.removesuffix(" 1") if column else unit
    else:
        column = unit
    if column is None or column not in table:
        return None
    if unit == "accuracy":
        name = "old skill: accuracy" if what == "old" else "accuracy"
        return Column(name=name, column=column, scale=Scale(name=name, unit="%", low=0, high=100), times=100)
    name = f"old skill: {unit}" if what == "old" else unit
    return Column(name=name, column=column, scale=Scale(name=f"{name} (less is better)", unit=unit))


def curve(table: pd.DataFrame, of: Column, against: str = "step") -> pd.DataFrame:
    """Returns a curve with x and the mean, low and high over seeds."""
    over = table.dropna(subset=[of.column]).groupby("step")
    mean, spread = of.times * over[of.column].mean(), of.times * over[of.column].std(ddof=0)
    x = over[against].mean() if against != "step" else mean.index.to_series()
    return pd.DataFrame({"x": x, "mean": mean, "low": mean - spread, "high": mean + spread}).reset_index(drop=True)


def ending(table: pd.DataFrame, of: Column) -> tuple[float, float]:
    """Returns the last mean over seeds, and the standard deviation."""
    last = of.times * table[table.step == table.step.max()][of.column]
    return float(last.mean()), float(last.std(ddof=0))


def retention(table: pd.DataFrame) -> float | None:
    """Returns the share of the old skill that is left at the end, compared with the skill before the first step."""
    old = select_column(table, "old")
    if old is None or old.scale.unit != "%" or 0 not in set(table.step):
        return None
    before = float(table[table.step == 0][old.column].mean())
    return float(table[table.step == table.step.max()][old.column].mean()) / before if before else None


def row(name: str, run: Run, table: pd.DataFrame) -> dict[str, object]:
    """Returns all data of one run: its results, if there are any, and its settings."""
    return {"name": name} | (findings(table) if len(table) else {}) | setting(run)


def findings(table: pd.DataFrame) -> dict[str, object]:
    """Returns the results of a run, by the headings of the table."""
    new, old, left = select_column(table, "new"), select_column(table, "old"), retention(table)
    assert new is not None
    mean, spread = ending(table, new)
    return {
        "new task": round(mean, 3),
        "± over nets": round(spread, 3),
        "unit": new.scale.unit,
        "old skill": round(ending(table, old)[0], 3) if old else None,
        "old skill kept, %": round(100 * left, 1) if left is not None else None,
        "billion operations per net": round(float(table.flops.max()) / 1e9, 2),
        "seconds": round(float(table.seconds.max()), 1),
        "steps done": int(table.step.max()),
    }


def setting(run: Run) -> dict[str, object]:
    """Returns the settings of a run, by the headings of the table."""
    return {
        "learns": describe_task(run.task),
        "labels": getattr(run.task, "labels", None),
        "starts from": describe_task(run.start.task) if run.start else "scratch",
        "net": plain_name(run.net),
        "method": ", then ".join(plain_name(one.method) for one in run.stages),
        "protection": ", ".join(f"{plain_name(one.method)} {one.strength:g}" for one in run.keep) or "nothing",
        "steps": run.steps,
        "learning rate": run.stages[-1].rate,
        "nets": run.seeds,
    }


def rows(of: Sequence[tuple[str, Run, pd.DataFrame]]) -> pd.DataFrame:
    """Returns a table with one row for each run."""
    # The columns of the first row come first, so it must have all of them.
    every = sorted((row(*one) for one in of), key=len, reverse=True)
    return pd.DataFrame(every)
