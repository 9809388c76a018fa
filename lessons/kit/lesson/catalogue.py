"""Defines what a lesson consists of, and lists the lessons. It needs no screen and no torch, so it also works in a
notebook.

A lesson is a folder in `lessons`. It has a `lesson.py` with one value LESSON, and a `text.md` with its words and its
questions, under one heading for each beat. To add a lesson, add a folder. Nothing else has to be changed.
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
from lessons.kit.lesson.explanation import TAGS, Mission, flat, race_sentence
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Control, Measures, Results, Runs, Seeds, Settings, Values, defaults

CHAPTERS = ("A head start", "Choosing and paying", "Forgetting", "Language", "For real")
BEATS = ("Look", "Predict", "Run", "Explain", "Recall")
# The draw of the recorded runs that ship; they play while the learner's own runs start, and no learner gets this
# draw.
RECORDED = 0
Guess = Settings  # the values of the prediction's sliders; false if the learner has not predicted
Views = dict[str, Callable[[], Figure]]  # figures by a short name; each is made only when it is shown
Verdict = list[tuple[str, str, str]]  # rows of the question, the learner's prediction and the result


@dataclass(frozen=True, kw_only=True)
class Question:
    """Holds a multiple-choice question that cannot be answered by looking it up. Every option has an explanation."""

    asks: str
    options: Mapping[str, str]  # the options, each with the reason why it is right or wrong
    right: str

    def __post_init__(self) -> None:
        if self.right not in self.options:
            raise BadValue(f"{self.right!r} is no option of {self.asks!r}.")


@dataclass(frozen=True, kw_only=True)
class Check:
    """Holds one condition of a claim, and whether the results meet it."""

    says: str
    met: bool


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Holds what the runs of a claim show.

    It has the statistic with its interval over seeds, the conditions of the claim, and the numbers that its sentences
    use.
    """

    value: float
    low: float
    high: float
    checks: tuple[Check, ...]
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Returns "reproduced" if all checks are met, "partly" if some are, and "not" if none is."""
        met = sum(check.met for check in self.checks)
        return "reproduced" if met == len(self.checks) else "partly" if met else "not"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Holds a published result, the runs that test it here, and the conditions under which it counts as reproduced."""

    id: str
    statement: str  # with {slots} for the numbers of the finding
    runs: Callable[[Seeds], Values]
    finding: Callable[[Results], Finding]
    statistic: str  # describes the value of the finding
    bar: str
    paper: str  # authors, year, title
    paper_found: str  # the result in the paper, in one sentence


def nothing(settings: Settings) -> Measures:
    """Returns no measures. The functions below are the defaults of a workspace."""
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
    """Defines a page on which the learner can set controls, run an experiment and see the results. A lesson is one of
    these.

    Figures are functions of the evidence and the settings. The page draws only what the figures and the runs contain.
    """

    controls: tuple[Control[Any], ...]  # the main control is the first one
    runs: Callable[[Settings], Runs]  # the runs that the Run button starts, from one to four
    # Stored results that the figures use; some are hidden until the learner has predicted.
    backdrop: Callable[[Settings], Values]
    # The picture that always stays visible; in a lesson the learner predicts it.
    picture: Callable[[Results, Settings, Guess], Figure]
    views: Callable[[Results, Settings, Guess], Views]  # views that can replace the picture; animated ones come first
    after: Callable[[Settings], Measures] = nothing  # measures of the runs, computed when the runs are complete
    # Measures of the learner's input on the sheet. They are computed again whenever the input changes, without
    # training.
    asks: Callable[[Settings], Measures] = nothing
    # The views to watch on the Run page. The first that exists is shown; if none exists, the picture is shown.
    moving: tuple[str, ...] = ()
    tells: Callable[[Results, Settings], str] = race_sentence  # describes the runs in one sentence while they train
    headline: Callable[[Results, Settings], str] = no_words  # describes the result of the runs, above the picture
    mission: Mission | None = None
    lacks: Callable[[Settings], str] = nothing_lacks  # what the learner still has to do before the button is enabled
    # The control that is set to the step of a player; beside other pictures it is a slider.
    turn: Control[Any] | None = None
    is_player: Callable[[Results], bool] = never  # returns whether the picture is such a player
    seconds: float = 4.0  # the time in which stored runs are played; texts need longer, because learners read them
    plays: bool = True  # whether the recorded runs play while the learner's own runs start
    # A figure below the sheet, of the nets' answers to the input on the sheet. It is None until there are results.
    beside: Callable[[Results, Settings], Figure | None] = no_figure
    # Names of what can be drawn, each with a drawing.
    legend: Callable[[Settings], Sequence[tuple[str, str]]] = no_legend
    in_reach: int = 1  # how many controls are beside the Train button; the others are in an expander with this name
    folded: str = "Experiment"
    # Curves under the points that the learner placed, made from the answers. Their x and y are in the units of the
    # sheet.
    beneath: Callable[[Results, Settings], list[Curve]] = no_curves
    # The digits of a sheet of labels, in the form of core.measure.examples, each with an "image" and its "truth".
    labelled: Callable[[Results, Settings], Sequence[Mapping[str, Any]]] = no_digits
    sheet: LearnerInput | None = None
    slug: str = ""  # the beginning of its address; for a lesson it is the name of the folder, set by `discover`
    # Texts by heading; for a lesson they come from text.md, set by `discover`.
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def sliders(self) -> tuple[Control[Any], ...]:
        """Returns the sliders of the prediction. Only a lesson has any."""
        return ()

    @property
    def defaults(self) -> Settings:
        """Returns the settings with every control at its default, the first draw, and the default input on the
        sheet."""
        return replace(defaults(self.controls), given=self.sheet.default_input if self.sheet else ())

    @property
    def recorded_settings(self) -> Settings:
        """Returns the settings of the runs that ship. Their recording plays while the learner's own runs start."""
        return replace(self.defaults, draw=RECORDED)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson(Workspace):
    """Defines one lesson: the experiment that the learner runs, the prediction before it and the explanation after
    it."""

    number: int
    chapter: str  # one of CHAPTERS
    title: str
    covers: tuple[str, ...]  # the letters of the parts of the curriculum that it covers
    question: str  # the question of the lesson, in the words of a learner
    prediction: Prediction
    claims: tuple[Claim, ...]
    hook: Callable[[Results, Settings], Figure]
    verdict: Callable[[Results, Guess], Verdict]
    script: Callable[[Settings], str]  # returns a self-contained program in plain PyTorch that reproduces the run
    on_path: bool = False  # whether it is part of the tour, the short course of 25 minutes
    minutes: int = 5  # how many minutes the lesson takes
    # Workspaces of other pages that use the words of this lesson; their stored results ship with the lesson.
    benches: tuple[Workspace, ...] = ()
    questions: tuple[Question, ...] = ()  # the questions in text.md, set by `discover`

    @property
    def sliders(self) -> tuple[Control[Any], ...]:
        return self.prediction.sliders

    def verdict_rows(self, evidence: Results, guess: Guess) -> Verdict:
        """Returns the rows of the verdict, one for each slider. A row that names an option shows its label."""
        rows = zip(self.sliders, self.verdict(evidence, guess))
        return [(what, slider.label_of_text(you), slider.label_of_text(did)) for slider, (what, you, did) in rows]

    @property
    def explained(self) -> tuple[str, ...]:
        """Returns the findings of the explanation.

        A finding begins with a paragraph that starts in bold, or with a tag before it, and includes the paragraphs
        after it.
        """
        parts = re.split(rf"\n\n(?=\*\*|\{{(?:{'|'.join(TAGS)}):)", self.words["explain"])
        return tuple(part.strip() for part in parts if part.strip())


@cache
def lessons() -> dict[str, Lesson]:
    """Returns every lesson by its slug, in the order of their numbers."""
    here = Path(__file__).parents[2]
    found = [discover(path.parent) for path in here.glob("*/lesson.py")]
    return {lesson.slug: lesson for lesson in sorted(found, key=lambda lesson: lesson.number)}


def tour() -> list[Lesson]:
    """Returns the lessons of the tour, the short course, in their order."""
    return [lesson for lesson in lessons().values() if lesson.on_path]


def discover(folder: Path) -> Lesson:
    """Reads a lesson from its folder: the value LESSON, and the words and questions of its text.md."""
    words = sections((folder / "text.md").read_text(encoding="utf-8"))
    asked = tuple(map(question, re.split(r"^### ", words.pop("recall"), flags=re.MULTILINE)[1:]))
    lesson: Lesson = import_module(f"lessons.{folder.name}.lesson").LESSON
    return replace(lesson, slug=folder.name, words=words, questions=asked)


def sections(text: str) -> dict[str, str]:
    """Splits a Markdown text at its second-level headings, and returns the sections by heading."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {name.strip(): body.strip() for name, body in zip(parts[1::2], parts[2::2])}


def question(text: str) -> Question:
    """Reads a question from text.md.

    The question is followed by a list of options. The right option is marked with an x, and each option has its
    explanation below it. Raises BadValue if there is not exactly one right option.
    """
    asks, *options = re.split(r"^- \[([ x])\] ", text, flags=re.MULTILINE)
    answers = [option.partition("\n") for option in options[1::2]]
    right = [flat(answer) for mark, (answer, _, _) in zip(options[::2], answers) if mark == "x"]
    if len(right) != 1:
        raise BadValue(f"One option is right, not {len(right)}: {flat(asks)}")
    return Question(asks=flat(asks), options={flat(answer): flat(why) for answer, _, why in answers}, right=right[0])


def claims() -> dict[str, tuple[Lesson, Claim]]:
    """Returns every claim by its id, together with its lesson."""
    return {claim.id: (lesson, claim) for lesson in lessons().values() for claim in lesson.claims}
