"""Defines the prediction that a learner makes before they see a result. They make it by hand on the picture, or with
sliders beside it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.experiment.checks import BadValue, quoted_value
from lessons.kit.model.values import Control

# Options of a slider for a share that the learner expects to be right, or to be left.
SHARES = tuple(f"{share} %" for share in range(0, 101, 5))


def expected(option: str) -> float:
    """Returns the number of an option, such as 35.0 for "35 %"."""
    return float(option.split()[0])


@dataclass(frozen=True, kw_only=True)
class Handle:
    """Defines a mark that the learner drags on the picture: sideways, up and down, or both.

    Positions are in the units of the picture's axes. Shares are in percent.
    """

    x: Control[Any] | float  # the control that moves when the handle moves sideways, or its fixed position
    y: Control[Any] | float  # the control that moves when the handle moves up or down, or its fixed position
    name: str = ""  # shown beside the handle
    unit: str = ""  # written after a value, such as " %"
    # Positions of options that are not numbers, such as {"never": 900}.
    where: Mapping[str, float] = field(default_factory=dict)
    start: float | tuple[float, float] | None = None  # its position before the learner moves it; None is the middle
    pane: int = 0  # the number of the pane that it lies in, if the picture has several panes
    # Whether a line joins it to the other handles; None joins it if it moves only up and down.
    joined: bool | None = None

    @property
    def controls(self) -> tuple[Control[Any], ...]:
        """Returns the controls that the handle sets. There are two if it moves freely, one if it moves in one
        direction, and none if it is only the start of a line."""
        return tuple(way for way in (self.x, self.y) if isinstance(way, Control))

    def place(self, option: Any) -> float:
        """Returns the position of an option on its axis, or NaN if it has none."""
        return float(self.where.get(str(option), option if isinstance(option, int | float) else math.nan))

    def option_text(self, control: Control[Any], option: Any) -> str:
        """Returns an option as it is written beside the handle: its label, or else the option with the unit."""
        plain = isinstance(option, int | float) and option not in control.labels
        return control.label_of(option) + self.unit * plain

    def __post_init__(self) -> None:
        for control in self.controls:
            if lost := [option for option in control.options if math.isnan(self.place(option))]:
                raise BadValue(f"{control.label}: nobody says where {lost} stand on the picture.")


@dataclass(frozen=True, kw_only=True)
class Order(Control[str]):
    """Defines a control whose value is an order of its items, such as "b > a > c". The learner drags the items on the
    picture."""

    options: tuple[str, ...] = ()  # if it is empty, any order of the items is an option
    items: tuple[str, ...] = ()  # these may have labels
    default: str = ""

    @property
    def labelled_values(self) -> tuple[str, ...]:
        return self.items

    def label_of(self, value: str) -> str:
        """Returns what the screen shows for an order or for one item: its items by their labels."""
        return self.format_items([self.labels.get(item, item) for item in self.parse_items(value)])

    def label_of_text(self, text: str) -> str:
        return self.label_of(text)

    def read(self, text: str) -> str:
        if sorted(self.parse_items(text)) != sorted(self.items):
            raise BadValue(f"{self.label} has each of {len(self.items)} once, not {quoted_value(text)}.")
        return text

    @staticmethod
    def parse_items(value: str) -> list[str]:
        """Splits a value into the list of its items."""
        return value.split(" > ")

    @staticmethod
    def format_items(items: Sequence[str]) -> str:
        """Joins the items the way the URL writes them."""
        return " > ".join(items)


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Defines what the learner predicts before they see a result.

    They drag handles on the picture, or put the rows of the picture in order. All other sliders appear in the rail.
    """

    asks: str
    sliders: tuple[Control[Any], ...]  # everything that the learner predicts, including what they set with handles
    handles: tuple[Handle, ...] = ()

    def only(self, asked: Collection[str]) -> Prediction:
        """Returns the part of the prediction that has these sliders, with the handles that set them."""
        sliders = tuple(one for one in self.sliders if one.name in asked)
        handles = tuple(one for one in self.handles if all(control.name in asked for control in one.controls))
        return replace(self, sliders=sliders, handles=handles)

    @property
    def by_hand(self) -> tuple[Control[Any], ...]:
        """Returns the sliders that the learner sets on the picture."""
        dragged = {control.name for handle in self.handles for control in handle.controls}
        return tuple(one for one in self.sliders if one.name in dragged or isinstance(one, Order))
