"""Numbers as people and programs write them in the cells of a table: 1234.5, 1234,5, 1,234.5, 1.234,5 or 1 234,5.

How a column writes its numbers is decided from all its cells, and from the whole table where they leave it open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

SILENT = frozenset(  # in lower case: what programs write where there is nothing, in a column of words too
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
GAPS = SILENT | frozenset(  # and what can be nothing else in a column of numbers
    ["none", "nil", "missing", "unknown", "not available", "nd", "n.d.", "n/d", "k.a.", "k. a.", "-", "--", "---",
     "...", "\u2013", "\u2014", "*", "/", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity",
     "1.#ind", "-1.#ind", "1.#qnan", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"]
)  # fmt: skip
SAME = str.maketrans({"\u2212": "-", "\u2009": " ", "\u202f": " ", "\u00a0": " ", "\u2019": "'"})
SIGNS = re.compile(r"[,.'\u2019\s]")  # that may be the decimal sign, or stand between thousands
MOSTLY = 0.7  # of a column's cells are numbers: then the others are mistakes


@dataclass(frozen=True)
class Style:
    """How numbers are written."""

    decimal: str = "."
    group: str = ""  # between thousands


PLAIN, COMMA = Style(), Style(",")
GROUPED = (Style(".", ","), Style(",", "."), Style(".", " "), Style(",", " "), Style(".", "'"), Style(",", "'"))


def is_gap(cell: str) -> bool:
    """Whether a cell among numbers says that there is nothing."""
    return cell.strip().lower() in GAPS


def is_silent(cell: str) -> bool:
    """Whether a cell among words says that there is nothing: "none" and "-" may be words."""
    return cell.strip().lower() in SILENT


@cache
def pattern(style: Style) -> re.Pattern[str]:
    """What numbers of a style look like. A writer who divides thousands leaves none undivided."""
    point, exponent = re.escape(style.decimal), r"(?:e[+-]?\d{1,4})?"
    if not style.group:
        return re.compile(rf"[+-]?(?:\d+{point}?\d*|{point}\d+){exponent}", re.ASCII | re.IGNORECASE)
    whole = rf"(?:[1-9]\d{{0,2}}(?:{re.escape(style.group)}\d{{3}})+|\d{{1,3}})"
    return re.compile(rf"[+-]?{whole}(?:{point}\d*)?", re.ASCII)


def value(cell: str, style: Style) -> float | None:
    """The number in a cell of this style; None if there is none."""
    text = (cell if cell.isascii() else cell.translate(SAME)).strip().removesuffix("%").rstrip()
    if not pattern(style).fullmatch(text):
        return None
    plain = text.replace(style.group, "") if style.group else text
    return float(plain.replace(style.decimal, "."))


def looks_like_number(cell: str) -> bool:
    """Whether a cell is a number in any style; "95%" may also be the name of a column."""
    if "%" in cell:
        return False
    return value(cell, PLAIN) is not None or any(value(cell, style) is not None for style in (COMMA, *GROUPED))


def decimal_sign(cells: Iterable[str]) -> str:
    """The decimal sign of a table, from cells that can be read in one way only; nothing if they disagree."""
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
    """How a column writes its numbers; None if it is none of numbers. `decimal`: the decimal sign of its table."""
    given = [cell for cell in cells if not is_gap(cell)]
    if not given:
        return None
    some = given[:: 1 + len(given) // 200]  # no other style than those of some cells is tried on all
    able = [style for style in (PLAIN, COMMA, *GROUPED) if 2 * fitting(some, style) >= len(some)]
    if PLAIN in able and not any(SIGNS.search(cell) for cell in given):
        able = [PLAIN]
    fits = {style: fitting(given, style) for style in able}
    most = max(fits.values(), default=0)
    if most < MOSTLY * len(given):
        return None
    best = [style for style, count in fits.items() if count == most]
    for style in GROUPED[:2]:  # "1,620" may be a grouped 1620, or 1.62 with a decimal comma; "1.620" likewise
        single = COMMA if style.group == "," else PLAIN
        if style in best and single in best:
            return style if groups_thousands(given, style, decimal) else single
    return best[0]


def fitting(cells: Sequence[str], style: Style) -> int:
    """How many cells hold a number of this style."""
    return sum(value(cell, style) is not None for cell in cells)


def groups_thousands(cells: Sequence[str], style: Style, decimal: str) -> bool:
    """Whether a sign that may divide thousands does, where every cell leaves it open."""
    divided = [cell for cell in cells if style.group in cell]
    if not divided:
        return False
    if decimal:
        return decimal == style.decimal
    plain = [abs(number) for cell in cells if style.group not in cell and (number := value(cell, PLAIN)) is not None]
    return any(100 <= number < 1000 for number in plain)
