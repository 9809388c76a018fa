"""Defines the tasks in the world of the guest book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.experiment.checks import BadValue, quoted_value
from core.experiment.fields import Flag, IntRange, bounded
from core.experiment.guest_book_words import ASKED
from core.experiment.task import Task


@dataclass(frozen=True, kw_only=True)
class GuestBook(Task):
    """Notes of ten words in the guest book of a small house; asks for the next word at every place."""

    world: ClassVar[str] = "guest_book"
    form: ClassVar[str] = "notes"
    exhibits: ClassVar[int] = 64
    notes: int = bounded(4000, IntRange("Notes", 1, 20_000), "The number of notes that the net learns from.")
    polite: bool = bounded(False, Flag("Polite"), "Leaves out all notes with an unkind word.")


@dataclass(frozen=True, kw_only=True)
class Preferences(GuestBook):
    """The same notes, and pairs of which a rater prefers one."""

    judged: ClassVar[bool] = True
    pairs: int = bounded(
        300,
        IntRange("Pairs", 2 * len(ASKED), 10_000),
        "The number of pairs of notes from which a rater has picked the better one.",
    )
    # The learner's choices, one letter for each pair of core.experiment.guest_book_words.ASKED: the better note (a or
    # b), or - if the learner skipped the pair. All other choices are simulated.
    clicks: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.clicks, str) or len(self.clicks) > len(ASKED) or set(self.clicks) - set("ab-"):
            raise BadValue(f"Clicks must be at most {len(ASKED)} letters a, b or -, not {quoted_value(self.clicks)}.")
