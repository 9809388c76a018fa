"""What a learner commits to before seeing a result: by hand on the picture, or with sliders beside it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.experiment.checks import BadValue, quoted_value
from lessons.kit.model.values import Control

SHARES = tuple(f"{share} %" for share in range(0, 101, 5))  # options of what somebody expects to be right, or left


def expected(option: str) -> float:
    """One of these as a number."""
    return float(option.split()[0])


@dataclass(frozen=True, kw_only=True)
class Handle:
    """A mark that the learner drags on the picture: sideways, up and down, or both. Places are in the units of the
    picture's axes, shares in percent."""

    x: Control[Any] | float  # what moving it sideways sets, or where it stands
    y: Control[Any] | float  # what moving it up or down sets, or where it stands
    name: str = ""  # said beside it
    unit: str = ""  # written after a value: " %"
    where: Mapping[str, float] = field(default_factory=dict)  # where an option stands that is no number: {"never": 900}
    start: float | tuple[float, float] | None = None  # where it lies until it is moved; in the middle if not said
    pane: int = 0  # in which of the picture's panes it lies, where there are several
    joined: bool | None = None  # to the others by a line; if not said, where it moves up and down only

    @property
    def controls(self) -> tuple[Control[Any], ...]:
        """What it sets: none if it only begins a line, one, or two if it moves freely."""
        return tuple(way for way in (self.x, self.y) if isinstance(way, Control))

    def place(self, option: Any) -> float:
        """Where an option stands on its axis."""
        return float(self.where.get(str(option), option if isinstance(option, int | float) else math.nan))

    def __post_init__(self) -> None:
        for control in self.controls:
            if lost := [option for option in control.options if math.isnan(self.place(option))]:
                raise BadValue(f"{control.label}: nobody says where {lost} stand on the picture.")


@dataclass(frozen=True, kw_only=True)
class Order(Control[str]):
    """A control whose value is an order of its items, which the learner drags on the picture: "b > a > c"."""

    options: tuple[str, ...] = ()  # none: any order of the items is one
    items: tuple[str, ...] = ()
    default: str = ""

    def read(self, text: str) -> str:
        if sorted(self.parse_items(text)) != sorted(self.items):
            raise BadValue(f"{self.label} has each of {len(self.items)} once, not {quoted_value(text)}.")
        return text

    @staticmethod
    def parse_items(value: str) -> list[str]:
        """The items in their order."""
        return value.split(" > ")

    @staticmethod
    def format_items(items: Sequence[str]) -> str:
        """As the URL writes them."""
        return " > ".join(items)


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What the learner commits to before seeing a result. What is dragged on the picture are handles, or an order of
    its rows; the other sliders stand in the rail."""

    asks: str
    sliders: tuple[Control[Any], ...]  # all that must be said, also by handles
    handles: tuple[Handle, ...] = ()

    def only(self, asked: Collection[str]) -> Prediction:
        """Some of it: these sliders, and the handles that set them."""
        sliders = tuple(one for one in self.sliders if one.name in asked)
        handles = tuple(one for one in self.handles if all(control.name in asked for control in one.controls))
        return replace(self, sliders=sliders, handles=handles)

    @property
    def by_hand(self) -> tuple[Control[Any], ...]:
        """The sliders that are set on the picture."""
        dragged = {control.name for handle in self.handles for control in handle.controls}
        return tuple(one for one in self.sliders if one.name in dragged or isinstance(one, Order))
