"""Reads numbers in the cells of a table, as people and programs write them: 1234.5, 1234,5, 1,234.5, 1.234,5 or 1
234,5.

All cells of a column decide together how the column writes its numbers. If they leave it open, the whole table
decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

SILENT = frozenset(  # in lower case: what programs write for a missing value, even in a column of words
    [
        "",
        "nan",
        "na",
        "n/a",
        "n.a.",
        "n. a.",
        "#n/a",
        "#na",
        "<na>",
        "-nan",
        "nat",
        "null",
        "?",
        ".",
        "..",
        "...",
        "\u2026",
    ]
)
GAPS = SILENT | frozenset(  # what else means a missing value in a column of numbers
    ["none", "nil", "missing", "unknown", "not available", "nd", "n.d.", "n/d", "k.a.", "k. a.", "-", "--", "---",
     "...", "\u2013", "\u2014", "*", "/", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity",
     "1.#ind", "-1.#ind", "1.#qnan", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"]
)  # fmt: skip
SAME = str.maketrans({"\u2212": "-", "\u2009": " ", "\u202f": " ", "\u00a0": " ", "\u2019": "'"})
SIGNS = re.compile(r"[,.'\u2019\s]")  # may be the decimal sign, or separate thousands
MOSTLY = 0.7  # if this share of a column's cells are numbers, the others are mistakes


@dataclass(frozen=True)
class Style:
    """Describes how numbers are written."""

    decimal: str = "."
    group: str = ""  # the sign between thousands


PLAIN, COMMA = Style(), Style(",")
GROUPED = (Style(".", ","), Style(",", "."), Style(".", " "), Style(",", " "), Style(".", "'"), Style(",", "'"))


def is_gap(cell: str) -> bool:
    """Returns whether a cell in a column of numbers means a missing value."""
    return cell.strip().lower() in GAPS


def is_silent(cell: str) -> bool:
    """Returns whether a cell in a column of words means a missing value. "none" and "-" may be words."""
    return cell.strip().lower() in SILENT


@cache
def pattern(style: Style) -> re.Pattern[str]:
    """Returns the pattern of numbers in a style. A style that separates thousands separates all of them."""
    point, exponent = re.escape(style.decimal), r"(?:e[+-]?\d{1,4})?"
    if not style.group:
        return re.compile(rf"[+-]?(?:\d+{point}?\d*|{point}\d+){exponent}", re.ASCII | re.IGNORECASE)
    whole = rf"(?:[1-9]\d{{0,2}}(?:{re.escape(style.group)}\d{{3}})+|\d{{1,3}})"
    return re.compile(rf"[+-]?{whole}(?:{point}\d*)?", re.ASCII)


def value(cell: str, style: Style) -> float | None:
    """Returns the number in a cell of this style, or None if there is none."""
    text = (cell if cell.isascii() else cell.translate(SAME)).strip().removesuffix("%").rstrip()
    if not pattern(style).fullmatch(text):
        return None
    plain = text.replace(style.group, "") if style.group else text
    return float(plain.replace(style.decimal, "."))


def looks_like_number(cell: str) -> bool:
    """Returns whether a cell is a number in any style. "95%" is not counted, because it may be the name of a column."""
    if "%" in cell:
        return False
    return value(cell, PLAIN) is not None or any(value(cell, style) is not None for style in (COMMA, *GROUPED))


def decimal_sign(cells: Iterable[str]) -> str:
    """Returns the decimal sign of a table, from cells that can be read in only one way, or "" if they disagree."""
    found = set[str]()
    for cell in cells:
        if "," not in cell and "." not in cell:
            continue
        text = cell.translate(SAME).strip()
        for sign, other in (".,", ",."):
            whole, found_sign, rest = text.rpartition(sign)
            if (
                not found_sign
                or other in rest
                or sign in whole
                or not (whole + rest).replace(other, "").strip("+-").isdigit()
            ):
                continue
            if len(rest) != 3 or other in whole or whole.strip("+-") in ("", "0") or len(whole.strip("+-")) > 3:
                found.add(sign)
    return found.pop() if len(found) == 1 else ""


def style_of(cells: Sequence[str], decimal: str = "") -> Style | None:
    """Returns how a column writes its numbers, or None if it is not a column of numbers. `decimal` is the decimal
    sign of its table."""
    given = [cell for cell in cells if not is_gap(cell)]
    if not given:
        return None
    some = given[:: 1 + len(given) // 200]  # only styles that fit a sample of the cells are tried on all
    able = [style for style in (PLAIN, COMMA, *GROUPED) if 2 * fitting(some, style) >= len(some)]
    if PLAIN in able and not any(SIGNS.search(cell) for cell in given):
        able = [PLAIN]
    fits = {style: fitting(given, style) for style in able}
    most = max(fits.values(), default=0)
    if most < MOSTLY * len(given):
        return None
    best = [style for style, count in fits.items() if count == most]
    # "1,620" may be 1620 with a separator, or 1.62 with a decimal comma; the same holds for "1.620"
    for style in GROUPED[:2]:
        single = COMMA if style.group == "," else PLAIN
        if style in best and single in best:
            return style if groups_thousands(given, style, decimal) else single
    return best[0]


def fitting(cells: Sequence[str], style: Style) -> int:
    """Counts the cells that hold a number of this style."""
    return sum(value(cell, style) is not None for cell in cells)


def groups_thousands(cells: Sequence[str], style: Style, decimal: str) -> bool:
    """Returns whether a sign separates thousands, if every cell leaves it open."""
    divided = [cell for cell in cells if style.group in cell]
    if not divided:
        return False
    if decimal:
        return decimal == style.decimal
    plain = [abs(number) for cell in cells if style.group not in cell and (number := value(cell, PLAIN)) is not None]
    return any(100 <= number < 1000 for number in plain)
