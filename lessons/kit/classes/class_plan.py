"""A class: what its teacher has set in a lesson, what its learners say, and the file in which this goes elsewhere.

The file is JSON, with nobody's name in it:

    {"headstart": "class", "version": 1, "class": "<20 hexadecimal digits>", "name": "10b", "lesson": "label_worth",
     "records": [{"said": {"at1": "55", "at5": "70"}, "missed": [0, 2]}, ...]}

A record is one learner's: what they predicted, as the URL writes it, and the questions whose answer they missed, by
their place. Knows no screen. core/store/class_records.py keeps it all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

from core.experiment.checks import BadValue, quoted_value
from core.store import class_records
from core.store.class_records import LARGEST_FILE, RECORDS
from lessons.kit.lesson.catalogue import BEATS, Lesson, lessons
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.model.values import Control, Settings

LOCKED, HIDDEN = "locked", "hidden"
NAMED = 60  # characters of a class's name
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a teacher has set. Whatever is not named is as in any lesson."""

    lesson: str  # its slug
    name: str = ""  # of the class
    beat: str = "Predict"  # on which it opens
    asked: tuple[str, ...] = ()  # the predictions that are asked, by their sliders
    values: Mapping[str, str] = field(default_factory=dict)  # what controls are set to, as the URL writes it
    held: Mapping[str, str] = field(default_factory=dict)  # controls that learners cannot set: LOCKED or HIDDEN
    code: str = ""  # where it is kept
    short: str = ""  # the code that a learner can type

    def __post_init__(self) -> None:
        if self.lesson not in lessons():
            raise BadValue(f"There is no lesson {quoted_value(self.lesson)}.")
        if not (isinstance(self.name, str) and len(self.name) <= NAMED and (self.name.isprintable())):
            raise BadValue(f"A class's name is a line of at most {NAMED} characters.")
        if self.beat not in BEATS:
            raise BadValue(f"A lesson opens on one of {', '.join(BEATS)}, not on {quoted_value(self.beat)}.")
        asked = {slider.name for slider in self.lesson_of.sliders}
        if not self.asked or not all(isinstance(name, str) and name in asked for name in self.asked):
            raise BadValue("A class is asked at least one of its lesson's predictions.")
        controls = {control.name: control for control in self.lesson_of.controls}
        for name, text in self.values.items():
            if name not in controls or not isinstance(text, str):
                raise BadValue(f"This lesson has no control {quoted_value(name)}.")
            controls[name].read(text)
        for name, way in self.held.items():
            if name not in controls or way not in (LOCKED, HIDDEN):
                raise BadValue(f"A control of the lesson is locked or hidden, which {quoted_value(name)} is not.")

    @property
    def lesson_of(self) -> Lesson:
        return lessons()[self.lesson]

    def value(self, control: Control[Any]) -> Any:
        return control.read(self.values[control.name]) if control.name in self.values else control.default

    @property
    def settings(self) -> Settings:
        """The lesson as the teacher has set it."""
        return self.lesson_of.defaults.but(**{control.name: self.value(control) for control in self.lesson_of.controls})


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one learner said and missed."""

    said: Settings = field(default_factory=Settings)  # by the sliders of the prediction
    missed: tuple[int, ...] = ()  # questions, by their place


# --- A class that is open -------------------------------------------------------------------------------------------


def begin(plan: Plan, browser: str) -> str:
    told = asdict(plan)
    del told["code"], told["short"]
    return class_records.begin(told, browser)


def attended(code: str) -> Plan:
    """The class of this code; BadValue with a sentence where there is none."""
    return planned(class_records.plan(code), code)


@cache_by_identity(class_records.CLASSES)
def planned(told: Mapping[str, Any], code: str) -> Plan:
    try:
        fields = {name: value for name, value in told.items() if name != "key"}
        return Plan(**fields | {"asked": tuple(fields["asked"]), "code": code})
    except (TypeError, KeyError, AttributeError) as error:
        raise BadValue("This class is damaged. Open it again.") from error


def join(text: str, browser: str, address: str) -> Plan:
    """The class whose short code was typed; BadValue with a sentence where there is none, or after too many tries."""
    return attended(class_records.join(text, browser, address))


def submit_record(plan: Plan, browser: str, record: Record) -> None:
    class_records.write_record(plan.code, browser, record_to_json(record))


def records_of_class(plan: Plan) -> tuple[Record, ...]:
    """What all learners of a class have said so far, and what was brought from others. The same as long as nobody says
    more."""
    return (
        *parse_records(class_records.records(plan.code), plan.lesson),
        *(one for file in imported_files(plan) for one in file.records),
    )


@cache_by_identity(class_records.CLASSES)
def parse_records(told: Sequence[Mapping[str, Any]], slug: str) -> tuple[Record, ...]:
    """What is no record is left out."""
    found = []
    for one in told:
        try:
            found.append(record(one, lessons()[slug]))
        except BadValue:
            continue
    return tuple(found)


# --- Its file -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class File:
    """What a class has said, to be taken elsewhere."""

    lesson: str
    name: str
    source: str  # which class: the same one brought again takes its own place
    records: tuple[Record, ...]


def write(plan: Plan) -> bytes:
    """The class's own guesses and misses; what was brought from others is in their files."""
    mine = parse_records(class_records.records(plan.code), plan.lesson)
    head = {"headstart": "class", "version": VERSION, "class": source(plan.code), "name": plan.name}
    return json.dumps(
        head | {"lesson": plan.lesson, "records": [record_to_json(one) for one in mine]}, indent=1
    ).encode()


def source(code: str) -> str:
    return hashlib.sha256(f"file {code}".encode()).hexdigest()[:20]


def read(data: bytes) -> File:
    """What is in a file; BadValue with a sentence for whatever is wrong with it."""
    if len(data) > LARGEST_FILE:
        raise BadValue(f"This file is too large: that of a class has at most {LARGEST_FILE // 1000} kB.")
    try:
        told = json.loads(data, parse_constant=lambda word: refuse(f"it has {word} where a number belongs"))
    except BadValue:
        raise
    except (ValueError, RecursionError):
        refuse("it is not JSON")
    if not isinstance(told, dict) or told.get("headstart") != "class":
        refuse("it does not say that it is one")
    if told.get("version") != VERSION or isinstance(told["version"], bool):
        raise BadValue("This file is from another version of Headstart, which this one cannot read.")
    if set(told) != {"headstart", "version", "class", "name", "lesson", "records"}:
        refuse("it has other parts than a class has")
    name, slug, all_told, of = told["name"], told["lesson"], told["records"], told["class"]
    if not (isinstance(name, str) and len(name) <= NAMED and name.isprintable()):
        refuse("its name is no short line of text")
    if not (isinstance(slug, str) and slug in lessons()):
        refuse("it names no lesson that is here")
    if not (isinstance(of, str) and len(of) == 20 and set(of) <= set("0123456789abcdef")):
        refuse("it does not say of which class it is")
    if not isinstance(all_told, list) or len(all_told) > RECORDS:
        refuse(f"it is no list of at most {RECORDS} learners")
    records = tuple(record(one, lessons()[slug]) for one in all_told)
    return File(lesson=slug, name=name, source=of, records=records)


def refuse(what: str) -> NoReturn:
    raise BadValue(f"This is no file of a class: {what}.")


def record(told: Any, lesson: Lesson) -> Record:
    """One learner's; BadValue with a sentence if it is none."""
    if not (isinstance(told, dict) and set(told) == {"said", "missed"}):
        refuse("a learner's part is not what they said and missed")
    sliders = {slider.name: slider for slider in lesson.sliders}
    said, missed = told["said"], told["missed"]
    if not isinstance(said, dict) or not all(name in sliders and isinstance(text, str) for name, text in said.items()):
        refuse("somebody predicts what this lesson does not ask")
    try:
        values = {name: sliders[name].read(text) for name, text in said.items()}
    except BadValue:
        refuse("somebody predicts what cannot be chosen")
    numbers = isinstance(missed, list) and all(type(one) is int and 0 <= one < len(lesson.questions) for one in missed)
    if not numbers or len(set(missed)) < len(missed):
        refuse("somebody missed a question that this lesson has not")
    return Record(said=Settings(values), missed=tuple(sorted(missed)))


def record_to_json(one: Record) -> dict[str, Any]:
    return {"said": {name: str(value) for name, value in one.said.values.items()}, "missed": list(one.missed)}


def bring(plan: Plan, data: bytes) -> File:
    """Add what another class said; BadValue with a sentence if that is not in the file, or of another lesson."""
    file = read(data)
    if file.lesson != plan.lesson:
        raise BadValue(
            f"This class is of the lesson “{lessons()[file.lesson].title}”, yours of “{plan.lesson_of.title}”."
        )
    if file.source == source(plan.code):
        raise BadValue("This is the file of this very class, which counts already.")
    class_records.bring(plan.code, file.source, data)
    return file


def imported_files(plan: Plan) -> list[File]:
    """What was brought from other classes."""
    return [file for data in class_records.imported_files(plan.code) for file in parse_file(data, plan.lesson)]


@cache_by_identity(64)
def parse_file(data: bytes, slug: str) -> list[File]:
    try:
        return [file] if (file := read(data)).lesson == slug else []
    except BadValue:  # damaged since it was brought
        return []
