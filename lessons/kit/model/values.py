"""The ground floor: what a learner can set, what a lesson asks to be computed, and what is known of it so far.

Knows no lesson, no store and no screen.
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
Given = str | tuple[tuple[float, float], ...]  # what a learner typed, a letter a choice, or points that they placed
Answer = dict[str, Any]  # what a measure says, as JSON
Behaviour = dict[str, Any]  # what a net did at one test, as JSON
S = TypeVar("S", bound=Setting)
V = TypeVar("V", bound=Run | Measure, covariant=True)


@dataclass(frozen=True)
class Seeds:
    """Which seeds an experiment uses; other seeds make it a replication."""

    count: int = 8
    first: int = 0


@dataclass(frozen=True, kw_only=True)
class Control(Generic[S]):
    """One choice of the learner among a few values; nothing else can be chosen, not even by a URL, but for something
    of their own where there may be one."""

    name: str
    label: str
    options: tuple[S, ...]  # written alike on screen and in the URL
    default: S
    help: str  # a sentence
    slider: bool = False  # ordered values on a slider; otherwise buttons side by side
    known: Callable[[str], bool] | None = None  # whether there is something of the learner's own that a text names
    kind: str = ""  # what it takes besides its options, by which a page chooses its widget (app/controls/controls.py)

    def read(self, text: str) -> S:
        """The option that a URL names; BadValue with a sentence if it names none."""
        for value in self.options:
            if text == str(value):
                return value
        if self.known and self.known(text):
            return cast(S, text)
        raise BadValue(f"{self.label} cannot be {quoted_value(text)}; it is {self.default} instead.")


@dataclass(frozen=True)
class Settings:
    """What the learner has set, by control: `settings[LABELS]`. Their prediction is one too, and false until made."""

    values: Mapping[str, Setting] = field(default_factory=dict)
    draw: int = 1  # which draw of labels, initial weights and batch order a live run uses
    given: Given = ()  # what stands on the lesson's sheet

    def __getitem__(self, control: Control[S]) -> S:
        return cast(S, self.values[control.name])

    def __bool__(self) -> bool:
        return bool(self.values)

    def __hash__(self) -> int:
        return hash((frozenset(self.values.items()), self.draw, self.given))

    def but(self, **values: Setting) -> Settings:
        """The same with some controls set otherwise, by their names."""
        return replace(self, values={**self.values, **values})

    @property
    def typed_text(self) -> str:
        """What stands on a sheet of text or of choices."""
        return self.given if isinstance(self.given, str) else ""

    @property
    def placed_points(self) -> tuple[tuple[float, float], ...]:
        """What stands on a sheet of points."""
        return () if isinstance(self.given, str) else self.given


def defaults(controls: Sequence[Control[Any]]) -> Settings:
    return Settings({control.name: control.default for control in controls})


@dataclass(frozen=True)
class LabelledRun(Generic[V]):
    """A value that a lesson stands on, and what it is there for: which side of the picture, and where on its axis."""

    role: str  # what it is to the lesson: "pretrained", "scratch", "race"
    of: V
    x: Any = ()  # where it stands: labels, a rate, (a world, labels); () if there is only one
    hidden: bool = field(default=False, kw_only=True)  # not shown until the learner has predicted
    name: str = field(default="", kw_only=True)  # on screen, where that is not the role

    @property
    def key(self) -> Key:
        return self.role, self.x if isinstance(self.x, tuple) else (self.x,)

    @property
    def place(self) -> tuple[Any, ...]:
        """As `Evidence.table` is asked for it."""
        return self.role, *self.key[1]

    def __str__(self) -> str:
        """As a person reads it: the name, or the role and where it stands."""
        return self.name or " ".join(
            [self.role, *(f"{at:g}" if isinstance(at, float) else str(at) for at in self.key[1])]
        )


Key = tuple[str, tuple[Any, ...]]  # a role and where
Values = Sequence[LabelledRun[Run | Measure]]
Runs = Sequence[LabelledRun[Run]]
Measures = Sequence[LabelledRun[Measure]]


def hide(values: Values, *roles: str) -> Values:
    """The same, of which some roles (all, if none is named) are hidden until the learner has predicted."""
    return [
        LabelledRun(
            piece.role, piece.of, piece.x, hidden=piece.hidden or not roles or piece.role in roles, name=piece.name
        )
        for piece in values
    ]


def visible(values: Values) -> Values:
    """What may be seen before a prediction."""
    return [piece for piece in values if not piece.hidden]


@dataclass(frozen=True)
class Results:
    """What is known so far, by role and place: tables of runs and what their first nets did, answers of measures. What
    is hidden is not in it."""

    _tables: Mapping[Key, pd.DataFrame] = field(default_factory=dict)
    _answers: Mapping[Key, Answer] = field(default_factory=dict)
    _behaviours: Mapping[Key, list[Behaviour]] = field(default_factory=dict)

    def table(self, role: str, *at: Any) -> pd.DataFrame:
        """A run's table, one row a test and seed."""
        return self._tables[role, at]

    def answer(self, role: str, *at: Any) -> Answer:
        return self._answers[role, at]

    def behaviour(self, role: str, *at: Any) -> list[Behaviour]:
        """What a run's first net did at its tests, if the run recorded it (Run.exhibit): {"step", "0": its own task,
        "1": the first it watches}, as core/training/tracked_examples.py says."""
        return self._behaviours.get((role, at), [])

    def has(self, role: str, *at: Any) -> bool:
        return (role, at) in self._tables or (role, at) in self._answers

    def tables(self, role: str, *at: Any) -> dict[Any, pd.DataFrame]:
        """All tables of a role whose place begins like this, by the rest of their place."""
        return select_role(self._tables, role, at)

    def answers(self, role: str, *at: Any) -> dict[Any, Answer]:
        return select_role(self._answers, role, at)

    def partial_results(self, share: float) -> Results:
        """What was known when so much of every run's tests had been made, at least the first."""
        ends = {}
        for key, table in self._tables.items():
            steps = sorted(table.step.unique())
            ends[key] = steps[max(0, math.ceil(share * len(steps)) - 1)]
        return self.up_to(ends)

    def up_to(self, ends: Mapping[Key, float]) -> Results:
        """What was known when these runs had made so many steps; the others are whole."""
        tables = {key: cut(one, ends[key]) if key in ends else one for key, one in self._tables.items()}
        behaviours = {
            key: [moment for moment in every if moment["step"] <= ends.get(key, math.inf)]
            for key, every in self._behaviours.items()
        }
        return Results({key: table for key, table in tables.items() if len(table)}, self._answers, behaviours)

    def __or__(self, other: Results) -> Results:
        """What either knows; of a run that both know it is the other's, so that a table and a behaviour agree."""
        mine = {key: every for key, every in self._behaviours.items() if key not in other._tables}
        return Results(
            {**self._tables, **other._tables}, {**self._answers, **other._answers}, {**mine, **other._behaviours}
        )

    def __len__(self) -> int:
        return len(self._tables) + len(self._answers)


T = TypeVar("T")


@cache_by_identity(512)
def cut(table: pd.DataFrame, end: float) -> pd.DataFrame:
    """A table up to a step, which its rows are in the order of."""
    return table.iloc[: np.searchsorted(table.step.to_numpy(), end, side="right")]


def select_role(found: Mapping[Key, T], role: str, at: tuple[Any, ...]) -> dict[Any, T]:
    rest = {key[1][len(at) :]: one for key, one in found.items() if key[0] == role and key[1][: len(at)] == at}
    return {left[0] if len(left) == 1 else left: one for left, one in rest.items()}
