"""What a lesson is made of, and the lessons there are. Knows no screen and no torch: it works in a notebook too.

A lesson is a folder beside this one: `lesson.py` with one value LESSON, and `text.md` with its words, one heading
a beat, and its questions. Adding a lesson is adding a folder; nothing else needs to know of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from core.experiment.checks import BadValue
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve
from lessons.kit.lesson.explanation import Mission, flat, race_sentence
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Control, Measures, Results, Runs, Seeds, Settings, Values, defaults

CHAPTERS = ("A head start", "Choosing and paying", "Forgetting", "Language")
BEATS = ("Look", "Predict", "Run", "Explain", "Recall")
RECORDED = 0  # the draw of the runs that ship, to be played while a learner's own are prepared; nobody is given it
Guess = Settings  # by the prediction's sliders; false where the learner has not predicted
Views = dict[str, Callable[[], Figure]]  # figures by a short name, each made only when it is shown
Verdict = list[tuple[str, str, str]]  # what was asked, what you said, what it did


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
    finding: Callable[[Results], Finding]
    statistic: str  # what the finding's value is
    bar: str
    paper: str  # authors, year, title
    paper_found: str  # the paper's own result, in a sentence


def nothing(settings: Settings) -> Measures:
    return ()


def no_curves(evidence: Results, settings: Settings) -> list[Curve]:
    return []


def no_legend(settings: Settings) -> list[tuple[str, str]]:
    return []


def no_figure(evidence: Results, settings: Settings) -> Figure | None:
    return None


def no_digits(evidence: Results, settings: Settings) -> list[Mapping[str, Any]]:
    return []


def no_words(evidence: Results, settings: Settings) -> str:
    return ""


def never(evidence: Results) -> bool:
    return False


def nothing_lacks(settings: Settings) -> str:
    return ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Workspace:
    """A page at which something can be set, run and seen; a lesson is one. Figures are functions of evidence and
    settings; they and the runs say all that the frame draws."""

    controls: tuple[Control[Any], ...]  # the main one first
    runs: Callable[[Settings], Runs]  # what the Run button races, one to four runs
    backdrop: Callable[[Settings], Values]  # stored results that the figures stand on; some hidden until predicted
    picture: Callable[[Results, Settings, Guess], Figure]  # the one that stays; a lesson's is predicted
    views: Callable[[Results, Settings, Guess], Views]  # that may take the picture's place; what moves comes first
    after: Callable[[Settings], Measures] = nothing  # of the runs, asked for when these are complete
    # Measures that answer what stands on the sheet, asked for whenever that changes; asking trains nothing.
    asks: Callable[[Settings], Measures] = nothing
    moving: tuple[str, ...] = ()  # the views to watch on the Run page, the first that there is; else the picture
    tells: Callable[[Results, Settings], str] = race_sentence  # where the runs stand, in one live sentence
    headline: Callable[[Results, Settings], str] = no_words  # what came of the runs, above the picture
    mission: Mission | None = None
    lacks: Callable[[Settings], str] = nothing_lacks  # what a learner must still say before the button opens
    turn: Control[int] | None = None  # set to the step that a player shows; beside other pictures it is a slider
    is_player: Callable[[Results], bool] = never  # whether the picture is such a player
    plays: bool = True  # the recorded runs while the learner's own are prepared
    # What nets make of what is on the sheet, in one figure below it; None as long as nothing is known.
    beside: Callable[[Results, Settings], Figure | None] = no_figure
    legend: Callable[[Settings], Sequence[tuple[str, str]]] = no_legend  # names and drawings of what can be drawn
    in_reach: int = 1  # how many controls stand beside Train; the others are folded, under this name
    folded: str = "Experiment"
    # Curves under the points that were placed, from the answers; x and y in the units of the sheet.
    beneath: Callable[[Results, Settings], list[Curve]] = no_curves
    # The digits of a sheet of labels: as core.measure.examples has them, each with an "image" and its "truth".
    labelled: Callable[[Results, Settings], Sequence[Mapping[str, Any]]] = no_digits
    sheet: LearnerInput | None = None
    slug: str = ""  # what its address begins with; a lesson's folder's name, given on discovery
    words: Mapping[str, str] = field(default_factory=dict)  # by heading; a lesson's text.md, given on discovery

    @property
    def sliders(self) -> tuple[Control[Any], ...]:
        """What is predicted."""
        return ()

    @property
    def defaults(self) -> Settings:
        """Every control at its default, the first draw, and the sheet as it is at first."""
        return replace(defaults(self.controls), given=self.sheet.default_input if self.sheet else ())

    @property
    def recorded_settings(self) -> Settings:
        """The settings whose runs ship, to be played while a learner's own are prepared."""
        return replace(self.defaults, draw=RECORDED)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson(Workspace):
    """One lesson: what is run at the bench, predicted before and explained afterwards."""

    number: int
    chapter: str  # one of CHAPTERS
    title: str
    covers: tuple[str, ...]  # letters of the curriculum
    question: str  # the learner's, in their words
    prediction: Prediction
    claims: tuple[Claim, ...]
    hook: Callable[[Results, Settings], Figure]
    verdict: Callable[[Results, Guess], Verdict]
    script: Callable[[Settings], str]  # self-contained plain PyTorch that reproduces the run
    on_path: bool = False  # part of the way through the course in 25 minutes
    minutes: int = 5  # that it takes
    benches: tuple[Workspace, ...] = ()  # of other pages, which use its words: what they stand on ships with it
    questions: tuple[Question, ...] = ()  # those of text.md, given on discovery

    @property
    def sliders(self) -> tuple[Control[Any], ...]:
        return self.prediction.sliders

    @property
    def explained(self) -> tuple[str, ...]:
        """The findings, each a paragraph of the explanation that begins in bold, perhaps after a tag, with those that
        follow it."""
        parts = re.split(r"\n\n(?=\*\*|\{(?:lit|view|shows):)", self.words["explain"])
        return tuple(part.strip() for part in parts if part.strip())


@cache
def lessons() -> dict[str, Lesson]:
    """Every lesson by its slug, in order of their numbers."""
    here = Path(__file__).parents[2]
    found = [discover(path.parent) for path in here.glob("*/lesson.py")]
    return {lesson.slug: lesson for lesson in sorted(found, key=lambda lesson: lesson.number)}


def discover(folder: Path) -> Lesson:
    words = sections((folder / "text.md").read_text(encoding="utf-8"))
    asked = tuple(map(question, re.split(r"^### ", words.pop("recall"), flags=re.MULTILINE)[1:]))
    lesson: Lesson = import_module(f"lessons.{folder.name}.lesson").LESSON
    return replace(lesson, slug=folder.name, words=words, questions=asked)


def sections(text: str) -> dict[str, str]:
    """Markdown by its second-level headings."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {name.strip(): body.strip() for name, body in zip(parts[1::2], parts[2::2])}


def question(text: str) -> Question:
    """A question as text.md has it: what is asked, then a list of options, the right one with an x, and under each the
    explanation."""
    asks, *options = re.split(r"^- \[([ x])\] ", text, flags=re.MULTILINE)
    answers = [option.partition("\n") for option in options[1::2]]
    right = [flat(answer) for mark, (answer, _, _) in zip(options[::2], answers) if mark == "x"]
    if len(right) != 1:
        raise BadValue(f"One option is right, not {len(right)}: {flat(asks)}")
    return Question(asks=flat(asks), options={flat(answer): flat(why) for answer, _, why in answers}, right=right[0])


def claims() -> dict[str, tuple[Lesson, Claim]]:
    """Every claim by its id, with its lesson."""
    return {claim.id: (lesson, claim) for lesson in lessons().values() for claim in lesson.claims}
