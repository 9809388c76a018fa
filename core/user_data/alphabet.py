"""Reads and stores alphabets of a few symbols, each drawn a few times: ready-made ones and the learner's own.

A learner's alphabet is stored under a name that contains the digest of the drawings, like texts
(core/user_data/corpus.py). So a run that uses it is a value. The stored file and the learner's file are both JSON:

    {"name": "Runes", "symbols": [{"name": "elk", "drawings": [[[[50, 5], [50, 95]], ...strokes], ...]}, ...]}

A learner's file may use any range of coordinates, which is fitted to that of the drawing board. This module does not
import torch.
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
SYMBOLS, DRAWINGS = (2, 10), (1, 10)  # fewest and most symbols of an alphabet, and drawings of a symbol
LARGEST = 2_000_000  # bytes of a file
NAMED = 40  # most characters of a name
FAR = 1e9  # every coordinate must be smaller
Sketch = list[list[tuple[float, float]]]  # a drawing as in its file: strokes of points


@dataclass(frozen=True)
class Symbol:
    """Holds the name and the drawings of one symbol."""

    name: str
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True)
class Alphabet:
    """Holds the name and the symbols of an alphabet."""

    name: str
    symbols: tuple[Symbol, ...]

    @property
    def most(self) -> int:
        """Returns the largest number of drawings of a symbol."""
        return max(len(symbol.drawings) for symbol in self.symbols)

    @property
    def fewest(self) -> int:
        """Returns the smallest number of drawings of a symbol."""
        return min(len(symbol.drawings) for symbol in self.symbols)


def read(data: bytes | str, again: bool = False) -> Alphabet:
    """Reads the alphabet in a file. Raises BadValue with a sentence if the file is not an alphabet.

    `again` means that this app wrote the file, so the coordinates are those of the drawing board.
    """
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large. An alphabet may have at most {LARGEST // 1_000_000} MB.")
    told = parse_json(data, "an alphabet")
    symbols = told.get("symbols") if isinstance(told, dict) else None
    if not isinstance(symbols, list) or not all(isinstance(one, dict) for one in symbols):
        raise BadValue("This file is not an alphabet, because it has no symbols. Choose a file that you saved here.")
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
    """Returns all drawings of a symbol, in the coordinates of their file."""
    found, (low, high) = told.get("drawings"), DRAWINGS
    if not isinstance(found, list) or not low <= len(found) <= high:
        many = f", not {len(found)}" if isinstance(found, list) else ""
        raise BadValue(f"Symbol {number} must have {low} to {high} drawings{many}.")
    return [read_sketch(one) for one in found]


def read_sketch(told: Any) -> Sketch:
    """Returns a drawing in the coordinates of its file. Raises BadValue with a sentence if it is not a drawing."""
    try:
        made = [[(point[0], point[1]) for point in stroke] for stroke in told]
        numbers = [number for stroke in made for point in stroke for number in point]
        if all(len(point) == 2 for stroke in told for point in stroke) and all(map(is_number, numbers)):
            return made
    except (TypeError, IndexError, KeyError):
        pass
    raise BadValue("A drawing is a list of strokes. A stroke is a list of points, and a point is a pair of numbers.")


def is_number(value: Any) -> bool:
    """Returns whether a value is a number of a reasonable size."""
    return type(value) in (int, float) and abs(value) < FAR


@dataclass(frozen=True)
class Fit:
    """Maps the coordinates of a file to those of the drawing board."""

    scale: float
    x: float = 0.0
    y: float = 0.0

    def drawing(self, told: Sketch) -> Drawing:
        """Returns a drawing in the coordinates of the board."""
        made = tuple(
            tuple((round(self.scale * x + self.x), round(self.scale * y + self.y)) for x, y in stroke)
            for stroke in told
        )
        return strokes.check_drawing(made)


def fit_to_board(points: list[tuple[float, float]]) -> Fit:
    """Returns the mapping for all drawings of a file, which share one scale.

    Coordinates from 0 to 100 are kept. Coordinates from 0 to 1 are shares of the board. All others are scaled to fill
    the board.
    """
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
    """Returns a name without characters that cannot be shown, or `otherwise` if nothing is left."""
    text = "".join(c for c in told if c.isprintable()).strip()[:NAMED] if isinstance(told, str) else ""
    return text or otherwise


def write(alphabet: Alphabet) -> str:
    """Returns the alphabet as the text of a file. Equal alphabets give equal texts."""
    symbols = [{"name": one.name, "drawings": one.drawings} for one in alphabet.symbols]
    return json.dumps({"name": alphabet.name, "symbols": symbols}, separators=(",", ":"), ensure_ascii=False)


def path(name: str) -> Path:
    """Returns the path of an alphabet, which may not exist."""
    return store.home() / "alphabets" / f"{name}.json" if OWN.fullmatch(name) else FOLDER / f"{name}.json"


def exists(name: str) -> bool:
    """Returns whether an alphabet of this name is on this machine and undamaged."""
    return storage.exists(load, name)


def keep(alphabet: Alphabet) -> str:
    """Stores a learner's alphabet and returns its name. Raises BadValue with a sentence if it cannot be stored."""
    text = write(alphabet)
    name = storage.storage_name(alphabet.name, text.encode(), "alphabet")
    storage.keep(path(name), "alphabet", lambda part: part.write_text(text, "utf-8"))
    return name


def load(name: str) -> Alphabet:
    """Loads an alphabet by its name. Raises BadValue with a sentence if it is not on this machine or damaged."""
    return storage.load("alphabet", name, path(name), READY, load_file, "Open its file, or draw it again.")


@lru_cache(maxsize=32)
def load_file(path: Path, size: int) -> Alphabet:
    return read(path.read_text("utf-8"), again=True)
