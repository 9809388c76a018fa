"""Defines dataclass fields that know their label, their bounds and a help text for the learner.

Example: `labels: int = bounded(10, IntRange("Labels per class", 1, 400), "Examples of each class.")`. A value checks
its bounded fields when it is created. Controls, tables and documents are made from the same definitions. This module
does not depend on any particular value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Protocol, TypeVar

from core.experiment import checks

T = TypeVar("T")


class Bound(Protocol):
    """Defines the label of a field and the values that the field may have."""

    @property
    def label(self) -> str: ...

    def check(self, value: Any) -> None:
        """Raises BadValue with a sentence for the learner if the value is not allowed."""


@dataclass(frozen=True)
class FloatRange:
    """Accepts a number in [low, high]."""

    label: str
    low: float
    high: float
    unit: str = ""  # the unit as it is written in a sentence

    def check(self, value: Any) -> None:
        checks.check_range(self.label, value, self.low, self.high, self.unit and f" {self.unit}")


@dataclass(frozen=True)
class IntRange(FloatRange):
    """Accepts a whole number in [low, high]."""

    low: int
    high: int

    def check(self, value: Any) -> None:
        checks.check_whole(self.label, value, self.low, self.high, self.unit and f" {self.unit}")


@dataclass(frozen=True)
class Flag:
    """Accepts True or False."""

    label: str

    def check(self, value: Any) -> None:
        checks.check_yes_or_no(self.label, value)


@dataclass(frozen=True)
class Choice:
    """Accepts one of a few names. A name that matches `own` is accepted too: it stands for something the learner
    uploaded.

    The names are a tuple, or a function that returns them, such as the names of the files in a folder of core.
    """

    label: str
    among: tuple[str, ...] | Callable[[], tuple[str, ...]]
    own: re.Pattern[str] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        return self.among if isinstance(self.among, tuple) else self.among()

    def check(self, value: Any) -> None:
        if not (self.own and isinstance(value, str) and self.own.fullmatch(value)):
            checks.check_choice(self.label, value, self.options)


@dataclass(frozen=True)
class BoundedField:
    """Holds the bound of a field and its help text."""

    bound: Bound
    help: str  # one or two sentences for the learner


def bounded(default: T, bound: Bound, help: str) -> T:
    """Returns a dataclass field with a bound and a help text. To a type checker, the field is its default value."""
    made: T = field(default=default, metadata={"knob": BoundedField(bound, help)})
    return made


def bounded_fields(kind: type) -> dict[str, BoundedField]:
    """Returns the bounded fields of a dataclass by name, in the order of its fields. Other fields are left out."""
    return fields_of(kind)


@cache  # every new value asks for its fields
def fields_of(kind: type) -> dict[str, BoundedField]:
    """Returns the bounded fields of a dataclass, from a cache."""
    return {one.name: one.metadata["knob"] for one in fields(kind) if "knob" in one.metadata}


class Bounded:
    """A base class for values that check their bounded fields when they are created.

    A subclass with more to check overrides `__post_init__` and calls this one first.
    """

    def __post_init__(self) -> None:
        for name, one in bounded_fields(type(self)).items():
            one.bound.check(getattr(self, name))
