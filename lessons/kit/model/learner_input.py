"""Defines what a learner can make themselves, besides setting controls: points, a text, choices between pairs,
labels. It does not depend on any page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.experiment import strokes
from core.experiment.checks import BadValue, quoted_value, to_ascii
from lessons.kit.model.values import Given

NONE = "none"  # how the URL writes an empty list of points


@dataclass(frozen=True, kw_only=True)
class LearnerInput:
    """Defines an input that the learner places, types or chooses, in addition to the controls.

    It can be points in a plane, a text, the better text of each pair, the labels of some digits, or a drawing.
    """

    kind: Literal["points", "text", "pairs", "labels", "drawing"]
    label: str
    help: str  # one sentence
    # As the URL writes it: "-1,0.5 2,1.25" are two points, "ab-" three pairs with the last one skipped, "07-" three
    # digits whose last one has no label yet.
    default: str
    most: int  # at most so many points (15), characters (400), pairs, digits or strokes
    reach: tuple[float, float] = (3.0, 3.0)  # of the plane on either side of zero, as (x, y), at most 10
    axes: tuple[str, str] = ("x", "y")
    examples: tuple[str, ...] = ()  # examples that the learner can choose instead of placing or typing something
    pairs: tuple[tuple[str, str], ...] = ()  # the pairs to choose between, one after the other
    beat: Literal["Look", "Run"] = "Run"  # the beat of the lesson in which the learner finds it
    # The name of the curve that is the straight line closest to the points; the browser draws the same line.
    fit: str = ""
    shade: tuple[float, float] | None = None  # the part of the plane that is shaded, from x to x
    shaded: str = ""  # the name of the shaded part

    def __post_init__(self) -> None:
        for text in (self.default, *self.examples):
            self.read(text)

    @property
    def default_input(self) -> Given:
        """Returns the value of the default text."""
        return self.read(self.default)

    @property
    def ready_made(self) -> tuple[Given, ...]:
        """Returns the values that the learner can choose without making anything: the default and the examples."""
        return tuple(dict.fromkeys(map(self.read, (self.default, *self.examples))))

    def read(self, text: str) -> Given:
        """Reads the text of the URL, the pad or the text area, and returns its value.

        Points are rounded to two decimals, and the list of points may be empty. Text is converted to ASCII and
        stripped of white space, and must not be empty then. Raises BadValue with a sentence if the text is not valid.
        """
        if self.kind == "points":
            return self.points(text)
        if self.kind == "pairs":
            if len(text) > len(self.pairs) or set(text) - set("ab-"):
                raise BadValue(f"{self.label} are written with a, b and -, not as {quoted_value(text)}.")
            return text
        if self.kind == "labels":
            if len(text) != self.most or set(text) - set("0123456789-"):
                raise BadValue(f"{self.label} are {self.most} digits, - where there is none, not {quoted_value(text)}.")
            return text
        if self.kind == "drawing":
            return strokes.write(strokes.read(text)) if text else ""
        typed = to_ascii(text).strip()
        if not typed:
            raise BadValue(f"{self.label} needs some letters.")
        if len(typed) > self.most:
            raise BadValue(f"{self.label} may have {self.most} characters, not {len(typed)}.")
        return typed

    def is_complete(self, given: Given) -> bool:
        """Returns whether every digit has a label."""
        return "-" not in given

    def points(self, text: str) -> tuple[tuple[float, float], ...]:
        """Reads points such as "1,2 0.5,-1". Raises BadValue with a sentence if one is malformed or out of reach, or
        if there are too many."""
        found = []
        for part in [] if text.strip() == NONE else text.split():
            try:
                x, y = (round(float(number), 2) + 0.0 for number in part.split(","))
            except (ValueError, OverflowError) as error:
                raise BadValue(f"{self.label} are written as 1,2 0.5,-1 and not as {quoted_value(text)}.") from error
            if not (abs(x) <= self.reach[0] and abs(y) <= self.reach[1]):  # this is also false if the number is NaN
                raise BadValue(f"{self.label} go no farther than {self.reach[0]:g} and {self.reach[1]:g}.")
            found.append((x, y))
        if len(found) > self.most:
            raise BadValue(f"{self.label}: there may be {self.most}, not {len(found)}.")
        return tuple(found)

    def write(self, given: Given) -> str:
        """Writes a value the way it appears in the URL."""
        return given if isinstance(given, str) else " ".join(f"{x:g},{y:g}" for x, y in given) or NONE
