"""Alphabets of a few symbols, each drawn a few times: ready-made ones, and learners' own as worlds like any other.

An own alphabet is kept under a name with the digest of what is drawn, as texts are (core/user_data/corpus.py): a run on
it is a value. On disk and in a learner's file it is JSON:

    {"name": "Runes", "symbols": [{"name": "elk", "drawings": [[[[50, 5], [50, 95]], ...strokes], ...]}, ...]}

A learner's file may use any range of coordinates; it is fitted to that of the board. Knows no torch.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.experiment import strokes
from core.experiment.checks import BadValue, parse_json
from core.experiment.strokes import Drawing
from core.experiment.tasks import OWN, READY
from core.store import store
from core.user_data import storage

FOLDER = Path(__file__).parents[1] / "worlds" / "alphabets"
SYMBOLS, DRAWINGS = (2, 10), (1, 10)  # at least and at most: of an alphabet, and of a symbol
LARGEST = 2_000_000  # bytes of a file
NAMED = 40  # characters of a name
FAR = 1e9  # no coordinate is so large
Sketch = list[list[tuple[float, float]]]  # a drawing as its file has it: strokes of points


@dataclass(frozen=True)
class Symbol:
    name: str
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True)
class Alphabet:
    name: str
    symbols: tuple[Symbol, ...]

    @property
    def most(self) -> int:
        """How often a symbol was drawn at most."""
        return max(len(symbol.drawings) for symbol in self.symbols)

    @property
    def fewest(self) -> int:
        """How often every symbol was drawn at least."""
        return min(len(symbol.drawings) for symbol in self.symbols)


def read(data: bytes | str, again: bool = False) -> Alphabet:
    """The alphabet in a file; BadValue with a sentence if it is none. `again`: it was written here, so its coordinates
    are those of the board."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large: an alphabet has at most {LARGEST // 1_000_000} MB.")
    told = parse_json(data, "alphabet")
    symbols = told.get("symbols") if isinstance(told, dict) else None
    if not isinstance(symbols, list) or not all(isinstance(one, dict) for one in symbols):
        raise BadValue("This file is no alphabet: it names no symbols. Choose one that was saved here.")
    low, high = SYMBOLS
    if not low <= len(symbols) <= high:
        raise BadValue(f"An alphabet has {low} to {high} symbols, not {len(symbols)}.")
    drawn = [read_drawings(one, k + 1) for k, one in enumerate(symbols)]
    fit = (
        Fit(1.0)
        if again
        else fit_to_board([point for each in drawn for one in each for stroke in one for point in stroke])
    )
    made = [
        Symbol(printable_name(one.get("name"), f"symbol {k + 1}"), tuple(map(fit.drawing, each)))
        for k, (one, each) in enumerate(zip(symbols, drawn))
    ]
    return Alphabet(printable_name(told.get("name"), "alphabet"), tuple(made))


def read_drawings(told: dict[str, Any], number: int) -> list[Sketch]:
    """All drawings of a symbol, in the coordinates of their file."""
    found, (low, high) = told.get("drawings"), DRAWINGS
    if not isinstance(found, list) or not low <= len(found) <= high:
        many = f", not {len(found)}" if isinstance(found, list) else ""
        raise BadValue(f"Symbol {number} must have {low} to {high} drawings{many}.")
    return [read_sketch(one) for one in found]


def read_sketch(told: Any) -> Sketch:
    """A drawing in the coordinates of its file; BadValue with a sentence if it is none."""
    try:
        made = [[(point[0], point[1]) for point in stroke] for stroke in told]
        numbers = [number for stroke in made for point in stroke for number in point]
        if all(len(point) == 2 for stroke in told for point in stroke) and all(map(is_number, numbers)):
            return made
    except (TypeError, IndexError, KeyError):
        pass
    raise BadValue("A drawing is a list of strokes, each a list of points of two numbers.")


def is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < FAR


@dataclass(frozen=True)
class Fit:
    """How coordinates of a file become those of the board."""

    scale: float
    x: float = 0.0
    y: float = 0.0

    def drawing(self, told: Sketch) -> Drawing:
        made = tuple(
            tuple((round(self.scale * x + self.x), round(self.scale * y + self.y)) for x, y in stroke)
            for stroke in told
        )
        return strokes.check_drawing(made)


def fit_to_board(points: list[tuple[float, float]]) -> Fit:
    """All drawings of a file by the same measure. Numbers from 0 to 100 stay, from 0 to 1 are shares of the board, and
    any others fill it."""
    if not points:
        return Fit(1.0)
    xs, ys = zip(*points)
    low, high = min(*xs, *ys), max(*xs, *ys)
    if low >= 0 and high <= 1 and any(number != int(number) for number in (*xs, *ys)):
        return Fit(strokes.SIZE)
    if low >= 0 and strokes.SIZE / 2 < high <= strokes.SIZE:
        return Fit(1.0)
    span = max(max(xs) - min(xs), max(ys) - min(ys))
    scale = strokes.SIZE / span if span else 1.0
    middle = strokes.SIZE / 2
    return Fit(scale, middle - scale * (min(xs) + max(xs)) / 2, middle - scale * (min(ys) + max(ys)) / 2)


def printable_name(told: Any, otherwise: str) -> str:
    """A name as it may be shown."""
    text = "".join(c for c in told if c.isprintable()).strip()[:NAMED] if isinstance(told, str) else ""
    return text or otherwise


def write(alphabet: Alphabet) -> str:
    """The alphabet as a file: the same alphabet is the same text."""
    symbols = [{"name": one.name, "drawings": one.drawings} for one in alphabet.symbols]
    return json.dumps({"name": alphabet.name, "symbols": symbols}, separators=(",", ":"), ensure_ascii=False)


def path(name: str) -> Path:
    return store.home() / "alphabets" / f"{name}.json" if OWN.fullmatch(name) else FOLDER / f"{name}.json"


def exists(name: str) -> bool:
    """Whether there is an alphabet of this name on this machine, and whole."""
    return storage.exists(load, name)


def keep(alphabet: Alphabet) -> str:
    """Keep an own alphabet and return its name; BadValue with a sentence if it cannot be kept."""
    text = write(alphabet)
    name = storage.storage_name(alphabet.name, text.encode(), "alphabet")
    storage.keep(path(name), "alphabet", lambda part: part.write_text(text, "utf-8"))
    return name


def load(name: str) -> Alphabet:
    """An alphabet by its name; BadValue with a sentence if it is not on this machine, or damaged."""
    return storage.load("alphabet", name, path(name), READY, load_file, "Open its file, or draw it again.")


@lru_cache(maxsize=32)
def load_file(path: Path, size: int) -> Alphabet:
    return read(path.read_text("utf-8"), again=True)
