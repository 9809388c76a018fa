"""Defines the player: frames with areas, points, images, bars and lines that a learner plays or scrubs in the
browser. Panels with texts are in text_panels.py. It does not depend on the screen.

    player(Player(marks=("step 0", "step 20"), says=("It knows nothing yet.", "It knows both."), panels=(...)))

All panels follow the same scrubber. The first axis of an array is the frame. If it is 1 or missing, the values are
the same for all frames. `says` holds one sentence for each frame, which is read aloud.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from core.experiment.checks import BadValue
from lessons.kit.figures import ROLES, Figure, percent
from lessons.kit.figures.encoded_bytes import from_base64 as from_base64
from lessons.kit.figures.encoded_bytes import to_base64 as to_base64
from lessons.kit.figures.plane_axes import PlaneAxis, axes_spec, bounding_square

IN_COLOUR, COLOUR_SIDE = "data:image/", 64  # how a picture in colour begins, and its pixels
NOTHING, RIGHT, LOST, WON_BACK = 0, 1, 2, 3  # states of an item, each with a colour and a mark


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """Defines a panel with a plane. It has decision areas, points that stay or move, or both. Areas need an extent."""

    title: str
    areas: Sequence[str] = ()  # for each frame: base64 of side * side class numbers as bytes, the lowest row first
    sure: Sequence[str] = ()  # for each frame: the confidence, in the same layout, from 0 (pale) to 255 (full)
    xy: ArrayLike = ()  # (frames, points, 2)
    classes: ArrayLike = ()  # (frames, points), positions in Player.classes
    states: ArrayLike = ()  # (frames, points): NOTHING, RIGHT, LOST or WON_BACK
    stories: Sequence[str] = ()  # for each point: its text when it is selected; "" if it cannot be
    extent: tuple[float, float, float, float] | None = None  # left, right, bottom, top; None fits all points
    big: Sequence[str] = ()  # for each frame: a large word above it, such as a count
    axes: tuple[PlaneAxis, PlaneAxis] | None = None  # across and up, in the units of the measured values

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        frames = len(marks)
        found: dict[str, Any] = {"kind": "space", "title": self.title, "alt": self.title} | large(self.big, frames)
        xy = shaped("Points", self.xy, frames, -1, 2).astype(float) if len(np.asarray(self.xy)) else None
        if xy is None and not len(self.areas):
            raise BadValue("A space needs areas or points.")
        if xy is not None:
            found |= self.points(xy, frames, names)
        if len(self.areas):
            if self.extent is None:
                raise BadValue("Areas need an extent.")
            areas = [from_base64("Areas", one) for one in shaped("Areas", self.areas, frames)]
            side = round(len(areas[0]) ** 0.5)
            for one in [*areas, *(from_base64("Sure", s) for s in self.sure)]:
                if len(one) != side * side:
                    raise BadValue(f"Areas must be squares of the same size, not {side * side} and {len(one)} cells.")
            if max(int(one.max()) for one in areas) >= names:
                raise BadValue("Every class number in areas must be a place in the player's classes.")
            if len(self.sure) not in (0, len(areas)):
                raise BadValue("Sure needs as many frames as areas.")
            found |= {"side": side, "areas": list(self.areas), "sure": list(self.sure)}
        return found | axes_spec(self.axes) | {"extent": list(self.extent or bounding_square(xy))}

    def points(self, xy: np.ndarray, frames: int, names: int) -> dict[str, Any]:
        """Returns the coordinates as 16-bit numbers within their own bounds, and the classes and states as bytes."""
        if not np.isfinite(xy).all():
            raise BadValue("Every point must have a place.")
        count = xy.shape[1]
        classes = shaped("Classes", self.classes, frames, count).astype(int)
        if classes.min() < 0 or classes.max() >= names:
            raise BadValue("Every class must be a place in the player's classes.")
        low, span = xy.min((0, 1)), np.maximum(np.ptp(xy, (0, 1)), 1e-9)
        return {
            "count": count,
            "xy": base64.b64encode(((xy - low) / span * 65535).round().astype("<u2").tobytes()).decode(),
            "bounds": [*low.tolist(), *span.tolist()],
            "classes": to_base64(classes),
            "states": to_base64(state_of(self.states, frames, count)),
            "stories": texts("Stories", self.stories, count),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """Defines a panel with small grey or coloured images or signed filters, with a word, a state and a story each."""

    title: str
    images: Sequence[str] | Sequence[Sequence[str]]  # (frames, items) base64 of bytes, top row first, or data URLs
    width: int = 28
    height: int = 28
    signed: bool = False  # whether 0, 128 and 255 mean -1, 0 and 1, drawn in two colours
    says: Sequence[str] | Sequence[Sequence[str]] = ()  # (frames, items) a word under each image
    full: Mapping[str, str] = field(default_factory=dict)  # full texts of short words, for the pointer
    states: ArrayLike = ()  # (frames, items): NOTHING, RIGHT, LOST or WON_BACK
    stories: Sequence[str] = ()  # for each item: its text when it is selected; "" if it cannot be
    size: int = 48  # pixels on the screen; for the tiles of a wall it is a maximum if it is more than 62
    columns: int = 0  # columns of a wall, whose tiles have their word in a corner; 0 means as many as fit
    big: Sequence[str] = ()  # for each frame: a large word above it, such as a count

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        images = shaped("Images", self.images, len(marks), -1)
        count = images.shape[1]
        grey = [one for one in images.flat if not one.startswith(IN_COLOUR)]
        if any(len(from_base64("Images", one)) != self.width * self.height for one in grey):
            raise BadValue(f"Every image must have {self.width} times {self.height} bytes.")
        says = shaped("Says", self.says, len(marks), count) if len(self.says) else np.full((1, count), "")
        return (
            {
                "kind": "images",
                "title": self.title,
                "alt": self.title,
                "images": images.tolist(),
                "says": says.tolist(),
                "full": dict(self.full),
                "states": to_base64(state_of(self.states, len(marks), count)),
                "stories": texts("Stories", self.stories, count),
                "columns": self.columns,
            }
            | {name: getattr(self, name) for name in ("width", "height", "signed", "size")}
            | large(self.big, len(marks))
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Bars:
    """Defines a panel with a few named bars on one fixed scale."""

    title: str
    names: Sequence[str]
    values: ArrayLike  # (frames, bars)
    high: float = 1.0  # the upper end of the scale
    low: float = 0.0  # the lower end of the scale, below zero if bars can be negative
    form: str = "{:.2f}"  # the format of a value
    role: str = "pretrained"

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        values = shaped("Bars", self.values, len(marks), len(self.names)).astype(float)
        if not (np.isfinite(values).all() and self.low <= 0 < self.high):
            raise BadValue("Bars need numbers, and a scale that begins at or below zero and ends above it.")
        return {
            "kind": "bars",
            "title": self.title,
            "alt": self.title,
            "names": list(self.names),
            "values": values.round(5).tolist(),
            "shown": [[self.format_value(v) for v in row] for row in values],
            "span": [self.low, self.high],
            "colour": ROLES[self.role][0],
        }

    def format_value(self, value: float) -> str:
        """Writes a value. A value that rounds to zero has no minus sign."""
        text = self.form.format(value)
        return self.form.format(0.0) if text == self.form.format(-0.0) else text


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """Holds a curve over the frames. Its values are shares in [0, 1], or nan if there is no value."""

    name: str
    role: str
    values: ArrayLike  # (frames,)
    veiled: bool = False  # whether it is hidden until the learner has flagged a moment


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """Defines a panel with curves and a cursor that a click moves. Values are shares unless `form` is set."""

    title: str
    lines: Sequence[Line]
    big: Sequence[str] = ()  # for each frame: a large word above it, such as a score
    high: float = 1.0  # the upper end of the scale, which begins at zero
    form: str = ""  # the format of a value; if it is empty, values are written in percent

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        drawn: list[dict[str, Any]] = []
        told = []
        for line in self.lines:
            values = np.asarray(line.values, float)
            if values.shape != (len(marks),):
                raise BadValue(f"{line.name} must have one value a frame, {len(marks)}, not {values.size}.")
            kept = [None if np.isnan(v) else round(float(v) / self.high, 4) for v in values]
            colour, dash, _ = ROLES[line.role]
            written = ["" if np.isnan(v) else self.format_value(float(v)) for v in values]
            look = {"name": line.name, "colour": colour, "dash": dash, "veiled": line.veiled}
            drawn.append(look | {"values": kept, "written": written})
            ends = [
                f"{self.format_value(v)} at {m}" for m, v in ((marks[0], values[0]), (marks[-1], values[-1])) if v == v
            ]
            if not line.veiled:
                told.append(f"{line.name}: {', '.join(ends)}")
        alt = f"{self.title}. {'; '.join(told)}."
        ticks = [[share, self.format_value(share * self.high)] for share in (0, 0.5, 1)]
        found = {"kind": "lines", "title": self.title, "alt": alt, "lines": drawn, "ticks": ticks}
        return found | large(self.big, len(marks))

    def format_value(self, value: float) -> str:
        return self.form.format(value) if self.form else percent(value)


class Panel(Protocol):
    """Defines the interface of the panels in this file and in text_panels.py."""

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        """Returns the panel in the form that the browser reads. `names` is the number of named classes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Player:
    """Holds panels side by side that follow one scrubber."""

    marks: Sequence[str]  # for each frame: a short label such as "step 20" or "alpha 0.50"
    says: Sequence[str]  # for each frame: a sentence computed from data, also part of the text alternative
    panels: Sequence[Panel]
    classes: Sequence[str] = ()  # what the colours and shapes mean, at most ten
    states: tuple[str, str, str] = ("right", "lost", "won back")  # what the marks of items mean
    first: int = 0  # the frame that is shown first
    scrub: str = "Moment"  # the name of the scrubber: "Step", "Share of delta"
    goal: str = ""  # what the learner should find with the scrubber
    reached: Sequence[bool] = ()  # for each frame: whether the goal is met
    flag: str = ""  # what the learner should flag, as the text of a button: "They turn bad here"
    flagged: Sequence[str] = ()  # for each frame: the sentence that is shown if the learner flags it
    leaves: str = ""  # the text of a button with which the learner goes back to this frame
    chooses: bool = False  # whether the learner chooses a frame by scrubbing to it, without a button


def player(value: Player, title: str = "") -> Figure:
    """Returns the figure of a player. Its spec is what the browser receives. Raises BadValue if its parts do not
    fit."""
    if not (1 <= len(value.marks) == len(value.says)):
        raise BadValue(f"There must be a sentence a frame, {len(value.marks)}, not {len(value.says)}.")
    if not 0 <= value.first < len(value.marks):
        raise BadValue(f"The first frame must be one of {len(value.marks)}, not {value.first}.")
    if len(value.classes) > 10 or not value.panels:
        raise BadValue("A player has panels, and ten classes at most.")
    if value.goal and len(value.reached) != len(value.marks):
        raise BadValue("A goal is met or not at every frame.")
    if value.flag and len(value.flagged) != len(value.marks):
        raise BadValue("What is said of a flag is one sentence a frame.")
    panels = [panel.spec(value.marks, len(value.classes)) for panel in value.panels]
    spec: dict[str, Any] = {name: list(getattr(value, name)) for name in ("marks", "says", "classes", "states")}
    spec |= {"panels": panels, "first": value.first, "scrub": value.scrub}
    spec |= {"goal": value.goal, "reached": list(map(bool, value.reached))}
    spec |= {"flag": value.flag, "flagged": list(value.flagged), "leaves": value.leaves, "chooses": value.chooses}
    ends = dict(zip((value.marks[0], value.marks[-1]), (value.says[0], value.says[-1])))
    alt = f"{'; '.join(one['alt'].rstrip('.') for one in panels)}. {len(value.marks)} frames. "
    return Figure(kind="player", spec=spec, alt=alt + " ".join(f"At {m}: {s}" for m, s in ends.items()), title=title)


def shaped(name: str, values: Any, frames: int, *size: int) -> np.ndarray:
    """Returns the values with the shape (frames or 1, *size), where -1 is any size. A missing first axis is added."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise BadValue(f"{name} must have rows of the same length.") from error
    array = array[None] if array.ndim == len(size) else array
    fits = array.ndim == len(size) + 1 and all(b in (-1, a) for a, b in zip(array.shape[1:], size))
    if not fits or array.shape[0] not in (1, frames) or not array.size:
        wanted = ", ".join("any" if n < 0 else str(n) for n in size)
        raise BadValue(f"{name} must have the shape (1 or {frames}, {wanted}), not {array.shape}.")
    return array


def state_of(states: ArrayLike, frames: int, count: int) -> np.ndarray:
    """Returns the states of items with the shape (frames or 1, count). Raises BadValue if there is an unknown state."""
    array = shaped("States", states if len(np.asarray(states)) else np.zeros(count, int), frames, count)
    if not ((array >= NOTHING) & (array <= WON_BACK)).all():
        raise BadValue("A state is nothing, right, lost or won back.")
    return array


def texts(name: str, values: Sequence[str], count: int) -> list[str]:
    """Returns one text for each item, or none at all. Raises BadValue if the number is different."""
    if len(values) not in (0, count):
        raise BadValue(f"{name} must be one for each of {count} items, not {len(values)}.")
    return list(values)


def large(big: Sequence[str], frames: int) -> dict[str, Any]:
    """Returns the large word of each frame. Raises BadValue if the number is different."""
    if len(big) not in (0, 1, frames):
        raise BadValue(f"A large word is one for each of {frames} frames, not {len(big)}.")
    return {"big": list(big)} if big else {}
