"""Bounds of values, and what is said when one is broken: a sentence for the learner, because values come from URLs."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any

TYPED = str.maketrans(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2212\u00d7", "'''\"\"\"---x"
)  # quotes, dashes, minus, times
# Latin letters that no accent makes, and signs, as people write them on an English keyboard.
SPELT = {
    "\u00df": "ss", "\u1e9e": "SS", "\u00e6": "ae", "\u00c6": "Ae", "\u0153": "oe", "\u0152": "Oe", "\u00fe": "th",
    "\u00de": "Th", "\u00f0": "d", "\u00d0": "D", "\u0131": "i", "\u0237": "j", "\u014b": "ng", "\u014a": "Ng",
    "\u0259": "e", "\u018f": "E", "\u025b": "e", "\u0190": "E", "\u0254": "o", "\u0186": "O", "\u0138": "k",
    "\u00ab": '"', "\u00bb": '"', "\u201f": '"', "\u2039": "'", "\u203a": "'", "\u201b": "'", "\u02bc": "'",
    "\u02b9": "'", "\u2032": "'", "\u2033": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2015": "-",
    "\u2043": "-", "\u2022": "*", "\u25cf": "*", "\u00bf": "?", "\u00a1": "!", "\u2044": "/",
    "\u00f7": "/", "\u00b1": "+-", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2248": "~", "\u2192": "->",
    "\u2190": "<-", "\u21d2": "=>", "\u20ac": "EUR", "\u00a3": "GBP", "\u00a9": "(c)", "\u00ae": "(R)",
    "\u2028": "\n", "\u2029": "\n\n", "\u0085": "\n",
}  # fmt: skip
STROKED = re.compile(
    "LATIN (SMALL|CAPITAL) LETTER ([A-Z]) WITH .*"
)  # what Unicode calls a letter with a stroke or hook

MARKDOWN = re.compile(r"(?<!\w)_|_(?!\w)|[\\`*\[\]<>!|~$:#@{}]|(?<=www)\.")  # signs that would be more than signs
MARKS = re.compile(r"[^\w .,+-]|_|\.(?![\d\s]|$)")  # a dot within a word too: it may be an address


class BadValue(ValueError):
    """A value outside its bounds; the message is a sentence for the learner."""


def check_range(name: str, value: Any, low: float, high: float, unit: str = "") -> None:
    """Refuse anything but a number in [low, high]; not a number and infinity are in no such range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise BadValue(f"{name} must be a number from {low:g} to {high:g}{unit}, not {quoted_value(value)}.")


def check_whole(name: str, value: Any, low: int, high: int, unit: str = "") -> None:
    """Refuse anything but a whole number in [low, high]."""
    check_range(name, value, low, high, unit)
    if not isinstance(value, int):
        raise BadValue(f"{name} must be a whole number, not {value:g}.")


def check_yes_or_no(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise BadValue(f"{name} must be yes or no, not {quoted_value(value)}.")


def parse_json(data: bytes | str, what: str) -> Any:
    """What a file of JSON says; refuse what is none. `what`: the kind of thing that is in such files."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"This file is no {what}: it is not JSON. Choose one that was saved here.") from error


def quoted_value(value: Any) -> str:
    """A refused value, short enough for a sentence. A page reads Markdown, and whoever made the link wrote this: of
    signs only those of numbers and plain words are left, so that it can be no picture and no link."""
    return repr(MARKS.sub("\u00b7", str(value)[:40]))


def quote(name: str) -> str:
    """A name that somebody gave, as it is, for a sentence that a page reads as Markdown: at most 40 characters."""
    text = "".join(sign for sign in name if sign.isprintable())
    return "'" + MARKDOWN.sub(r"\\\g<0>", text if len(text) <= 40 else text[:39] + "\u2026") + "'"


class Spelling(dict[int, str]):
    """How each sign is spelt; one that has no plain form is as it was."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        found = STROKED.fullmatch(unicodedata.name(sign, ""))
        letter = (found[2].lower() if found[1] == "SMALL" else found[2]) if found else SPELT.get(sign, sign)
        self[code] = letter
        return letter


SPELLING = Spelling()


def to_ascii(text: str) -> str:
    """Text as the nets know it, printable ASCII and line ends: typographic signs become plain ones, letters lose their
    accents, strokes and ligatures, tabs become spaces, and what has no plain form is left out."""
    even = text.replace("\r\n", "\n").replace("\t", " ").translate(TYPED)
    flat = unicodedata.normalize("NFKD", even).translate(SPELLING)
    return "".join(letter for letter in flat if letter == "\n" or " " <= letter <= "~")


def check_ascii(name: str, value: Any, most: int) -> None:
    """Refuse anything but text that is plain already, of at most so many characters."""
    if not isinstance(value, str) or len(value) > most:
        raise BadValue(f"{name} must be text of at most {most} characters, not {quoted_value(value)}.")
    if value != to_ascii(value):
        raise BadValue(f"{name} must be plain text, letters without accents and signs of an English keyboard.")


def all_instances(kind: type, values: Any) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, kind) for value in values)


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        known = shorten(", ".join(filter(None, choices)), 110, placeholder=" and others")
        raise BadValue(f"{name} must be one of {known}, not {quoted_value(value)}.")


@cache  # every Stage that is made asks: once the folders are read
def module_names(folder: str) -> tuple[str, ...]:
    """What can be named: the modules in one of core's folders (a new method is a new file, nothing else)."""
    return tuple(sorted(f.stem for f in (Path(__file__).parents[1] / folder).glob("*.py") if f.stem != "__init__"))
