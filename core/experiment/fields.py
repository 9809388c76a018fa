"""Knobs: fields of values that know what they are called, what they may be and what they are for.

`labels: int = knob(10, Whole("Labels per class", 1, 400), "Examples of each class.")`. A value checks its knobs on
construction; controls, tables and documents are made from them. Knows no value by name.
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
    """What a field is called, and what it may be."""

    @property
    def label(self) -> str: ...

    def check(self, value: Any) -> None:
        """Raises BadValue with a sentence for the learner."""


@dataclass(frozen=True)
class FloatRange:
    """A number in [low, high]."""

    label: str
    low: float
    high: float
    unit: str = ""  # as it stands in a sentence

    def check(self, value: Any) -> None:
        checks.check_range(self.label, value, self.low, self.high, self.unit and f" {self.unit}")


@dataclass(frozen=True)
class IntRange(FloatRange):
    """A whole number in [low, high]."""

    low: int
    high: int

    def check(self, value: Any) -> None:
        checks.check_whole(self.label, value, self.low, self.high, self.unit and f" {self.unit}")


@dataclass(frozen=True)
class Flag:
    label: str

    def check(self, value: Any) -> None:
        checks.check_yes_or_no(self.label, value)


@dataclass(frozen=True)
class Choice:
    """One of a few names, or of those in a folder of core; or where `own` fits, of something of the learner's own."""

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
    bound: Bound
    help: str  # a sentence or two for the learner


def bounded(default: T, bound: Bound, help: str) -> T:
    """A field of a dataclass. To a type checker it is its default."""
    made: T = field(default=default, metadata={"knob": BoundedField(bound, help)})
    return made


def bounded_fields(kind: type) -> dict[str, BoundedField]:
    """The knobs of a kind of value by name, in the order of its fields; other fields are its own affair."""
    return fields_of(kind)


@cache  # every value that is made asks
def fields_of(kind: type) -> dict[str, BoundedField]:
    return {one.name: one.metadata["knob"] for one in fields(kind) if "knob" in one.metadata}


class Bounded:
    """A value whose knobs are within their bounds. Who has more to check calls this first."""

    def __post_init__(self) -> None:
        for name, one in bounded_fields(type(self)).items():
            one.bound.check(getattr(self, name))
