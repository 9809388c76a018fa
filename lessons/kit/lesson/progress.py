"""Holds the progress of a learner: how far they came in each lesson, whether they made a guess and answered a
question there, their results, and the questions that they missed.

The learner's browser stores the progress, and the learner can also save it to a file. Both come from outside the app,
so `read` is the only function that reads them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from core.experiment.checks import BadValue, check_whole, parse_json
from lessons.kit.lesson.catalogue import BEATS, Lesson, lessons
from lessons.kit.lesson.earlier_question_ids import EARLIER_IDS
from lessons.kit.model.wording import count_noun

ENOUGH = 2  # a missed question is asked again until it has been answered correctly this many times in a row
LARGEST = 65_536  # bytes of a file, at most
LONGEST = 200  # characters of a learner's result, at most
LAST = 2**40  # seconds since 1970, at most; about 35 thousand years
DONE_BY = ("guessed", "answered")  # parts of the file that name lessons, each with the value 1
KIND = {"kind": "headstart progress", "version": 1}


@dataclass(frozen=True)
class MissedQuestion:
    """Holds the history of a question that the learner once answered incorrectly."""

    right: int = 0  # how many times in a row it has been answered correctly since
    asked: int = 0  # when it was last asked, in seconds since 1970

    def __post_init__(self) -> None:
        check_whole("How often a question was answered rightly", self.right, 0, ENOUGH)
        check_whole("When a question was asked", self.asked, 0, LAST)

    def after_answer(self, rightly: bool, now: int) -> MissedQuestion:
        """Returns the history after one more answer."""
        return MissedQuestion(min(self.right + 1, ENOUGH) if rightly else 0, now)


@dataclass(frozen=True)
class Progress:
    """Holds the progress of a learner.

    For each lesson it has the furthest beat, counted from 1, the result that the learner found, and whether they made
    a guess and answered a question. For each missed question it has the history.
    """

    seen: Mapping[str, int] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    missed: Mapping[str, MissedQuestion] = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()

    def __or__(self, later: Progress) -> Progress:
        """Merges two states of progress. If both have the same question, the one that was asked later is used."""
        latest = sorted((*self.missed.items(), *later.missed.items()), key=lambda one: one[1].asked)
        far = {slug: max(self.seen.get(slug, 0), later.seen.get(slug, 0)) for slug in {**self.seen, **later.seen}}
        found = {**self.found, **later.found}
        return Progress(far, found, dict(latest), self.guessed | later.guessed, self.answered | later.answered)

    @property
    def finished_lessons(self) -> list[str]:
        """Returns the lessons in which the learner made a guess and answered a question."""
        return [slug for slug in lessons() if slug in self.guessed & self.answered]

    @property
    def waiting(self) -> list[str]:
        """Returns the questions that will be asked again, beginning with the one that was last asked the longest time
        ago."""
        return sorted(
            (at for at, missed in self.missed.items() if missed.right < ENOUGH), key=lambda at: self.missed[at].asked
        )

    @property
    def learned(self) -> list[str]:
        """Returns the questions that the learner once missed and has since answered correctly often enough."""
        return [at for at, missed in self.missed.items() if missed.right >= ENOUGH]

    @property
    def summary(self) -> str:
        """Returns one line that describes the progress of the learner."""
        retry = f" · {count_noun(len(self.waiting), 'question')} to retry" if self.waiting else ""
        return f"{len(self.finished_lessons)} of {count_noun(len(lessons()), 'lesson')} done{retry}"


def question_id(slug: str, number: int) -> str:
    """Returns the id of a question from its number in the lesson, so that its words can change."""
    return f"{slug}.{number + 1}"


@cache
def earlier_ids() -> dict[str, str]:
    """Returns the id of each question by the id that it had in earlier versions."""
    return {
        f"{slug}.{earlier}": question_id(slug, number)
        for slug, every in EARLIER_IDS.items()
        for number, earlier in enumerate(every)
    }


@cache
def questions() -> dict[str, tuple[Lesson, int]]:
    """Returns all questions of all lessons by their ids, each with its lesson and its number in the lesson."""
    return {
        question_id(slug, number): (lesson, number)
        for slug, lesson in lessons().items()
        for number in range(len(lesson.questions))
    }


def question_to_repeat(progress: Progress, before: int, asked: Collection[str] = ()) -> str | None:
    """Returns the missed question from lessons before the number `before` that was last asked the longest time ago.
    Returns None if there is none."""
    open_ones = (at for at in progress.waiting if at not in asked and questions()[at][0].number < before)
    return next(open_ones, None)


def write(progress: Progress) -> str:
    """Returns the content of a progress file."""
    missed = {at: {"right": one.right, "asked": one.asked} for at, one in progress.missed.items()}
    told = {"seen": dict(progress.seen), "found": dict(progress.found), "missed": missed}
    told |= {part: dict.fromkeys(getattr(progress, part), 1) for part in DONE_BY}
    return json.dumps(KIND | told, indent=1, ensure_ascii=False, sort_keys=True)


def read(data: bytes | str) -> Progress:
    """Reads the content of a progress file. Entries for lessons and questions that do not exist here are ignored.
    Raises BadValue with a sentence if this is not a progress file."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large: progress takes at most {LARGEST // 1024} kB.")
    told = parse_json(data, "the progress")
    if not isinstance(told, dict) or told.get("kind") != KIND["kind"]:
        raise BadValue("This file does not contain progress. Choose a file that you saved here.")
    if told.get("version") != KIND["version"]:
        raise BadValue("This file is of another version of Headstart than this one.")
    return parse_progress(told)


def parse_progress(told: Mapping[str, Any]) -> Progress:
    """Reads progress from parsed JSON. Raises BadValue with a sentence if it is not valid."""
    seen, found, missed = (named_entries(told, part) for part in ("seen", "found", "missed"))
    for far in seen.values():
        check_whole("How far somebody came in a lesson", far, 1, len(BEATS))
    if not all(isinstance(text, str) for text in found.values()):
        raise BadValue("What was found in a lesson must be text.")
    done_by = {part: named_entries(told, part) for part in DONE_BY} if set(DONE_BY) & set(told) else older_done(seen)
    for mark in (mark for names in done_by.values() for mark in names.values()):
        check_whole("The mark of a lesson with a guess or an answer", mark, 1, 1)
    return Progress(
        seen={slug: far for slug, far in seen.items() if slug in lessons()},
        found={slug: readable(text) for slug, text in found.items() if slug in lessons()},
        missed=misses(missed),
        **{part: frozenset(names) & lessons().keys() for part, names in done_by.items()},
    )


def older_done(seen: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Returns the finished lessons for a file of an older version.

    In that version a lesson was done when the learner had seen its findings, and it stays done.
    """
    done = {slug: 1 for slug, far in seen.items() if far > BEATS.index("Explain")}
    return dict.fromkeys(DONE_BY, done)


def readable(text: str) -> str:
    """Returns the part of a text that can be sent to a page. It drops surrogates, which JSON can contain."""
    return text[:LONGEST].encode("utf-8", "ignore").decode()


def named_entries(told: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Returns one part of the progress. Raises BadValue if it is not a JSON object."""
    names = told.get(part, {})
    if not isinstance(names, dict):
        raise BadValue(f"In this progress, “{part}” names nothing.")
    return names


def misses(told: Mapping[str, Any]) -> dict[str, MissedQuestion]:
    """Reads the missed questions. If a question is there under its earlier id as well, the later history counts."""
    named = [(earlier_ids().get(at, at), one) for at, one in told.items()]
    histories = [(at, miss(one)) for at, one in named if at in questions()]
    return dict(sorted(histories, key=lambda history: history[1].asked))


def miss(told: Any) -> MissedQuestion:
    """Reads the history of a missed question. Raises BadValue with a sentence if it is not valid."""
    if not isinstance(told, dict) or set(told) != {"right", "asked"}:
        raise BadValue("A missed question must say how often it was answered rightly, and when it was asked.")
    return MissedQuestion(**told)
