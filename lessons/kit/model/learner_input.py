"""What a learner makes, beside what they choose: points, a text, choices between pairs, labels. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.experiment import strokes
from core.experiment.checks import BadValue, quoted_value, to_ascii
from lessons.kit.model.values import Given

NONE = "none"  # how a URL writes that there are no points


@dataclass(frozen=True, kw_only=True)
class LearnerInput:
    """What a learner can place, type or choose besides the controls: points in a plane, a text, the better of each of
    some pairs, the labels of some digits, or a drawing."""

    kind: Literal["points", "text", "pairs", "labels", "drawing"]
    label: str
    help: str  # a sentence
    default: str  # as the URL writes it: "-1,0.5 2,1.25" are two points, "ab-" three pairs of which one was skipped,
    # "07-" three digits of which the last has no label yet
    most: int  # points, at most 15, characters, at most 400, pairs, digits, or strokes
    reach: tuple[float, float] = (3.0, 3.0)  # of the plane, to either side of zero, at most 10: x, y
    axes: tuple[str, str] = ("x", "y")
    examples: tuple[str, ...] = ()  # that can be chosen instead of placing or typing
    pairs: tuple[tuple[str, str], ...] = ()  # what is chosen between, one pair after the other
    beat: Literal["Look", "Run"] = "Run"  # where it stands
    fit: str = ""  # the name of the curve that is the straight line nearest to the points, as the browser draws it too
    shade: tuple[float, float] | None = None  # from x to x: a stretch of the plane that is shaded
    shaded: str = ""  # what that stretch is

    def __post_init__(self) -> None:
        for text in (self.default, *self.examples):
            self.read(text)

    @property
    def default_input(self) -> Given:
        """The default, read."""
        return self.read(self.default)

    def read(self, text: str) -> Given:
        """What a URL, the pad or a text area says; BadValue with a sentence if it cannot be. Points are rounded to
        hundredths, there may be none; text becomes plain and loses the space around it, and something must be left."""
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
        """Whether no label is missing."""
        return "-" not in given

    def points(self, text: str) -> tuple[tuple[float, float], ...]:
        found = []
        for part in [] if text.strip() == NONE else text.split():
            try:
                x, y = (round(float(number), 2) + 0.0 for number in part.split(","))
            except (ValueError, OverflowError) as error:
                raise BadValue(f"{self.label} are written as 1,2 0.5,-1 and not as {quoted_value(text)}.") from error
            if not (abs(x) <= self.reach[0] and abs(y) <= self.reach[1]):  # false for what is no number
                raise BadValue(f"{self.label} go no farther than {self.reach[0]:g} and {self.reach[1]:g}.")
            found.append((x, y))
        if len(found) > self.most:
            raise BadValue(f"{self.label}: there may be {self.most}, not {len(found)}.")
        return tuple(found)

    def write(self, given: Given) -> str:
        """As the URL writes it."""
        return given if isinstance(given, str) else " ".join(f"{x:g},{y:g}" for x, y in given) or NONE
