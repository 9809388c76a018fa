"""Checks values against their bounds. Values come from URLs, so every error message is a sentence for the learner."""

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
# Maps letters that are more than an accent on a base letter, and signs, to what people type on an English keyboard.
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
)  # matches the Unicode name of a letter with a stroke or a hook

MARKDOWN = re.compile(r"(?<!\w)_|_(?!\w)|[\\`*\[\]<>!|~$:#@{}]|(?<=www)\.")  # signs that have a meaning in Markdown
MARKS = re.compile(r"[^\w .,+-]|_|\.(?![\d\s]|$)")  # also a dot within a word, because the word may be an address


class BadValue(ValueError):
    """This error is raised if a value is outside its bounds. The message is a sentence for the learner."""


def check_range(name: str, value: Any, low: float, high: float, unit: str = "") -> None:
    """Raises BadValue unless `value` is a number in [low, high]. Infinity and "not a number" are refused."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise BadValue(f"{name} must be a number from {low:g} to {high:g}{unit}, not {quoted_value(value)}.")


def check_whole(name: str, value: Any, low: int, high: int, unit: str = "") -> None:
    """Raises BadValue unless `value` is a whole number in [low, high]."""
    check_range(name, value, low, high, unit)
    if not isinstance(value, int):
        raise BadValue(f"{name} must be a whole number, not {value:g}.")


def check_yes_or_no(name: str, value: Any) -> None:
    """Raises BadValue unless `value` is True or False."""
    if not isinstance(value, bool):
        raise BadValue(f"{name} must be yes or no, not {quoted_value(value)}.")


def parse_json(data: bytes | str, what: str) -> Any:
    """Parses a JSON file, or raises BadValue if the file is not JSON. `what` names the kind of file in the message."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadValue(
            f"This file cannot be read, because it is not JSON. Choose {what} that you saved here."
        ) from error


def quoted_value(value: Any) -> str:
    """Returns a refused value in quotes, short enough for the sentence of an error message.

    The page reads the message as Markdown, and the value may come from a link that a stranger has written. So only
    letters, digits and the signs of numbers are kept: the value cannot become a picture or a link.
    """
    return repr(MARKS.sub("\u00b7", str(value)[:40]))


def quote(name: str) -> str:
    """Returns a name in quotes, escaped so that Markdown shows it as it is. Long names are cut to 40 characters."""
    text = "".join(sign for sign in name if sign.isprintable())
    return "'" + MARKDOWN.sub(r"\\\g<0>", text if len(text) <= 40 else text[:39] + "\u2026") + "'"


class Spelling(dict[int, str]):
    """Maps each character to its plain spelling. A character without a plain form maps to itself."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        found = STROKED.fullmatch(unicodedata.name(sign, ""))
        letter = (found[2].lower() if found[1] == "SMALL" else found[2]) if found else SPELT.get(sign, sign)
        self[code] = letter
        return letter


SPELLING = Spelling()


def to_ascii(text: str) -> str:
    """Converts text to the characters that the nets know: printable ASCII and line ends.

    Typographic signs become plain ones, letters lose their accents, strokes and ligatures, and tabs become spaces.
    Characters without a plain form are left out.
    """
    even = text.replace("\r\n", "\n").replace("\t", " ").translate(TYPED)
    flat = unicodedata.normalize("NFKD", even).translate(SPELLING)
    return "".join(letter for letter in flat if letter == "\n" or " " <= letter <= "~")


def check_ascii(name: str, value: Any, most: int) -> None:
    """Raises BadValue unless `value` is plain ASCII text of at most `most` characters."""
    if not isinstance(value, str) or len(value) > most:
        raise BadValue(f"{name} must be text of at most {most} characters, not {quoted_value(value)}.")
    if value != to_ascii(value):
        raise BadValue(f"{name} must be plain text, letters without accents and signs of an English keyboard.")


def all_instances(kind: type, values: Any) -> bool:
    """Returns whether `values` is a tuple whose items are all of this kind."""
    return isinstance(values, tuple) and all(isinstance(value, kind) for value in values)


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    """Raises BadValue unless `value` is one of `choices`."""
    if value not in choices:
        known = shorten(", ".join(filter(None, choices)), 110, placeholder=" and others")
        raise BadValue(f"{name} must be one of {known}, not {quoted_value(value)}.")


@cache  # every new Stage asks for the names, so the folders are read only once
def module_names(folder: str) -> tuple[str, ...]:
    """Returns the names of the modules in one of core's folders. To add a method, add a file: nothing else lists it."""
    return tuple(sorted(f.stem for f in (Path(__file__).parents[1] / folder).glob("*.py") if f.stem != "__init__"))
