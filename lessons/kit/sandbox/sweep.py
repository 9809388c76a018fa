"""The experiment at several values of one or two of its fields: a run for each, and what they found as a picture."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.check import BadValue, shown
from core.spec import Run
from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.overlay import COLOURS, DASHES, Line, Scale, cells, overlay
from lessons.kit.sandbox import dials
from lessons.kit.sandbox.dials import Dial
from lessons.kit.sandbox.experiment import edited, fits
from lessons.kit.sandbox.results import ending, retention, unit_of
from lessons.kit.sandbox.results import shown as of_table
from lessons.kit.values import Evidence, Piece, Runs

MOST = 25  # runs
NEW, OLD = "The new task", "The old skill"


@dataclass(frozen=True)
class Axis:
    """One field, and the values that it takes in turn."""

    dial: Dial
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        return self.dial.label.lower()

    @property
    def numeric(self) -> bool:
        return self.dial.kind == "slider"


def fields(run: Run) -> dict[str, Dial]:
    """What can be swept: every control but the choice of a source, by its place."""
    every = [dial for group in dials.every(run) for dial in group if dial.kind != "source" and len(options(dial)) > 1]
    return {dial.path: named(dial) for dial in every}


def named(dial: Dial) -> Dial:
    """A control of the source says so: the experiment itself has one of the same name."""
    return replace(dial, label=f"Source: {dial.label.lower()}") if dial.path.startswith("start.") else dial


def options(dial: Dial) -> tuple[Any, ...]:
    return (False, True) if dial.kind == "switch" else dial.options


def some(dial: Dial, count: int = 5) -> tuple[Any, ...]:
    """Values to begin with: those around what is set, or the first that there are."""
    every = options(dial)
    middle = every.index(dial.value) if dial.value in every else 0
    first = max(0, min(middle - count // 2, len(every) - count))
    return every[first : first + count]


def write(axes: Sequence[Axis]) -> str:
    """As the link has it: "task.labels:1,2,5;stages.0.method:full,probe"."""
    return ";".join(f"{axis.dial.path}:{','.join(str(value) for value in axis.values)}" for axis in axes)


def read(text: str, run: Run) -> tuple[Axis, ...]:
    """The axes, as far as the experiment has such fields; BadValue where there are none such, or too many values."""
    there, axes = fields(run), []
    for part in filter(None, text.split(";")):
        path, _, values = part.partition(":")
        if path not in there:
            raise BadValue(f"There is no control {shown(path)} in this experiment, so it cannot be swept.")
        by_name = {str(value): value for value in options(there[path])}
        named = list(dict.fromkeys(values.split(",")))
        if strange := [name for name in named if name not in by_name]:
            raise BadValue(f"{there[path].label} cannot be {shown(strange[0])} in a sweep.")
        axes.append(Axis(there[path], tuple(sorted((by_name[name] for name in named), key=options(there[path]).index))))
    if len(axes) > 2 or len({axis.dial.path for axis in axes}) < len(axes):
        raise BadValue("A sweep is over one or two different controls.")
    return tuple(axes)


def runs(run: Run, axes: Sequence[Axis]) -> Runs:
    """One run for each cell; BadValue with a sentence where there are too many, or one cannot be."""
    places = list(itertools.product(*[axis.values for axis in axes]))
    if not axes or len(places) > MOST:
        raise BadValue(f"A sweep has at most {MOST} runs; these are {len(places)}. Choose fewer values.")
    pieces = []
    for place in places:
        cell = run
        for axis, value in zip(axes, place):
            try:
                cell = fits(edited(cell, axis.dial.path, value))
            except (TypeError, LookupError) as error:  # what was set before it has taken it away
                raise BadValue(f"{axis.dial.label} is not in all of these runs. Sweep one of the two alone.") from error
        called = ", ".join(f"{axis.name} {dials.shown(value)}" for axis, value in zip(axes, place))
        pieces.append(Piece("cell", cell, place, name=called))
    return pieces


def found(evidence: Evidence, pieces: Runs, what: str) -> tuple[pd.DataFrame, str]:
    """One row a run that is over: its place, the mean and the spread over nets; and the unit."""
    rows, unit = [], "%"
    for piece in pieces:
        if not evidence.has(*piece.place):
            continue
        table = evidence.table(*piece.place)
        of = of_table(table, "old" if what == OLD else "new")
        if of is None or table.step.iloc[-1] < piece.of.steps:
            continue
        unit = of.scale.unit
        mean, spread = ending(table, of)
        rows.append((*piece.place[1:], mean, spread, retention(table)))
    width = len(pieces[0].place) - 1
    names = [*(f"axis {k}" for k in range(width)), "mean", "spread", "left"]
    return pd.DataFrame(rows, columns=names), unit


def picture(evidence: Evidence, pieces: Runs, axes: Sequence[Axis], what: str, as_curves: bool) -> Figure:
    """A heat-map, or curves against the first field, one for each value of the second."""
    table, unit = found(evidence, pieces, what)
    first, second = axes[0], axes[1] if len(axes) > 1 else None
    if not (as_curves and first.numeric):
        columns = [dials.shown(value) for value in first.values]
        index = [dials.shown(value) for value in second.values] if second else [what.lower()]
        grid = pd.DataFrame(index=index, columns=columns, dtype=float)
        for row in table.itertuples(index=False):
            down = dials.shown(row[1]) if second else what.lower()
            grid.loc[down, dials.shown(row[0])] = row[len(axes)]
        return cells(grid, second.name if second else "", first.name, what, unit)
    lines = []
    for k, value in enumerate(second.values if second else (None,)):
        mine = table[table["axis 1"] == value] if second else table
        middle = mine["mean"]
        curve = pd.DataFrame(
            {"x": mine["axis 0"], "mean": middle, "low": middle - mine.spread, "high": middle + mine.spread}
        )
        colour = COLOURS[k % len(COLOURS)] if second else ROLES["pretrained"][0]
        dash = DASHES[k // len(COLOURS) % len(DASHES)]
        lines.append(
            Line(
                name=f"{second.name} {dials.shown(value)}" if second else "yours", table=curve, colour=colour, dash=dash
            )
        )
    low, high = (0, 100) if unit == "%" else (None, None)
    values = [value for value in first.values if value > 0]
    wide = len(values) == len(first.values) and max(values) / min(values) >= 20
    return overlay(
        lines,
        Scale(name=first.name, log=wide, at=first.values),
        Scale(name=what.lower(), unit=unit, low=low, high=high),
    )


def best(evidence: Evidence, pieces: Runs) -> Piece[Run] | None:
    """The run that ended best on the new task, of those that are over."""
    over = [(piece, evidence.table(*piece.place)) for piece in pieces if evidence.has(*piece.place)]
    over = [(piece, table) for piece, table in over if table.step.iloc[-1] >= piece.of.steps]

    def worth(one: tuple[Piece[Run], pd.DataFrame]) -> float:
        of = of_table(one[1], "new")
        assert of is not None
        return ending(one[1], of)[0] * (1 if unit_of(one[1]) == "accuracy" else -1)

    return max(over, key=worth)[0] if over else None


def as_table(evidence: Evidence, pieces: Runs, axes: Sequence[Axis]) -> pd.DataFrame:
    """All numbers of the sweep, to be taken home: a row a run."""
    both = {"new task": NEW, "old skill": OLD}
    made = pd.DataFrame([piece.place[1:] for piece in pieces], columns=[axis.name for axis in axes])
    for name, what in both.items():
        table, unit = found(evidence, pieces, what)
        if len(table):
            table = table.rename(columns={f"axis {k}": axis.name for k, axis in enumerate(axes)})
            table = table.rename(columns={"mean": f"{name}, {unit}", "spread": f"± {name}"}).drop(columns="left")
            made = made.merge(table, how="left", on=[axis.name for axis in axes])
    return made
