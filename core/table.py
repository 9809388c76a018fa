"""Tables of the learner's own: two columns of numbers and a label, as points in the plane. Knows no torch.

On disk a table is CSV with a header, its numbers as they were given. It is read by what its cells hold: a header may be
missing, a column that only counts the rows is left out.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core import own
from core.check import BadValue, shown
from core.corpus import decoded
from core.serve import store
from core.tasks import OWN, TABLES

FOLDER = Path(__file__).parent / "worlds" / "tables"
LARGEST = 1_000_000  # bytes of a file
ROWS, CLASSES = (20, 5_000), (2, 10)  # at least and at most
COLUMNS, LETTERS, FAR = 50, 100, 1e12  # at most: columns, letters of a cell, how large a number may be
MOSTLY = 0.7  # of a column's cells are numbers: then the others are mistakes
SPREAD = 2.0  # the smallest number of a column lies at minus this, the largest at this
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
NONE = {"", "nan", "na", "n/a", "null", "none", "inf", "-inf", "+inf", "infinity", "-infinity", "?", "-"}


@dataclass(frozen=True)
class Table:
    columns: tuple[str, str, str]  # x, y and the label, as the header calls them
    x: tuple[float, ...]
    y: tuple[float, ...]
    labels: tuple[int, ...]  # of each row, a place in `names`
    names: tuple[str, ...]  # of the classes, in alphabetical order
    doubled: int = 0  # rows that stood there twice and were left out

    @property
    def points(self) -> list[tuple[float, float]]:
        """As a net sees them: each column from -SPREAD to SPREAD."""
        return list(zip(spread(self.x), spread(self.y)))

    @property
    def says(self) -> str:
        """What was read, in a sentence."""
        x, y, label = map(shown, self.columns)
        twice = f" {self.doubled} rows that stood there twice were left out." if self.doubled else ""
        return (
            f"{len(self.x):,} points: across {x}, up {y}, and {len(self.names)} classes in {label}. Each column is "
            f"stretched to run from -{SPREAD:g} to {SPREAD:g}. A quarter of every class only tests.{twice}"
        )


def spread(values: tuple[float, ...]) -> list[float]:
    low, high = min(values), max(values)
    return [SPREAD * (2 * (value - low) / (high - low) - 1) for value in values]


def number(cell: str, commas: bool) -> float | None:
    """What a cell says, nan where it says that there is none; None if it is a word."""
    text = cell.replace(",", ".", 1) if commas and "." not in cell else cell
    if NUMBER.fullmatch(text):
        return float(text)
    return math.nan if cell.lower() in NONE else None


def read(data: bytes) -> Table:
    """The table in a file; BadValue with a sentence if it is none."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large: a table has at most {LARGEST // 1_000_000} MB.")
    lines, commas = rows(decoded(data))
    width = len(lines[0][1])
    columns = [[cells[k] for _, cells in lines] for k in range(width)]
    numeric = [k for k in range(width) if mostly(columns[k][1:], commas)]
    headed = bool(numeric) and all(number(columns[k][0], commas) is None for k in numeric)
    names = columns_named(lines[0][1] if headed else [], width)
    lines = lines[1:] if headed else lines
    if not ROWS[0] <= len(lines) <= ROWS[1]:
        raise BadValue(f"A table has {ROWS[0]} to {ROWS[1]:,} rows; this one has {len(lines):,}.")
    across, up, label = chosen(lines, numeric, width, commas)
    x, y = ([checked(at, cells[k], names[k], commas) for at, cells in lines] for k in (across, up))
    for k, values in ((across, x), (up, y)):
        if min(values) == max(values):
            raise BadValue(f"Column {shown(names[k])} has the same number in every row.")
    words = [cells[label] for _, cells in lines]
    if "" in words:
        raise BadValue(f"Line {lines[words.index('')][0]}, column {shown(names[label])}: the label is missing.")
    return made((names[across], names[up], names[label]), list(zip(x, y, words)))


def rows(text: str) -> tuple[list[tuple[int, list[str]]], bool]:
    """The lines that are not empty, each with its number, divided where that makes the most columns alike; and whether
    numbers may have decimal commas."""
    found: dict[str, list[tuple[int, list[str]]]] = {}
    for sign in ";\t,":
        with suppress(csv.Error):
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=False)
            every = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
            if kept := [(at, cells) for at, cells in every if any(cells)]:
                found[sign] = kept
    fits = {sign: Counter(len(cells) for _, cells in lines).most_common(1)[0] for sign, lines in found.items()}
    wide = {sign: (numbers(found[sign], sign != ","), times) for sign, (width, times) in fits.items() if width > 2}
    if not wide:
        raise BadValue("This is no table: it takes three columns, divided by commas, semicolons or tabs.")
    sign = max(wide, key=wide.__getitem__)
    lines, (width, _) = found[sign], fits[sign]
    if width > COLUMNS:
        raise BadValue(f"This table has {width:,} columns; two of numbers and one of labels are wanted.")
    for at, cells in lines:
        if len(cells) != width:
            raise BadValue(f"Line {at} has {len(cells)} cells, where other lines have {width}.")
        if any(len(cell) > LETTERS for cell in cells):
            raise BadValue(f"Line {at} has a cell of more than {LETTERS} letters.")
    return lines, sign != ","


def numbers(lines: list[tuple[int, list[str]]], commas: bool) -> bool:
    """Whether most lines have at least two numbers."""
    return 2 * sum(sum(number(cell, commas) is not None for cell in cells) > 1 for _, cells in lines) > len(lines)


def mostly(cells: list[str], commas: bool) -> bool:
    """Whether a column is one of numbers, be it with mistakes."""
    return bool(cells) and sum(number(cell, commas) is not None for cell in cells) >= MOSTLY * len(cells)


def columns_named(header: list[str], width: int) -> list[str]:
    return [header[k] if k < len(header) and header[k] else f"column {k + 1}" for k in range(width)]


def chosen(lines: list[tuple[int, list[str]]], numeric: list[int], width: int, commas: bool) -> tuple[int, int, int]:
    """The columns of x, y and the label. Where all are numbers, the label is the last that has only a few."""
    cells = {k: [row[k] for _, row in lines] for k in range(width)}
    numeric = [k for k in numeric if not (width > 3 and counts(cells[k]))]
    words = [k for k in range(width) if k not in numeric and not (width > 3 and counts(cells[k]))]
    if not words and len(numeric) == 3:
        few = [k for k in numeric if len(set(cells[k])) <= CLASSES[1]]
        words, numeric = few[-1:], [k for k in numeric if k not in few[-1:]]
    if len(numeric) != 2 or len(words) != 1:
        raise BadValue(
            f"This table has {len(numeric)} columns of numbers and {len(words)} of labels; it takes two and one. "
            "Leave out the others."
        )
    return numeric[0], numeric[1], words[0]


def counts(cells: list[str]) -> bool:
    """Whether a column only counts the rows."""
    return any(cells == [str(k + first) for k in range(len(cells))] for first in (0, 1))


def checked(line: int, cell: str, column: str, commas: bool) -> float:
    value = number(cell, commas)
    if value is None or not math.isfinite(value):
        raise BadValue(f"Line {line}, column {shown(column)}: {shown(cell)} is no number.")
    if abs(value) > FAR:
        raise BadValue(f"Line {line}, column {shown(column)}: numbers go up to {FAR:g}.")
    return value + 0.0  # no minus zero


def made(columns: tuple[str, str, str], found: list[tuple[float, float, str]]) -> Table:
    single = list(dict.fromkeys(found))
    each = Counter(word for _, _, word in single)
    if not CLASSES[0] <= len(each) <= CLASSES[1]:
        raise BadValue(f"Column {shown(columns[2])} has {len(each):,} different labels; it takes 2 to {CLASSES[1]}.")
    fewest = min(each, key=lambda word: each[word])
    if each[fewest] < own.LEAST:
        raise BadValue(f"Label {shown(fewest)} has {each[fewest]} different rows; every label needs {own.LEAST}.")
    names = tuple(sorted(each))
    places = {name: k for k, name in enumerate(names)}
    x, y, words = zip(*single)
    return Table(columns, x, y, tuple(places[word] for word in words), names, len(found) - len(single))


def write(table: Table) -> str:
    """The table as a file: the same table is the same text."""
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows((x, y, table.names[k]) for x, y, k in zip(table.x, table.y, table.labels))
    return told.getvalue()


def path(name: str) -> Path:
    return store.home() / "tables" / f"{name}.csv" if OWN.fullmatch(name) else FOLDER / f"{name}.csv"


def known(name: str) -> bool:
    """Whether there is a table of this name on this machine, and whole."""
    return own.known(load, name)


def says(name: str) -> str:
    """What was read of it, in a sentence."""
    return load(name).says


def called(name: str) -> str:
    return own.called(path(name), name)


def keep(data: bytes, name: str) -> str:
    """Keep a table, from a file of this name, and return what it is kept as; BadValue with a sentence if it cannot."""
    text = write(read(data)).encode()
    kept = own.named(name, text, "table")
    own.keep(path(kept), "table", lambda part: part.write_bytes(text), name)
    return kept


def load(name: str) -> Table:
    """A table by its name; BadValue with a sentence if it is not on this machine, or damaged."""
    return own.load("table", name, path(name), TABLES, stored)


@lru_cache(maxsize=32)
def stored(path: Path, size: int) -> Table:
    return read(path.read_bytes())
