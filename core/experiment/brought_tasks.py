"""Defines the tasks for models that other people have trained (core/experiment/brought_models.py)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from core.experiment.checks import BadValue, check_ascii
from core.experiment.fields import Choice, IntRange, bounded
from core.experiment.task import OWN, Task

CAPITAL, COUNTRY = "CAPITAL", "COUNTRY"  # stand for the city and for the country in a form
LONGEST = 60  # characters of a form


@dataclass(frozen=True, kw_only=True)
class Chat(Task):
    """Questions about the capitals of countries, and answers in a form that somebody wants; asks for the next token of
    the answer, between the marks of a chat."""

    world: ClassVar[str] = "chat"
    form: ClassVar[str] = "chat"
    needs_model: ClassVar[bool] = True
    exhibits: ClassVar[int] = 30
    examples: int = bounded(16, IntRange("Examples", 1, 16), "The number of questions with answers to learn from.")
    answer: str = f"{CAPITAL}, of course."  # the form of every answer, in which CAPITAL and COUNTRY are replaced
    split: int = bounded(
        0, IntRange("Split", 0, 999), "Another number takes other countries for the examples and for the test."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ascii("The form of an answer", self.answer, LONGEST)
        if self.answer.count(CAPITAL) != 1 or self.answer.count(COUNTRY) > 1:
            raise BadValue(f"The form of an answer has the word {CAPITAL} once, and the word {COUNTRY} at most once.")

    def answer_text(self, country: str, capital: str) -> str:
        """Returns the answer about one country, as the form wants it."""
        return self.answer.replace(COUNTRY, country).replace(CAPITAL, capital)

    def has_form(self, says: str) -> bool:
        """Returns whether an answer has the form, with any city and any country in their places."""
        pattern = re.escape(self.answer).replace(COUNTRY, ".+").replace(CAPITAL, r"[\w .'-]{1,40}")
        return re.fullmatch(pattern, says.strip()) is not None


OWN_ANSWERS, ENGLISH = "own answers", "English"


@dataclass(frozen=True, kw_only=True)
class ModelTexts(Task):
    """What the chat model wrote before anybody tuned it: its own answers to everyday questions, or English texts in its
    tokens; asks for the next token."""

    world: ClassVar[str] = "model_texts"
    form: ClassVar[str] = "chat"
    needs_model: ClassVar[bool] = True
    source: str = bounded(OWN_ANSWERS, Choice("Texts", (OWN_ANSWERS, ENGLISH)), "What the model reads.")

    @property
    def question(self) -> str:
        return Chat.world  # the same head


EMOJI, OTHER_EMOJI, SIX_EMOJI, PHOTOS, DIGITS = (
    "emoji",
    "emoji by another hand",
    "emoji of six kinds",
    "photos",
    "digits",
)
PICTURES = {  # what is asked about each source of pictures
    EMOJI: "ten kinds",
    OTHER_EMOJI: "ten kinds",
    SIX_EMOJI: "six kinds",
    PHOTOS: "six kinds",
    DIGITS: "digits in colour",
}


@dataclass(frozen=True, kw_only=True)
class Pictures(Task):
    """Colour pictures of 128 x 128 pixels, from one of several sources or the learner's own photos; asks what kind of
    thing a picture shows."""

    world: ClassVar[str] = "pictures"
    form: ClassVar[str] = "photos"
    source: str = bounded(EMOJI, Choice("Pictures", lambda: tuple(PICTURES), OWN), "Where the pictures come from.")
    labels: int = bounded(2, IntRange("Labels per class", 1, 400), "The number of labelled pictures of each kind.")

    @property
    def question(self) -> str:
        return PICTURES.get(self.source, f"photos-{self.source}")


@dataclass(frozen=True, kw_only=True)
class Names(Task):
    """The question that the eye of other people answers: which of ImageNet's thousand names fits a picture."""

    world: ClassVar[str] = "picture_names"
    form: ClassVar[str] = "photos"
