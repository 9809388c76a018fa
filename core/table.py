"""Tables of two columns of numbers and one of labels: an example that comes with the app, and learners' own as worlds.

A CSV file becomes points in the plane and a class each. It is kept as JSON, under the digest of what is in it
(core/own.py). Knows no torch.
"""

from __future__ import annotations

import csv
import json
import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from core import own
from core.check import BadValue
from core.serve import store
from core.tasks import TABLES

LARGEST = 2  # MB of a file
ROWS, CLASSES = (20, 5000), (2, 20)  # at least and at most
FEWEST = 4  # rows of a class, of which one tests
COLUMNS, CELL = 50, 200  # at most: of a file, and characters of a cell
HUGE = 1e15  # no number is farther from 0
REACH = 2.0  # every column is scaled to -REACH to REACH, about where the plane's arms end
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity|n/?a|null|none|-|\?)?", re.IGNORECASE)  # a gap, as programs write it
COUNTS = re.compile("(unnamed: 0|index|id|nr|no)?", re.IGNORECASE)  # what a column that only counts rows may be called
LABELS = (
    "label",
    "class",
    "target",
    "species",
    "category",
    "group",
    "kind",
    "type",
)  # what a column of labels may be called


@dataclass(frozen=True)
class Rows:
    name: str  # of its file
    columns: tuple[str, str, str]  # what the two numbers and the label are called
    points: tuple[tuple[float, float], ...]  # as they stand in the file
    labels: tuple[int, ...]  # a class each
    classes: tuple[str, ...]  # what each is called

    @property
    def counts(self) -> tuple[int, ...]:
        found = Counter(self.labels)
        return tuple(found[k] for k in range(len(self.classes)))

    def scaled(self) -> list[tuple[float, float]]:
        """The points in the plane: each column from -REACH to REACH."""
        ends = [(min(column), max(column)) for column in zip(*self.points)]

        def at(value: float, low: float, high: float) -> float:
            return round((2 * (value - low) / (high - low) - 1) * REACH, 6)

        return [(at(x, *ends[0]), at(y, *ends[1])) for x, y in self.points]


# --- Reading a file ---------------------------------------------------------------------------------------------------


def read(data: bytes, name: str) -> Rows:
    """The table in a CSV file of this name; BadValue with a sentence if it is none."""
    if len(data) > LARGEST * 1_000_000:
        raise BadValue(f"This file is too large: a table has at most {LARGEST} MB.")
    rows, decimal = divided(own.decoded(data))
    if len(rows) - 1 > ROWS[1]:
        raise BadValue(f"This table has {len(rows):,} rows; it may have {ROWS[1]:,}.")
    columns = list(zip(*[[number(cell, decimal) for cell in cells] for _, cells in rows[1:] or rows]))
    numeric = [sum(value is not None for value in column) > 0.8 * len(column) for column in columns]
    _, first = rows[0]
    headed = any(known and number(cell, decimal) is None for known, cell in zip(numeric, first))
    titles = [own.called(cell if headed else "", f"column {k + 1}") for k, cell in enumerate(first)]
    rows = rows[headed:]
    label = of_labels(rows, titles, numeric)
    numbers = [k for k, known in enumerate(numeric) if known and k != label]
    telling = [k for k in numbers if not (headed and COUNTS.fullmatch(first[k].strip()))]
    x, y, *_ = [*(telling if len(telling) > 1 else numbers), -1, -1]
    if y < 0:
        raise BadValue("A table has two columns of numbers and one of labels; this file has not two such columns.")
    points = [tuple(finite(line, cells[k], titles[k], decimal) for k in (x, y)) for line, cells in rows]
    names = [named(line, cells[label], titles[label]) for line, cells in rows]
    classes = tuple(sorted(set(names), key=lambda name: (len(name) if name.isdecimal() else 0, name)))
    made = Rows(
        name=own.called(Path(name).name, "table", most=60),
        columns=(titles[x], titles[y], titles[label]),
        points=tuple((a, b) for a, b in points),
        labels=tuple(map(classes.index, names)) if len(classes) <= CLASSES[1] else (),
        classes=classes,
    )
    return checked(made)


def divided(text: str) -> tuple[list[tuple[int, list[str]]], bool]:
    """The rows with the numbers of their lines, by the separator that fits best; and whether a comma is a point."""
    found: list[tuple[int, list[str]]] = []
    for separator in "\t;,":  # a comma last: it may stand in a number
        try:
            reader = csv.reader(text.splitlines(), delimiter=separator, skipinitialspace=True)
            found = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
        except csv.Error as error:
            raise BadValue("This file is no table: its cells cannot be told apart.") from error
        if found and len(found[0][1]) >= 3:
            break
    else:
        raise BadValue("This file is no table: its rows are not three cells or more, divided by commas, ; or tabs.")
    wide = len(found[0][1])
    if wide > COLUMNS:
        raise BadValue(f"This table has {wide} columns; it may have {COLUMNS}.")
    for line, cells in found:
        if len(cells) != wide:
            raise BadValue(f"Line {line} does not fit: cells in it {len(cells)}, in the first line {wide}.")
        if any(len(cell) > CELL for cell in cells):
            raise BadValue(f"Line {line} has a cell of more than {CELL} characters.")
    return found, separator != ","


def number(cell: str, decimal: bool) -> float | None:
    """What a cell says; nan for a gap, None where it is a word. decimal: a comma may stand for the point."""
    text = cell.strip()
    if decimal and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    if NUMBER.fullmatch(text):
        return float(text)
    return math.nan if NO_NUMBER.fullmatch(text) else None


def of_labels(rows: Sequence[tuple[int, list[str]]], titles: Sequence[str], numeric: Sequence[bool]) -> int:
    """Which column has the labels: the one that is called so, a column of words, or else the last."""
    few = [k for k in range(len(titles)) if CLASSES[0] <= len({cells[k].strip() for _, cells in rows}) <= CLASSES[1]]
    words = [k for k, known in enumerate(numeric) if not known]
    named = [k for k in few if titles[k].lower() in LABELS]
    return (named or [k for k in few if k in words] or words or [len(titles) - 1])[-1]


def finite(line: int, cell: str, title: str, decimal: bool) -> float:
    value = number(cell, decimal)
    if value is None or not abs(value) <= HUGE:
        said = own.quoted(cell) if cell.strip() else "empty"
        raise BadValue(f"Line {line}, column {own.quoted(title)}: a number must stand here, and it is {said}.")
    return value


def named(line: int, cell: str, title: str) -> str:
    if not (found := own.called(cell, "")):
        raise BadValue(f"Line {line}, column {own.quoted(title)}: a label must stand here, and it is empty.")
    return found


def checked(table: Rows) -> Rows:
    """The table, if a net can learn from it and be tested on it."""
    (least, most), (low, high), count = ROWS, CLASSES, len(table.points)
    if not least <= count <= most:
        raise BadValue(f"A table has {least} to {most:,} rows, not {count:,}.")
    if not low <= len(table.classes) <= high:
        of = f"column {own.quoted(table.columns[2])} has {len(table.classes)}"
        raise BadValue(f"A table has {low} to {high} different labels; {of}.")
    for name, n in zip(table.classes, table.counts):
        if n < FEWEST:
            raise BadValue(f"Every label needs {FEWEST} rows, of which one tests; {own.quoted(name)} has {n}.")
    for title, column in zip(table.columns, zip(*table.points)):
        if max(column) - min(column) <= 1e-9 * max(map(abs, column)):
            raise BadValue(
                f"Column {own.quoted(title)} has the same number in every row, so nothing can be told by it."
            )
    return table


# --- Keeping --------------------------------------------------------------------------------------------------------


def path(name: str) -> Path:
    return store.home() / "tables" / f"{name}.json"


def keep(table: Rows) -> str:
    """Keep an own table and return its name; BadValue with a sentence if it cannot be kept."""
    name = own.name(Path(table.name).stem, "table", written(replace(table, name="")))
    own.write("table", {path(name): written(table)})
    return name


def written(table: Rows) -> bytes:
    return json.dumps(asdict(table), separators=(",", ":")).encode()


def known(name: str) -> bool:
    """Whether this is an own table that is on this machine, and whole."""
    return name not in TABLES and own.known(load, name)


def load(name: str) -> Rows:
    """A table by its name; BadValue with a sentence if it is not on this machine, or damaged."""
    return ready() if name in TABLES else own.load("table", name, path(name), stored, "Choose its file again.")


@cache
def stored(path: Path) -> Rows:
    told = json.loads(path.read_text("utf-8"))
    x, y, label = told["columns"]
    points = tuple((float(x), float(y)) for x, y in told["points"])
    return checked(Rows(told["name"], (x, y, label), points, tuple(told["labels"]), tuple(told["classes"])))


def called(name: str) -> str:
    """What its owner calls a table: the name of its file."""
    return load(name).name if known(name) else name


# --- The example ----------------------------------------------------------------------------------------------------


@cache
def ready() -> Rows:
    """Three crescents about one place, 120 points each, in units of no plane."""
    rng, points, labels = random.Random(7), [], []
    for k in range(360):
        kind = k % 3
        turn = 2 * math.pi * (kind / 3 + 0.42 * rng.random())
        far = 10 + 12 * (turn - 2 * math.pi * kind / 3) + rng.gauss(0, 2.2)
        points.append((round(150 + far * math.cos(turn), 1), round(40 + 0.5 * far * math.sin(turn), 1)))
        labels.append(kind)
    return Rows("crescents.csv", ("length", "width", "kind"), tuple(points), tuple(labels), ("ash", "birch", "cedar"))


def as_csv(table: Rows) -> str:
    """The table as a file that can be read again."""
    rows = [f"{x:g},{y:g},{table.classes[k]}" for (x, y), k in zip(table.points, table.labels)]
    return "\n".join([",".join(table.columns), *rows]) + "\n"
