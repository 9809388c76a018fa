"""Defines the basic values: the settings of a learner, the runs that a lesson asks for, and the results so far.

This module does not depend on any lesson, on the store or on the screen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

import numpy as np
import pandas as pd

from core.experiment.checks import BadValue, quoted_value
from core.experiment.spec import Measure, Run
from lessons.kit.model.cache_by_identity import cache_by_identity

Setting = int | float | str
# A text that the learner typed, one letter for each choice, or the points that they placed.
Given = str | tuple[tuple[float, float], ...]
Answer = dict[str, Any]  # the result of a measure, as JSON
Behaviour = dict[str, Any]  # the answers of a net at one test, as JSON
S = TypeVar("S", bound=Setting)
V = TypeVar("V", bound=Run | Measure, covariant=True)
T = TypeVar("T")


@dataclass(frozen=True)
class Seeds:
    """Defines which seeds an experiment uses. The same experiment with other seeds is a replication."""

    count: int = 8
    first: int = 0


@dataclass(frozen=True, kw_only=True)
class Control(Generic[S]):
    """Defines a control with which the learner chooses one of a few values.

    No other value can be chosen, not even by a URL. The exception is data of the learner's own, if the control allows
    it.
    """

    name: str
    label: str
    options: tuple[S, ...]  # as the URL and the store write them
    default: S
    help: str  # one sentence
    slider: bool = False  # True shows ordered values on a slider, False shows buttons side by side
    known: Callable[[str], bool] | None = None  # returns whether a text names data of the learner's own
    # What the control accepts besides its options; the page chooses the widget by it (app/controls/controls.py).
    kind: str = ""
    changes_runs: bool = True  # False if runs and stored results are the same for all options
    # What the screen shows for an option, if that is not the option itself. Nothing stores or compares a label.
    labels: Mapping[S, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if strange := [value for value in self.labels if value not in self.labelled_values]:
            raise BadValue(f"{self.label} has labels for {strange}, which are no options.")
        if self.labels and len(set(map(self.label_of, self.labelled_values))) < len(self.labelled_values):
            raise BadValue(f"{self.label} shows two options with the same label.")

    @property
    def labelled_values(self) -> tuple[S, ...]:
        """Returns the values that may have a label."""
        return self.options

    def label_of(self, value: Any) -> str:
        """Returns what the screen shows for a value: its label, or else the value as the URL writes it."""
        return self.labels.get(value, str(value))

    def label_of_text(self, text: str) -> str:
        """Returns the label of the option that this text names, or the text itself if it names none."""
        return {str(value): label for value, label in self.labels.items()}.get(text, text)

    def read(self, text: str) -> S:
        """Returns the option that the text of a URL names. Raises BadValue with a sentence if the text does not name
        an option."""
        for value in self.options:
            if text == str(value):
                return value
        if self.known and self.known(text):
            return cast(S, text)
        raise BadValue(f"{self.label} cannot be {quoted_value(text)}; it is {self.label_of(self.default)} instead.")


@dataclass(frozen=True)
class Settings:
    """Holds the values of the controls that the learner has set, such as `settings[LABELS]`.

    A prediction is also held as Settings, which are false until the learner has predicted.
    """

    values: Mapping[str, Setting] = field(default_factory=dict)
    draw: int = 1  # the number of the draw of labels, initial weights and batch order that a live run uses
    given: Given = ()  # the learner's input on the sheet of the lesson

    def __getitem__(self, control: Control[S]) -> S:
        return cast(S, self.values[control.name])

    def __bool__(self) -> bool:
        return bool(self.values)

    def __hash__(self) -> int:
        return hash((frozenset(self.values.items()), self.draw, self.given))

    def but(self, **values: Setting) -> Settings:
        """Returns a copy in which the named controls have other values."""
        return replace(self, values={**self.values, **values})

    @property
    def typed_text(self) -> str:
        """Returns the text or the choices on the sheet, or an empty string if the sheet holds points."""
        return self.given if isinstance(self.given, str) else ""

    @property
    def placed_points(self) -> tuple[tuple[float, float], ...]:
        """Returns the points on the sheet, or none if the sheet holds a text."""
        return () if isinstance(self.given, str) else self.given


def defaults(controls: Sequence[Control[Any]]) -> Settings:
    """Returns settings in which every control has its default value."""
    return Settings({control.name: control.default for control in controls})


@dataclass(frozen=True)
class LabelledRun(Generic[V]):
    """Holds a run or a measure that a lesson uses, and its purpose: the side of the picture, and its position on the
    axis."""

    role: str  # its purpose in the lesson: "pretrained", "scratch", "race"
    of: V
    x: Any = ()  # its position, such as labels, a rate or (world, labels); () if there is only one
    hidden: bool = field(default=False, kw_only=True)  # True if it stays hidden until the learner has predicted
    name: str = field(default="", kw_only=True)  # its name on the screen, if that is not the role

    @property
    def key(self) -> Key:
        return self.role, self.x if isinstance(self.x, tuple) else (self.x,)

    @property
    def place(self) -> tuple[Any, ...]:
        """Returns the arguments with which `Results.table` finds it."""
        return self.role, *self.key[1]

    def __str__(self) -> str:
        """Returns the name that a person reads, or else the role and the position."""
        return self.name or " ".join(
            [self.role, *(f"{at:g}" if isinstance(at, float) else str(at) for at in self.key[1])]
        )


Key = tuple[str, tuple[Any, ...]]  # a role and a position


def side_name(role: str) -> str:
    """Returns the name of a side of a race on the screen: a net from scratch has the role "scratch"."""
    return "from scratch" if role == "scratch" else role


Values = Sequence[LabelledRun[Run | Measure]]
Runs = Sequence[LabelledRun[Run]]
Measures = Sequence[LabelledRun[Measure]]


def hide(values: Values, *roles: str) -> Values:
    """Returns the values with some roles hidden until the learner has predicted. If no roles are named, all are
    hidden."""
    return [
        LabelledRun(
            piece.role, piece.of, piece.x, hidden=piece.hidden or not roles or piece.role in roles, name=piece.name
        )
        for piece in values
    ]


def visible(values: Values) -> Values:
    """Returns the values that the learner may see before they predict."""
    return [piece for piece in values if not piece.hidden]


@dataclass(frozen=True)
class Results:
    """Holds the results that are known so far, by role and position.

    These are the tables of runs, the answers of the first net of each run, and the answers of measures. Hidden
    results are not included.
    """

    _tables: Mapping[Key, pd.DataFrame] = field(default_factory=dict)
    _answers: Mapping[Key, Answer] = field(default_factory=dict)
    _behaviours: Mapping[Key, list[Behaviour]] = field(default_factory=dict)

    def table(self, role: str, *at: Any) -> pd.DataFrame:
        """Returns the table of a run, with one row for each test and seed."""
        return self._tables[role, at]

    def answer(self, role: str, *at: Any) -> Answer:
        return self._answers[role, at]

    def behaviour(self, role: str, *at: Any) -> list[Behaviour]:
        """Returns what the first net of a run answered at its tests, if the run recorded it (Run.exhibit).

        Each entry is {"step", "0": its own task, "1": the first task that it watches}, in the form of
        core/training/tracked_examples.py.
        """
        return self._behaviours.get((role, at), [])

    def has(self, role: str, *at: Any) -> bool:
        """Returns whether there is a table or an answer for this role and position."""
        return (role, at) in self._tables or (role, at) in self._answers

    def tables(self, role: str, *at: Any) -> dict[Any, pd.DataFrame]:
        """Returns all tables of a role whose position begins with `at`, by the rest of their position."""
        return select_role(self._tables, role, at)

    def answers(self, role: str, *at: Any) -> dict[Any, Answer]:
        """Returns all answers of a role whose position begins with `at`, by the rest of their position."""
        return select_role(self._answers, role, at)

    def under(self, prefix: str) -> Results:
        """Returns the results whose role begins with a prefix, with the rest of it as their role."""

        def chosen(found: Mapping[Key, T]) -> dict[Key, T]:
            return {
                (role.removeprefix(prefix), at): one for (role, at), one in found.items() if role.startswith(prefix)
            }

        return Results(chosen(self._tables), chosen(self._answers), chosen(self._behaviours))

    def partial_results(self, share: float) -> Results:
        """Returns the results that were known after this share of the tests of each run, and after at least the first
        test."""
        ends = {}
        for key, table in self._tables.items():
            steps = sorted(table.step.unique())
            ends[key] = steps[max(0, math.ceil(share * len(steps)) - 1)]
        return self.up_to(ends)

    def up_to(self, ends: Mapping[Key, float]) -> Results:
        """Returns the results that were known when each of these runs had reached the given step. The other runs are
        complete."""
        tables = {key: cut(one, ends[key]) if key in ends else one for key, one in self._tables.items()}
        behaviours = {
            key: [moment for moment in every if moment["step"] <= ends.get(key, math.inf)]
            for key, every in self._behaviours.items()
        }
        return Results({key: table for key, table in tables.items() if len(table)}, self._answers, behaviours)

    def __or__(self, other: Results) -> Results:
        """Returns the results of both. If both know a run, all its results come from `other`, so that they belong
        together."""
        mine = {key: every for key, every in self._behaviours.items() if key not in other._tables}
        return Results(
            {**self._tables, **other._tables}, {**self._answers, **other._answers}, {**mine, **other._behaviours}
        )

    def __len__(self) -> int:
        return len(self._tables) + len(self._answers)


@cache_by_identity(512)
def cut(table: pd.DataFrame, end: float) -> pd.DataFrame:
    """Returns the rows of a table up to a step. The rows must be in the order of their steps."""
    return table.iloc[: np.searchsorted(table.step.to_numpy(), end, side="right")]


def select_role(found: Mapping[Key, T], role: str, at: tuple[Any, ...]) -> dict[Any, T]:
    """Returns the entries of a role whose position begins with `at`, by the rest of their position."""
    rest = {key[1][len(at) :]: one for key, one in found.items() if key[0] == role and key[1][: len(at)] == at}
    return {left[0] if len(left) == 1 else left: one for left, one in rest.items()}
