"""Runs the experiment at several values of one or two of its fields, with the same run from scratch beside each.
Draws the results, and says which side is better at which values."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from core.experiment.checks import BadValue, quoted_value
from core.experiment.spec import Run
from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.compare_runs import COLOURS, DASHES, Line, Scale, cells, compare_runs
from lessons.kit.model.values import LabelledRun, Results, Runs
from lessons.kit.sandbox import dials
from lessons.kit.sandbox.dials import Dial
from lessons.kit.sandbox.experiment import NOTHING, edit, fits, origin, sources, twin
from lessons.kit.sandbox.results import ending, retention, unit_of
from lessons.kit.sandbox.results import select_column as of_table
from lessons.kit.sandbox.verdict import difference, tally

MOST = 30  # runs, at most
NEW, OLD = "The new task", "The old skill"
PRETRAINED, SCRATCH = "pretrained", "from scratch"  # the two sides of the comparison


@dataclass(frozen=True)
class Axis:
    """Holds one field and the values that it takes in the sweep."""

    dial: Dial
    values: tuple[Any, ...]
    # The runs that the values stand for, if the field is a source.
    stands: Mapping[str, Run | None] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        return self.dial.label.lower()

    @property
    def numeric(self) -> bool:
        return self.dial.kind == "slider"

    def on(self, run: Run, value: Any) -> Run:
        """Returns the run with this value."""
        return fits(edit(run, self.dial.path, self.stands[value] if self.dial.kind == "source" else value))


def fields(run: Run) -> dict[str, Dial]:
    """Returns the controls that can be swept, by their paths. The sources are named."""
    every = [dial for group in dials.dials_by_group(run) for dial in group]
    every = [with_origins(run, dial) if dial.kind == "source" else dial for dial in every]
    return {dial.path: label_source_dial(dial) for dial in every if len(options(dial)) > 1}


def with_origins(run: Run, dial: Dial) -> Dial:
    """Returns the control of the source with the names of the sources as its options."""
    there = origins(run)
    return replace(dial, options=tuple(there), value=next(name for name, start in there.items() if start == run.start))


def origins(run: Run) -> dict[str, Run | None]:
    """Returns the sources that the experiment can start from, by name: random weights, its current source, and the
    sources of lessons."""
    known: dict[str, Run | None] = {NOTHING: None}
    for start in (*([run.start] if run.start else []), *sources(run.net, run.task)):
        names = (f"{origin(start)}{f' {k}' if k > 1 else ''}" for k in itertools.count(1))
        if start not in known.values():
            known[next(name for name in names if name not in known)] = start
    return known


def label_source_dial(dial: Dial) -> Dial:
    """Adds "Backbone" to the label of a control of the source, because the experiment has a control with the same
    name."""
    return replace(dial, label=f"Backbone: {dial.label.lower()}") if dial.path.startswith("start.") else dial


def options(dial: Dial) -> tuple[Any, ...]:
    """Returns the values that a control can have."""
    return (False, True) if dial.kind == "switch" else dial.options


def starting_values(dial: Dial, count: int = 5) -> tuple[Any, ...]:
    """Returns the values with which a sweep begins: those around the current value, or the first ones."""
    every = options(dial)
    middle = every.index(dial.value) if dial.value in every else 0
    first = max(0, min(middle - count // 2, len(every) - count))
    return every[first : first + count]


def write(axes: Sequence[Axis]) -> str:
    """Encodes the axes for the link, such as "task.labels:1,2,5;stages.0.method:full,probe"."""
    return ";".join(f"{axis.dial.path}:{','.join(str(value) for value in axis.values)}" for axis in axes)


def read(text: str, run: Run) -> tuple[Axis, ...]:
    """Decodes the axes from the link. Raises BadValue with a sentence if the experiment has no such fields or values,
    or if there are more than two axes."""
    there, axes = fields(run), []
    for part in filter(None, text.split(";")):
        path, _, values = part.partition(":")
        if path not in there:
            raise BadValue(f"This experiment has no control {quoted_value(path)}, so a sweep cannot vary it.")
        by_name = {str(value): value for value in options(there[path])}
        named = list(dict.fromkeys(values.split(",")))
        if strange := [name for name in named if name not in by_name]:
            raise BadValue(f"In a sweep, {there[path].label} cannot have the value {quoted_value(strange[0])}.")
        axes.append(axis(run, there[path], [by_name[name] for name in named]))
    if len(axes) > 2 or len({axis.dial.path for axis in axes}) < len(axes):
        raise BadValue("A sweep varies one or two different controls.")
    return tuple(axes)


def axis(run: Run, dial: Dial, values: Sequence[Any]) -> Axis:
    """Returns an axis with these values of a control, in the order of its options."""
    row = tuple(sorted(values, key=options(dial).index))
    return Axis(dial, row, origins(run) if dial.kind == "source" else {})


def runs(run: Run, axes: Sequence[Axis], beside: bool = True) -> Runs:
    """Returns one run for each cell. A run that starts from another run has the same run from scratch beside it.

    Raises BadValue with a sentence if there are too many runs, or if one is not possible.
    """
    pieces = []
    for place in itertools.product(*[axis.values for axis in axes]):
        cell = run
        for axis, value in zip(axes, place):
            try:
                cell = axis.on(cell, value)
            except (TypeError, LookupError) as error:  # an earlier axis has removed this field
                raise BadValue(
                    f"Some of these runs do not have the control {axis.dial.label}. Vary only one of the two controls."
                ) from error
        if not cell.start and any(axis.dial.kind == "source" for axis in axes):
            cell = twin(cell)  # it is shown beside the runs that have a source
        called = ", ".join(f"{axis.name} {dials.option_text(value)}" for axis, value in zip(axes, place))
        pieces.append(LabelledRun(PRETRAINED if cell.start else SCRATCH, cell, place, name=called))
        if cell.start and beside:
            pieces.append(LabelledRun(SCRATCH, twin(cell), place, name=f"{called}, {SCRATCH}"))
    count = len({piece.of for piece in pieces})
    if not axes or count > MOST:
        raise BadValue(f"A sweep can have at most {MOST} runs, but these are {count}. Choose fewer values.")
    return pieces


def sweep_table(evidence: Results, pieces: Runs, what: str) -> tuple[pd.DataFrame, str]:
    """Returns the table of all finished runs, and the unit. Each row has the side, the position, and the mean and the
    spread over nets."""
    rows, unit = [], "%"
    for piece in pieces:
        if (table := over(evidence, piece)) is None or (of := of_table(table, "old" if what == OLD else "new")) is None:
            continue
        unit = of.scale.unit
        mean, spread = ending(table, of)
        rows.append((*piece.place, mean, spread, retention(table)))
    names = ["side", *(f"axis {k}" for k in range(len(pieces[0].place) - 1)), "mean", "spread", "left"]
    return pd.DataFrame(rows, columns=names), unit


def over(evidence: Results, piece: LabelledRun[Run]) -> pd.DataFrame | None:
    """Returns the table of a run, or None if the run is not finished."""
    table = evidence.table(*piece.place) if evidence.has(*piece.place) else None
    return table if table is not None and table.step.iloc[-1] >= piece.of.steps else None


def sides(pieces: Runs) -> list[str]:
    """Returns the sides that are swept."""
    return [side for side in (PRETRAINED, SCRATCH) if any(piece.role == side for piece in pieces)]


def rows_of(pieces: Runs, axes: Sequence[Axis]) -> list[tuple[str, str, Any]]:
    """Returns the rows of a picture, from top to bottom. Each one has a name, a side, and the value of the second
    axis.

    If the side from scratch is the same for all values of the second axis, it has only one row.
    """
    made, there = [], sides(pieces)
    for side in there:
        values = axes[1].values if len(axes) > 1 else (None,)
        mine = {value: [p.of for p in pieces if p.role == side and p.place[2:] in ((), (value,))] for value in values}
        alike = len(values) > 1 and side == SCRATCH and len({tuple(runs) for runs in mine.values()}) == 1
        for value in values[:1] if alike else values:
            told = [dials.option_text(value)] if len(axes) > 1 and not alike else []
            if mine[value]:
                made.append((", ".join(told + [side] * (len(there) > 1 or not told)), side, value))
    return made


def picture(evidence: Results, pieces: Runs, axes: Sequence[Axis], what: str, as_curves: bool) -> Figure:
    """Draws a heat map, or curves against the first field. Both show the two sides for each value of the second
    field."""
    table, unit = sweep_table(evidence, pieces, what)
    first, second = axes[0], axes[1] if len(axes) > 1 else None
    rows = rows_of(pieces, axes)
    parts = {
        name: table[(table.side == side) & (table["axis 1"] == value if second else True)] for name, side, value in rows
    }
    if not (as_curves and first.numeric):
        grid = pd.DataFrame(index=[*parts], columns=[dials.option_text(value) for value in first.values], dtype=float)
        for name, part in parts.items():
            for value, mean in zip(part["axis 0"], part["mean"]):
                grid.loc[name, dials.option_text(value)] = mean
        return cells(grid, second.name if second else "side", first.name, what, unit)
    lines = []
    for name, side, value in rows:
        part = parts[name]
        middle = part["mean"]
        curve = pd.DataFrame(
            {"x": part["axis 0"], "mean": middle, "low": middle - part.spread, "high": middle + part.spread}
        )
        k = second.values.index(value) if second else 0
        alone = second is None or name == SCRATCH
        colour = ROLES["scratch" if side == SCRATCH else "pretrained"][0] if alone else COLOURS[k % len(COLOURS)]
        dash = "dash" if side == SCRATCH else DASHES[k // len(COLOURS) % len(DASHES)]
        lines.append(Line(name=name, table=curve, colour=colour, dash=dash))
    low, high = (0, 100) if unit == "%" else (None, None)
    values = [value for value in first.values if value > 0]
    wide = len(values) == len(first.values) and max(values) / min(values) >= 20
    return compare_runs(
        lines,
        Scale(name=first.name, log=wide, at=first.values),
        Scale(name=what.lower(), unit=unit, low=low, high=high),
    )


def best(evidence: Results, pieces: Runs) -> LabelledRun[Run] | None:
    """Returns the finished run with the best final score on the new task."""
    ended = [(piece, table) for piece in pieces if (table := over(evidence, piece)) is not None]

    def worth(one: tuple[LabelledRun[Run], pd.DataFrame]) -> float:
        of = of_table(one[1], "new")
        assert of is not None
        return ending(one[1], of)[0] * (1 if unit_of(one[1]) == "accuracy" else -1)

    return max(ended, key=worth)[0] if ended else None


def compared(evidence: Results, pieces: Runs) -> str:
    """Returns a sentence that says how often each side is better. It is empty until one pair of runs is finished."""
    by_place: dict[tuple[Any, ...], dict[str, pd.DataFrame]] = {}
    for piece in pieces:
        if (table := over(evidence, piece)) is not None:
            by_place.setdefault(piece.place[1:], {})[piece.role] = table
    pairs = [sides for sides in by_place.values() if len(sides) == 2]
    gaps = [difference(sides[PRETRAINED], sides[SCRATCH]) for sides in pairs]
    return tally([gap[0] for gap in gaps if gap], "the pretrained net", "the net from scratch")


def as_table(evidence: Results, pieces: Runs, axes: Sequence[Axis]) -> pd.DataFrame:
    """Returns all numbers of the sweep for the learner to download, with one row for each run."""
    both = {"new task": NEW, "old skill": OLD}
    places = ["side", *(axis.name for axis in axes)]
    made = pd.DataFrame([piece.place for piece in pieces], columns=places)
    for name, what in both.items():
        table, unit = sweep_table(evidence, pieces, what)
        if len(table):
            table = table.rename(columns={f"axis {k}": axis.name for k, axis in enumerate(axes)})
            table = table.rename(columns={"mean": f"{name}, {unit}", "spread": f"± {name}"}).drop(columns="left")
            made = made.merge(table, how="left", on=places)
    return made
