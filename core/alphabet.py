"""Alphabets of a few symbols, each drawn a few times: ready-made ones, and learners' own as worlds like any other.

An own alphabet is kept under a name with the digest of what is drawn, as texts are (core/corpus.py): a run on it is a
value. On disk and in a learner's file it is JSON:

    {"name": "Runes", "symbols": [{"name": "elk", "drawings": [[[[50, 5], [50, 95]], ...strokes], ...]}, ...]}

Knows no torch.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import own, strokes
from core.check import BadValue, parsed
from core.serve import store
from core.strokes import Drawing
from core.tasks import OWN, READY

FOLDER = Path(__file__).parent / "worlds" / "alphabets"
SYMBOLS, DRAWINGS = (2, 10), (1, 10)  # at least and at most: of an alphabet, and of a symbol
LARGEST = 2_000_000  # bytes of a file
NAMED = 40  # characters of a name


@dataclass(frozen=True)
class Symbol:
    name: str
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True)
class Alphabet:
    name: str
    symbols: tuple[Symbol, ...]

    @property
    def fewest(self) -> int:
        """How often every symbol was drawn at least."""
        return min(len(symbol.drawings) for symbol in self.symbols)


def read(data: bytes | str) -> Alphabet:
    """The alphabet in a file; BadValue with a sentence if it is none."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large: an alphabet has at most {LARGEST // 1_000_000} MB.")
    told = parsed(data, "alphabet")
    symbols = told.get("symbols") if isinstance(told, dict) else None
    if not isinstance(symbols, list) or not all(isinstance(one, dict) for one in symbols):
        raise BadValue("This file is no alphabet: it names no symbols. Choose one that was saved here.")
    low, high = SYMBOLS
    if not low <= len(symbols) <= high:
        raise BadValue(f"An alphabet has {low} to {high} symbols, not {len(symbols)}.")
    found = tuple(symbol(one, k + 1) for k, one in enumerate(symbols))
    return Alphabet(called(told.get("name"), "alphabet"), found)


def symbol(told: dict[str, Any], number: int) -> Symbol:
    drawings, (low, high) = told.get("drawings"), DRAWINGS
    if not isinstance(drawings, list) or not low <= len(drawings) <= high:
        raise BadValue(f"Symbol {number} must have {low} to {high} drawings.")
    return Symbol(called(told.get("name"), f"symbol {number}"), tuple(map(drawn, drawings)))


def drawn(told: Any) -> Drawing:
    try:
        made = tuple(tuple((point[0], point[1]) for point in stroke) for stroke in told)
        if all(len(point) == 2 for stroke in told for point in stroke) and all(
            type(number) is int for stroke in made for point in stroke for number in point
        ):
            return strokes.checked(made)
    except (TypeError, IndexError, KeyError):
        pass
    raise BadValue("A drawing is a list of strokes, each a list of points of two whole numbers.")


def called(told: Any, otherwise: str) -> str:
    """A name as it may be shown."""
    text = "".join(c for c in told if c.isprintable()).strip()[:NAMED] if isinstance(told, str) else ""
    return text or otherwise


def write(alphabet: Alphabet) -> str:
    """The alphabet as a file: the same alphabet is the same text."""
    symbols = [{"name": one.name, "drawings": one.drawings} for one in alphabet.symbols]
    return json.dumps({"name": alphabet.name, "symbols": symbols}, separators=(",", ":"), ensure_ascii=False)


def path(name: str) -> Path:
    return store.home() / "alphabets" / f"{name}.json" if OWN.fullmatch(name) else FOLDER / f"{name}.json"


def known(name: str) -> bool:
    """Whether there is an alphabet of this name on this machine, and whole."""
    return own.known(load, name)


def keep(alphabet: Alphabet) -> str:
    """Keep an own alphabet and return its name; BadValue with a sentence if it cannot be kept."""
    text = write(alphabet)
    name = own.named(alphabet.name, text.encode(), "alphabet")
    own.keep(path(name), "alphabet", lambda part: part.write_text(text, "utf-8"))
    return name


def load(name: str) -> Alphabet:
    """An alphabet by its name; BadValue with a sentence if it is not on this machine, or damaged."""
    return own.load("alphabet", name, path(name), READY, stored, "Open its file, or draw it again.")


@lru_cache(maxsize=32)
def stored(path: Path, size: int) -> Alphabet:
    return read(path.read_text("utf-8"))
