"""What a lesson is made of, and the lessons there are. Knows no screen and no torch: it works in a notebook too.

A lesson is a folder beside this file: `lesson.py` with one value LESSON, and `text.md` with its words, one
heading a beat. Adding a lesson is adding a folder; nothing else needs to know of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from core import corpus
from core.check import BadValue, plain
from core.spec import Measure, Run
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve
from lessons.kit.recipes import Seeds

PARTS = ("runs", "backdrop", "hook", "picture", "live", "pictures", "after", "asks", "beneath", "verdict", "script")
BEATS = ("Look", "Predict", "Run", "Explain", "Recall")
Setting = int | float | str
NONE = "none"  # how a URL writes that there are no points
Settings = dict[str, Any]  # a value for each control, or for each slider of a prediction
Given = str | tuple[tuple[float, float], ...]  # what a learner typed, a letter a choice, or points that they placed
Values = dict[str, Run | Measure]  # by the label they have on screen
Evidence = dict[str, Any]  # by the same labels: a run's table, a measure's answer


@dataclass(frozen=True, kw_only=True)
class Control:
    """One choice of the learner among a few values; nothing else can be chosen, not even by a URL, but for a text of
    their own where there may be one."""

    name: str
    label: str
    options: tuple[Setting, ...]  # written alike on screen and in the URL
    default: Setting
    help: str  # a sentence
    slider: bool = False  # ordered values on a slider; otherwise buttons side by side
    own: bool = False  # a subject, which may be a text of the learner's own too (core/corpus.py)

    def read(self, text: str) -> Setting:
        """The option that a URL names; BadValue with a sentence if it names none."""
        for value in self.options:
            if text == str(value):
                return value
        if self.own and corpus.known(text):
            return text
        raise BadValue(f"{self.label} cannot be {text[:40]!r}; it is {self.default} instead.")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a learner can place, type or choose on the Run page besides the controls: points in a plane, a text, or the
    better of each of some pairs."""

    kind: Literal["points", "text", "pairs"]
    label: str
    help: str  # a sentence
    default: str  # as the URL writes it: "-1,0.5 2,1.25" are two points, "ab-" three pairs of which one was skipped
    most: int  # points, at most 15, characters, at most 400, or pairs
    reach: tuple[float, float] = (3.0, 3.0)  # of the plane, to either side of zero, at most 10: x, y
    axes: tuple[str, str] = ("x", "y")
    examples: tuple[str, ...] = ()  # that can be chosen instead of placing or typing
    pairs: tuple[tuple[str, str], ...] = ()  # what is chosen between, one pair after the other

    def __post_init__(self) -> None:
        for text in (self.default, *self.examples):
            self.read(text)

    @property
    def given(self) -> Given:
        """The default, read."""
        return self.read(self.default)

    def read(self, text: str) -> Given:
        """What a URL, the pad or a text area says; BadValue with a sentence if it cannot be. Points are rounded to
        hundredths, there may be none; text becomes plain and loses the space around it, and something must be left."""
        if self.kind == "points":
            return self.points(text)
        if self.kind == "pairs":
            if len(text) > len(self.pairs) or set(text) - set("ab-"):
                raise BadValue(f"{self.label} are written with a, b and -, not as {text[:40]!r}.")
            return text
        typed = plain(text).strip()
        if not typed:
            raise BadValue(f"{self.label} needs some letters.")
        if len(typed) > self.most:
            raise BadValue(f"{self.label} may have {self.most} characters, not {len(typed)}.")
        return typed

    def points(self, text: str) -> tuple[tuple[float, float], ...]:
        found = []
        for part in [] if text.strip() == NONE else text.split():
            try:
                x, y = (round(float(number), 2) + 0.0 for number in part.split(","))
            except (ValueError, OverflowError) as error:
                raise BadValue(f"{self.label} are written as 1,2 0.5,-1 and not as {text[:40]!r}.") from error
            if not (abs(x) <= self.reach[0] and abs(y) <= self.reach[1]):  # false for what is no number
                raise BadValue(f"{self.label} go no farther than {self.reach[0]:g} and {self.reach[1]:g}.")
            found.append((x, y))
        if len(found) > self.most:
            raise BadValue(f"{self.label}: there may be {self.most}, not {len(found)}.")
        return tuple(found)

    def write(self, given: Given) -> str:
        """As the URL writes it."""
        return given if isinstance(given, str) else " ".join(f"{x:g},{y:g}" for x, y in given) or NONE


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What the learner commits to before seeing a result: a few sliders, drawn on the chart as they move."""

    asks: str
    sliders: tuple[Control, ...]
    hidden: str  # evidence whose label starts like this is not shown until the learner has predicted


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that needs inference. Every option has its explanation."""

    asks: str
    options: Mapping[str, str]  # what can be answered, and why it is right or wrong
    right: str

    def __post_init__(self) -> None:
        if self.right not in self.options:
            raise BadValue(f"{self.right!r} is no option of {self.asks!r}.")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One part of a claim's bar, and whether it is cleared."""

    says: str
    met: bool


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a claim's runs say: the statistic with its interval over seeds, the parts of the bar, numbers for prose."""

    value: float
    low: float
    high: float
    checks: tuple[Check, ...]
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        met = sum(check.met for check in self.checks)
        return "reproduced" if met == len(self.checks) else "partly" if met else "not"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A published result, the runs that would show it here, and the bar at which it counts as reproduced."""

    id: str
    statement: str  # with {slots} for a finding's numbers
    runs: Callable[[Seeds], Values]
    finding: Callable[[Evidence], Finding]
    statistic: str  # what the finding's value is
    bar: str
    paper: str  # authors, year, title
    paper_found: str  # the paper's own result, in a sentence


def nothing(settings: Settings) -> Values:
    return {}


def no_questions(settings: Settings, given: Given) -> Values:
    return {}


def no_curves(evidence: Evidence, settings: Settings) -> list[Curve]:
    return []


def undefined(*_: object) -> Any:
    raise NotImplementedError("A lesson.py defines every function of a lesson.")


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson. Figures are functions of evidence and settings; they and the runs say all that the frame draws.

    The functions are those of the lesson's module with the same names; they are put in on discovery.
    """

    number: int
    title: str
    covers: tuple[str, ...]  # letters of the curriculum
    question: str  # the learner's, in their words
    controls: tuple[Control, ...]
    prediction: Prediction
    claims: tuple[Claim, ...]
    questions: tuple[Question, ...]
    sheet: Sheet | None = None
    slug: str = ""  # its folder's name, given on discovery
    words: dict[str, str] = field(default_factory=dict)  # text.md by heading, given on discovery
    runs: Callable[[Settings], Values] = undefined  # what the Run button races, one to four runs
    backdrop: Callable[[Settings], Values] = undefined  # stored results that the figures stand on
    hook: Callable[[Evidence, Settings], Figure] = undefined
    # The picture that is predicted; the last is the prediction.
    picture: Callable[[Evidence, Settings, Settings], Figure] = undefined
    # Drawn again and again while the runs go on.
    live: Callable[[Evidence, Settings, Settings], list[Figure]] = undefined
    pictures: Callable[[Evidence, Settings, Settings], list[Figure]] = undefined  # drawn before and after
    after: Callable[[Settings], Values] = nothing  # measures of the runs, asked for when these are complete
    # Measures that answer what stands on the sheet, asked for whenever that changes; asking trains nothing.
    asks: Callable[[Settings, Given], Values] = no_questions
    # Curves under the points that were placed, from the answers; x and y in the units of the sheet.
    beneath: Callable[[Evidence, Settings], list[Curve]] = no_curves
    # (what, what you said, what it did)
    verdict: Callable[[Evidence, Settings], list[tuple[str, str, str]]] = undefined
    script: Callable[[Settings], str] = undefined  # self-contained plain PyTorch that reproduces the run

    @property
    def defaults(self) -> Settings:
        return {control.name: control.default for control in self.controls}


@cache
def lessons() -> dict[str, Lesson]:
    """Every lesson by its slug, in order of their numbers."""
    here = Path(__file__).parents[1]
    found = [discover(path.parent) for path in here.glob("*/lesson.py")]
    return {lesson.slug: lesson for lesson in sorted(found, key=lambda lesson: lesson.number)}


def discover(folder: Path) -> Lesson:
    module = import_module(f"lessons.{folder.name}.lesson")
    parts = {name: getattr(module, name) for name in PARTS if hasattr(module, name)}
    words = sections((folder / "text.md").read_text(encoding="utf-8"))
    lesson: Lesson = replace(module.LESSON, slug=folder.name, words=words, **parts)
    return lesson


def sections(text: str) -> dict[str, str]:
    """Markdown by its second-level headings."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {name.strip(): body.strip() for name, body in zip(parts[1::2], parts[2::2])}


def claims() -> dict[str, tuple[Lesson, Claim]]:
    """Every claim by its id, with its lesson."""
    return {claim.id: (lesson, claim) for lesson in lessons().values() for claim in lesson.claims}
