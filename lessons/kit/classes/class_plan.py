"""Defines a class: the settings of its teacher, the answers of its learners, and the file that exports them.

The file is JSON without any names of learners:

    {"headstart": "class", "version": 1, "class": "<20 hexadecimal digits>", "name": "10b", "lesson": "label_worth",
     "records": [{"said": {"at1": "55", "at5": "70"}, "missed": [0, 2]}, ...]}

A record belongs to one learner. It holds their predictions, as the URL writes them, and the numbers of the questions
that they answered incorrectly. This module does not depend on the screen. core/store/class_records.py stores all of
it.
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
from lessons.kit.lesson.catalogue import BEATS, Lesson, Workspace, lessons
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.model.values import Control, Settings

LOCKED, HIDDEN = "locked", "hidden"
TYPED = "given"  # stands among the locked controls for the text that learners type into the sheet of a lesson
NAMED = 60  # the largest number of characters in the name of a class
VERSION = 1


def takes_text(lesson: Workspace) -> bool:
    """Returns whether learners can type a text of their own in a lesson."""
    return lesson.sheet is not None and lesson.sheet.kind == "text"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Holds the settings of a teacher. Everything that is not set stays as in the lesson."""

    lesson: str  # the slug of the lesson
    name: str = ""  # the name of the class
    beat: str = "Predict"  # the beat on which the lesson opens
    asked: tuple[str, ...] = ()  # the predictions that learners are asked for, by their sliders
    values: Mapping[str, str] = field(default_factory=dict)  # values of controls, as the URL writes them
    # controls that learners cannot set: LOCKED or HIDDEN. If TYPED is locked, they can only choose ready-made texts.
    held: Mapping[str, str] = field(default_factory=dict)
    code: str = ""  # the code under which the class is stored
    short: str = ""  # the code that a learner can type

    def __post_init__(self) -> None:
        if self.lesson not in lessons():
            raise BadValue(f"There is no lesson {quoted_value(self.lesson)}.")
        if not (isinstance(self.name, str) and len(self.name) <= NAMED and (self.name.isprintable())):
            raise BadValue(f"The name of a class must be one line of at most {NAMED} characters.")
        if self.beat not in BEATS:
            raise BadValue(f"A lesson can open at {', '.join(BEATS)}, but not at {quoted_value(self.beat)}.")
        asked = {slider.name for slider in self.lesson_of.sliders}
        if not self.asked or not all(isinstance(name, str) and name in asked for name in self.asked):
            raise BadValue("Choose at least one prediction of the lesson.")
        controls = {control.name: control for control in self.lesson_of.controls}
        for name, text in self.values.items():
            if name not in controls or not isinstance(text, str):
                raise BadValue(f"This lesson has no control {quoted_value(name)}.")
            controls[name].read(text)
        for name, way in self.held.items():
            if name == TYPED and takes_text(self.lesson_of) and way == LOCKED:
                continue
            if name not in controls or way not in (LOCKED, HIDDEN):
                raise BadValue(
                    f"A control can be locked or hidden, but {quoted_value(name)} is not one of this lesson's controls."
                )

    @property
    def lesson_of(self) -> Lesson:
        return lessons()[self.lesson]

    def value(self, control: Control[Any]) -> Any:
        """Returns the value of a control, as the teacher has set it."""
        return control.read(self.values[control.name]) if control.name in self.values else control.default

    @property
    def settings(self) -> Settings:
        """Returns the settings of the lesson, as the teacher has set them."""
        return self.lesson_of.defaults.but(**{control.name: self.value(control) for control in self.lesson_of.controls})


@dataclass(frozen=True, kw_only=True)
class Record:
    """Holds the answers of one learner."""

    said: Settings = field(default_factory=Settings)  # by the sliders of the prediction
    missed: tuple[int, ...] = ()  # the numbers of the questions that they missed


# --- A class that is open -------------------------------------------------------------------------------------------


def begin(plan: Plan, browser: str) -> str:
    """Stores a new class and returns its code."""
    told = asdict(plan)
    del told["code"], told["short"]
    return class_records.begin(told, browser)


def attended(code: str) -> Plan:
    """Returns the class with this code. Raises BadValue with a sentence if there is none."""
    return planned(class_records.plan(code), code)


@cache_by_identity(class_records.CLASSES)
def planned(told: Mapping[str, Any], code: str) -> Plan:
    """Reads a plan as it is stored. Raises BadValue if it is damaged."""
    try:
        fields = {name: value for name, value in told.items() if name != "key"}
        return Plan(**fields | {"asked": tuple(fields["asked"]), "code": code})
    except (TypeError, KeyError, AttributeError) as error:
        raise BadValue("This class is damaged. Open it again.") from error


def join(text: str, browser: str, address: str) -> Plan:
    """Returns the class with the short code that a learner typed. Raises BadValue with a sentence if there is none,
    or after too many tries."""
    return attended(class_records.join(text, browser, address))


def submit_record(plan: Plan, browser: str, record: Record) -> None:
    """Stores the record of a learner."""
    class_records.write_record(plan.code, browser, record_to_json(record))


def records_of_class(plan: Plan) -> tuple[Record, ...]:
    """Returns the records of all learners of a class so far, and the records that were imported from other classes.
    The result stays the same object until there is a new record."""
    return (
        *parse_records(class_records.records(plan.code), plan.lesson),
        *(one for file in imported_files(plan) for one in file.records),
    )


@cache_by_identity(class_records.CLASSES)
def parse_records(told: Sequence[Mapping[str, Any]], slug: str) -> tuple[Record, ...]:
    """Reads stored records. Entries that are not valid are left out."""
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
    """Holds the records of a class for export."""

    lesson: str
    name: str
    source: str  # identifies the class; importing the same class again replaces its records
    records: tuple[Record, ...]


def write(plan: Plan) -> bytes:
    """Returns the content of the file, with the records of the class itself. Imported records stay in their own
    files."""
    mine = parse_records(class_records.records(plan.code), plan.lesson)
    head = {"headstart": "class", "version": VERSION, "class": source(plan.code), "name": plan.name}
    return json.dumps(
        head | {"lesson": plan.lesson, "records": [record_to_json(one) for one in mine]}, indent=1
    ).encode()


def source(code: str) -> str:
    """Returns the id of a class in its file."""
    return hashlib.sha256(f"file {code}".encode()).hexdigest()[:20]


def read(data: bytes) -> File:
    """Reads the content of a file. Raises BadValue with a sentence for anything that is wrong with it."""
    if len(data) > LARGEST_FILE:
        raise BadValue(f"This file is too large. The file of a class may have at most {LARGEST_FILE // 1000} kB.")
    try:
        told = json.loads(data, parse_constant=lambda word: refuse(f"it has {word} where a number belongs"))
    except BadValue:
        raise
    except (ValueError, RecursionError):
        refuse("it is not JSON")
    if not isinstance(told, dict) or told.get("headstart") != "class":
        refuse("it does not say that it is the file of a class")
    if told.get("version") != VERSION or isinstance(told["version"], bool):
        raise BadValue("This file comes from another version of Headstart, and this version cannot read it.")
    if set(told) != {"headstart", "version", "class", "name", "lesson", "records"}:
        refuse("it has other parts than the file of a class")
    name, slug, all_told, of = told["name"], told["lesson"], told["records"], told["class"]
    if not (isinstance(name, str) and len(name) <= NAMED and name.isprintable()):
        refuse("its name is not a short line of text")
    if not (isinstance(slug, str) and slug in lessons()):
        refuse("this app does not have its lesson")
    if not (isinstance(of, str) and len(of) == 20 and set(of) <= set("0123456789abcdef")):
        refuse("it does not say which class it belongs to")
    if not isinstance(all_told, list) or len(all_told) > RECORDS:
        refuse(f"it does not have a list of at most {RECORDS} learners")
    records = tuple(record(one, lessons()[slug]) for one in all_told)
    return File(lesson=slug, name=name, source=of, records=records)


def refuse(what: str) -> NoReturn:
    """Raises BadValue with a sentence that contains the reason."""
    raise BadValue(f"This is not the file of a class: {what}.")


def record(told: Any, lesson: Lesson) -> Record:
    """Reads the record of one learner. Raises BadValue with a sentence if it is not valid."""
    if not (isinstance(told, dict) and set(told) == {"said", "missed"}):
        refuse("the part of a learner does not have their predictions and wrong answers")
    sliders = {slider.name: slider for slider in lesson.sliders}
    said, missed = told["said"], told["missed"]
    if not isinstance(said, dict) or not all(name in sliders and isinstance(text, str) for name, text in said.items()):
        refuse("it has a prediction that this lesson does not ask for")
    try:
        values = {name: sliders[name].read(text) for name, text in said.items()}
    except BadValue:
        refuse("it has a prediction that nobody can choose")
    numbers = isinstance(missed, list) and all(type(one) is int and 0 <= one < len(lesson.questions) for one in missed)
    if not numbers or len(set(missed)) < len(missed):
        refuse("it has a wrong answer to a question that this lesson does not have")
    return Record(said=Settings(values), missed=tuple(sorted(missed)))


def record_to_json(one: Record) -> dict[str, Any]:
    """Returns a record in the form of the file."""
    return {"said": {name: str(value) for name, value in one.said.values.items()}, "missed": list(one.missed)}


def bring(plan: Plan, data: bytes) -> File:
    """Imports the records of another class. Raises BadValue with a sentence if the file is not valid, or if it
    belongs to another lesson or to this class."""
    file = read(data)
    if file.lesson != plan.lesson:
        raise BadValue(
            f"That class had the lesson “{lessons()[file.lesson].title}”, but yours has “{plan.lesson_of.title}”."
        )
    if file.source == source(plan.code):
        raise BadValue("This is the file of this class, and its learners are counted already.")
    class_records.bring(plan.code, file.source, data)
    return file


def imported_files(plan: Plan) -> list[File]:
    """Returns the files that were imported from other classes."""
    return [file for data in class_records.imported_files(plan.code) for file in parse_file(data, plan.lesson)]


@cache_by_identity(64)
def parse_file(data: bytes, slug: str) -> list[File]:
    """Reads an imported file. Returns an empty list if it is not valid or belongs to another lesson."""
    try:
        return [file] if (file := read(data)).lesson == slug else []
    except BadValue:  # the file was damaged after it was imported
        return []
