"""Makes the controls of the sandbox from the fields of the experiment and their bounds.

A new method, protection, net, world or field therefore appears without any change here. Only controls that have a
meaning for the current experiment are included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from math import ceil, floor, log10
from typing import Any, Literal, cast

from core.experiment.checks import module_names
from core.experiment.fields import Bound, Bounded, Choice, Flag, FloatRange, IntRange, bounded_fields
from core.experiment.spec import Keep, Run, Stage
from core.experiment.static_inspection import nets_for, reads_field
from lessons.kit.sandbox.experiment import KINDS, NOTHING, STAGES, get, plain_name
from lessons.kit.sandbox.world_help import world_help

GROUPS = ("World", "Model", "Method", "Keeping")
SMALLEST = 0.001  # the lowest value above 0 on a logarithmic scale that has no other lower end
# Fields that are always visible in their group. Other fields are in an expander while they have their default.
AT_HAND = {
    "task",
    "labels",
    "subject",
    "alphabet",
    "table",
    "album",
    "net",
    "start",
    "seeds",
    "stages",
    "method",
    "size",
    "steps",
}
AT_HAND |= {"rate", "keep", "strength", "count", "watch"}
LOG = 50  # if the upper bound is this many times the lower bound, the options are spaced logarithmically


@dataclass(frozen=True, kw_only=True)
class Dial:
    """Holds one control: its path in the experiment, its name and its options."""

    path: str
    label: str
    help: str
    kind: Literal["switch", "slider", "choice", "source"]
    value: Any
    options: tuple[Any, ...] = ()
    own: bool = False  # whether the learner can also choose data of their own
    changed: bool = False  # whether its value differs from the default

    @property
    def field_name(self) -> str:
        """Returns the name of the field."""
        return self.path.rpartition(".")[2]

    @property
    def always_visible(self) -> bool:
        """Returns whether the control is visible outside the expander."""
        return self.field_name in AT_HAND or self.changed


def dials(run: Run) -> dict[str, list[Dial]]:
    """Returns all controls by group."""
    return {
        "World": list(of_task(run, "task", "Dataset")),
        "Model": list(of_model(run)),
        "Method": list(of_method(run, "")),
        "Keeping": list(of_keeping(run)),
    }


def of_task(run: Run, path: str, label: str) -> Iterator[Dial]:
    """Yields the controls of a task: its world and its fields. The world of a source must be one that the net can
    read."""
    kinds = {name: kind for name, kind in KINDS.items() if path == "task" or run.net in nets_for(kind())}
    kind = KINDS[get(run, path)]
    yield Dial(path=path, label=label, help=world_help(kind), kind="choice", value=kind.__name__, options=(*kinds,))
    yield from of_knobs(run, path, kind, *bounded_fields(kind))


def of_model(run: Run) -> Iterator[Dial]:
    """Yields the controls of the net: its kind, the run that it starts from, and the number of nets."""
    yield dial(run, "net", bounded_fields(Run)["net"].bound, bounded_fields(Run)["net"].help, nets_for(run.task))
    yield Dial(
        path="start",
        label="It starts from",
        help="Start from a backbone that has already learned something, or from random weights.",
        kind="source",
        value=run.start,
    )
    taken_over = ("copied", "scrambled") if run.start else ()
    yield from of_knobs(run, "", Run, *taken_over, "seeds", "first_seed", "frames")


def of_source(run: Run) -> Iterator[Dial]:
    """Yields the controls of the run that the experiment starts from: its world and its training. If the learner
    changes it, it is trained first."""
    if run.start:
        yield from of_task(run, "start.task", "What the backbone learned")
        yield from of_method(run, "start.")


def of_method(run: Run, whose: str) -> Iterator[Dial]:
    """Yields the controls of the training method, for one or several stages."""
    stages: tuple[Stage, ...] = get(run, f"{whose}stages")
    most = max(STAGES, len(stages))
    yield Dial(
        path=f"{whose}stages",
        label="Stages",
        help="Train in several stages, one after the other. Each stage has its own method.",
        kind="slider",
        value=len(stages),
        options=tuple(range(1, most + 1)),
    )
    judged = bool(not whose and run.start and run.task.judged)
    for k, stage in enumerate(stages):
        hidden = {"size"} if not reads_field("adapt", stage.method, "size") else set()
        hidden |= {"aim"} if not judged else set()
        hidden |= {"beta", "mix"} if stage.aim == "task" else set()
        shown = [name for name in bounded_fields(Stage) if name not in hidden]
        of_stage = of_knobs(run, f"{whose}stages.{k}", Stage, *shown)
        yield from (replace(one, label=f"{one.label}, stage {k + 1}") if len(stages) > 1 else one for one in of_stage)


def of_keeping(run: Run) -> Iterator[Dial]:
    """Yields the controls of the protection of the old skill."""
    if not run.start:
        return
    way, known = run.keep[0].method if run.keep else NOTHING, bounded_fields(Keep)["method"]
    options = (NOTHING, *module_names("keep"))
    yield Dial(path="keep", label=known.bound.label, help=known.help, kind="choice", value=way, options=options)
    for k, keep in enumerate(run.keep):
        read = [name for name in ("strength", "count") if reads_field("keep", keep.method, f"keep.{name}")]
        yield from of_knobs(run, f"keep.{k}", Keep, *read)
    yield Dial(
        path="watch",
        label="Test the old skill too",
        help="At every test, also measure how well the net still does what its backbone had learned.",
        kind="switch",
        value=bool(run.watch),
    )


def of_knobs(run: Run, path: str, kind: type[Bounded], *names: str) -> Iterator[Dial]:
    """Yields a control for each of these fields."""
    at_first = {f.name: f.default for f in fields(cast(Any, kind))}
    for name in names:
        knob = bounded_fields(kind)[name]
        one = dial(run, f"{path}.{name}" if path else name, knob.bound, knob.help)
        yield replace(one, changed=one.value != at_first[name])


def dial(run: Run, path: str, bound: Bound, help: str, options: tuple[str, ...] = ()) -> Dial:
    """Returns the control of one field, following its bounds. `options` are the choices that are possible here."""
    value, shape = get(run, path), (path, bound.label, help)
    if isinstance(bound, Flag):
        return Dial(path=path, label=bound.label, help=help, kind="switch", value=value)
    if isinstance(bound, Choice):
        among = options or bound.options
        there = among if value in among else (*among, value)
        own = bound.own is not None
        return Dial(path=path, label=bound.label, help=help, kind="choice", value=value, options=there, own=own)
    assert isinstance(bound, FloatRange), shape
    return Dial(path=path, label=bound.label, help=help, kind="slider", value=value, options=spaced(bound, value))


def spaced(bound: FloatRange, *more: float) -> tuple[Any, ...]:
    """Returns the values within a bound that the learner can choose from.

    They include both ends and the values in `more`. A wide range has steps by factors of about two, other ranges have
    even steps.
    """
    low, high, whole = bound.low, bound.high, isinstance(bound, IntRange)
    if low >= 0 and high >= LOG * max(low, 1 if whole else SMALLEST) and (whole or high > 10 or low > 0):
        least = low or (1 if whole else SMALLEST)
        powers = range(floor(log10(least)), ceil(log10(high)) + 1)
        found = [round(k * 10.0**power, 10) for power in powers for k in (1, 2, 5)]
    else:
        step = even((high - low) / 30, whole)
        found = [round(step * k, 10) for k in range(ceil(low / step), floor(high / step) + 1)]
    found = [value for value in {*found, low, high, *more} if low <= value <= high]
    return tuple(sorted(int(value) if whole else float(value) for value in found))


def even(step: float, whole: bool) -> float:
    """Returns the next larger step that is a round number."""
    steps = [round(k * 10.0**power, 10) for power in range(-3, 4) for k in (1, 2, 2.5, 5)] + [15]
    return min(one for one in steps if one >= step and (not whole or one == int(one)))


def option_text(value: Any) -> str:
    """Returns the text of an option on the page."""
    if isinstance(value, bool) or value is None:
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.10g}" if abs(value) < 1e6 else f"{value:g}"
    return plain_name(value) or "none"


def changes(old: Run, new: Run) -> list[str]:
    """Returns the differences between two experiments, one text for each control, such as "labels per class from 10
    to 20"."""
    was, now = ({one.path: one for group in dials_by_group(run) for one in group} for run in (old, new))
    told = []
    for path in now.keys() & was.keys():
        if now[path].value != was[path].value and now[path].kind != "source":
            before, after = option_text(was[path].value), option_text(now[path].value)
            told.append(f"{now[path].label.lower()} from {before} to {after}")
    if old.start != new.start and not any("start." in path for path in now.keys() & was.keys()):
        told.append("what it starts from")
    return sorted(told)


def dials_by_group(run: Run) -> list[list[Dial]]:
    """Returns the controls of the experiment and of its source, as one list for each group."""
    return [*dials(run).values(), list(of_source(run))]
