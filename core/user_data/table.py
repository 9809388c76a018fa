"""Reads and stores the learner's own tables: two columns of numbers and a label, as points in the plane.

core/user_data/delimited.py reads the file. If it has more columns, the learner chooses three, and
core/user_data/table_columns.py proposes them. A table is stored as CSV with a header and these three columns, with
its numbers as they were given. This module does not import torch.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from core.experiment.checks import BadValue, quote
from core.experiment.tasks import OWN, TABLES
from core.store import store
from core.user_data import encoding, provenance, storage
from core.user_data.cell_numbers import PLAIN, is_silent, looks_like_number, value
from core.user_data.delimited import Column, Grid, count_noun
from core.user_data.delimited import read as grid
from core.user_data.file_kinds import refuse_others
from core.user_data.table_columns import Choice, Columns, propose

FOLDER = Path(__file__).parents[1] / "worlds" / "tables"
LARGEST = 1_000_000  # bytes of a file
ROWS, CLASSES = (20, 5_000), (2, 10)  # fewest and most
LETTERS, FAR = 100, 1e12  # most letters of a cell, and largest absolute value of a number
DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
SPREAD = 2.0  # each column is scaled to run from minus this number to this number


@dataclass(frozen=True)
class Table:
    """Holds the points of a table and their labels."""

    columns: Choice  # names of x, y and the label in the header
    x: tuple[float, ...]
    y: tuple[float, ...]
    labels: tuple[int, ...]  # for each row, a position in `names`
    names: tuple[str, ...]  # names of the classes, in alphabetical order
    notes: tuple[str, ...] = field(default=(), compare=False)  # sentences about how the file was read

    @property
    def points(self) -> list[tuple[float, float]]:
        """Returns the points as a net sees them: each column runs from -SPREAD to SPREAD."""
        return list(zip(spread(self.x), spread(self.y)))

    @property
    def doubled(self) -> int:
        """Counts the rows that repeat an earlier row. They stay, because measurements repeat."""
        return len(self.x) - len(set(zip(self.x, self.y, self.labels)))

    @property
    def says(self) -> str:
        """Describes what was read, in plain text."""
        x, y, label = self.columns
        twice = f" {count_noun(self.doubled, 'duplicate row')} kept." if self.doubled else ""
        return (
            f"{len(self.x):,} points with {x} on the horizontal axis, {y} on the vertical axis, and "
            f"{len(self.names)} classes in {label}. For the nets, each column is scaled to the range from "
            f"-{SPREAD:g} to {SPREAD:g}. A quarter of each class is used only for testing.{twice}"
        )


def spread(values: tuple[float, ...]) -> list[float]:
    """Scales numbers to run from -SPREAD to SPREAD."""
    low, high = min(values), max(values)
    return [SPREAD * (2 * (value - low) / (high - low) - 1) for value in values]


def read(data: bytes, code: str = "", choice: Choice | None = None) -> Table:
    """Reads the table in a file, with the given encoding and columns, or the most likely ones. Raises BadValue with a
    sentence if it is not a table."""
    check_size(data)
    if not choice and (known := read_canonical(data)):
        return replace(known, notes=(encoding.decode(data, code).says,))
    whole, reading = parse(data, code)
    return build(whole, choice or columns(data, code).default, reading)


@lru_cache(maxsize=16)
def columns(data: bytes, code: str = "") -> Columns:
    """Returns which columns of a file can be chosen. Raises BadValue with a sentence if it is not a table."""
    check_size(data)
    return propose(parse(data, code)[0], ROWS[0], CLASSES, storage.LEAST)


@lru_cache(maxsize=4)  # a page that draws itself again asks for the same file
def parse(data: bytes, code: str) -> tuple[Grid, str]:
    """Returns all columns of a file, and a sentence about how it was read."""
    found = encoding.decode(data, code)
    return grid(found.text), found.says


def check_size(data: bytes) -> None:
    """Raises BadValue with a sentence if a file is too large or of another kind."""
    refuse_others(data)
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large. A table may have at most {LARGEST // 1_000_000} MB.")


def build(whole: Grid, choice: Choice, reading: str) -> Table:
    """Makes a table of the three columns, without the rows in which one of them has a missing value."""
    x, y, label = map(whole.column, choice)
    for column in (x, y):
        check_numbers(column, whole.lines)
    rows = list(zip(whole.lines, x.numbers, y.numbers, label.cells))
    full = [(at, a, b, word) for at, a, b, word in rows if a is not None and b is not None and not is_silent(word)]
    for at, a, b, word in full:
        for column, number in ((x, a), (y, b)):
            if abs(number) > FAR:
                raise BadValue(f"Line {at}, column {quote(column.name)}: numbers go up to {FAR:g}.")
        if len(word) > LETTERS:
            raise BadValue(f"Line {at} has a label of more than {LETTERS} letters.")
    notes = [reading, *whole.notes]
    if gaps := len(rows) - len(full):
        notes.append(f"{count_noun(gaps, 'row')} left out, because a chosen column has a gap there.")
    if not ROWS[0] <= len(full) <= ROWS[1]:
        without = f" without {count_noun(gaps, 'row')} with gaps" if gaps else ""
        raise BadValue(f"A table needs {ROWS[0]} to {ROWS[1]:,} rows, but this one has {len(full):,}{without}.")
    notes += [note for column in (x, y) if (note := describe_thousands(column))]
    # adding 0.0 turns -0.0 into zero
    return from_rows(choice, [(a + 0.0, b + 0.0, word) for _, a, b, word in full], tuple(notes))


def check_numbers(column: Column, lines: tuple[int, ...]) -> None:
    """Raises BadValue if a column has a word among its numbers."""
    if column.style is None:
        raise BadValue(f"Column {quote(column.name)} contains no numbers.")
    for at, cell, number in zip(lines, column.cells, column.numbers):
        if number is None and column.is_word(cell):
            raise BadValue(f"Line {at}, column {quote(column.name)}: {quote(cell)} is not a number.")


def describe_thousands(column: Column) -> str:
    """Says how an ambiguous number was read: its three digits after a comma or dot may be decimals or a group of
    thousands."""
    if column.style is None or column.style == PLAIN:
        return ""
    doubtful = [cell for cell in column.cells if DOUBTFUL.fullmatch(cell)]
    cell = max(doubtful, key=len, default="")
    number = value(cell, column.style)
    return "" if number is None else f"“{cell}” in {column.name} was read as {number:.15g}."


def from_rows(choice: Choice, rows: list[tuple[float, float, str]], notes: tuple[str, ...] = ()) -> Table:
    """Returns the table of these rows. Raises BadValue with a sentence if nothing can be learned from them."""
    for name, numbers in zip(choice, list(zip(*rows))[:2]):
        if min(numbers) == max(numbers):
            raise BadValue(f"Column {quote(name)} has the same number in every row.")
    each = Counter(word for _, _, word in rows)
    if not CLASSES[0] <= len(each) <= CLASSES[1]:
        raise BadValue(f"Column {quote(choice[2])} has {len(each):,} different labels. It needs 2 to {CLASSES[1]}.")
    fewest = min(each, key=lambda word: each[word])
    if each[fewest] < storage.LEAST:
        raise BadValue(
            f"Label {quote(fewest)} has {count_noun(each[fewest], 'row')}; every label needs {storage.LEAST}."
        )
    names = tuple(sorted(each))
    places = {name: k for k, name in enumerate(names)}
    x, y, words = zip(*rows)
    return Table(choice, x, y, tuple(places[word] for word in words), names, notes)


def write(table: Table) -> str:
    """Returns the table as the text of a file. Equal tables give equal texts."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows((x, y, table.names[k]) for x, y, k in zip(table.x, table.y, table.labels))
    return text.getvalue()


def read_canonical(data: bytes, gaps: bool = False) -> Table | None:
    """Reads a file that is exactly as `write` writes it, so that nothing has to be guessed. Returns None for other
    files.

    `gaps` means that the app stored this file: a cell that looks like a missing value is a label, and the first line
    is the header.
    """
    try:
        if data.startswith(codecs.BOM_UTF8):
            return None
        (x, y, label), *rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
        found = from_rows((x, y, label), [(float(a), float(b), word) for a, b, word in rows])
    except (ValueError, csv.Error):
        return None
    unsure = x[:1] in ("#", "%") or any(map(looks_like_number, (x, y))) or any(map(is_silent, found.names))
    far = not all(abs(number) <= FAR for number in (*found.x, *found.y))
    bad = far or not all(0 < len(name) <= LETTERS for name in found.names) or not ROWS[0] <= len(rows) <= ROWS[1]
    return None if bad or (unsure and not gaps) or write(found).encode() != data else found


def path(name: str) -> Path:
    """Returns the path of a table, which may not exist."""
    return store.home() / "tables" / f"{name}.csv" if OWN.fullmatch(name) else FOLDER / f"{name}.csv"


def exists(name: str) -> bool:
    """Returns whether a table of this name is on this machine and undamaged."""
    return storage.exists(load, name)


def describe(name: str) -> str:
    """Describes how the table was read, in plain text."""
    return provenance.with_notes(load(name).says, provenance.read(path(name)).notes)


def display_name(name: str) -> str:
    """Returns the name of the table's file, for display."""
    return storage.display_name(path(name), name)


def keep(data: bytes, name: str, code: str = "", choice: Choice | None = None) -> str:
    """Stores a table from a file with this name, in a chosen encoding and with chosen columns, and returns its stored
    name.

    Raises BadValue with a sentence if it cannot be stored.
    """
    table = read(data, code, choice)
    source = data if choice or (not read_canonical(data) and columns(data, code).has_choice) else b""
    return store_table(table, name, source, code)


def keep_again(data: bytes, name: str) -> str:
    """Stores a table from a file that `write` made, such as the one in a bundle."""
    table = read_canonical(data, gaps=True)
    return store_table(table, name) if table else keep(data, name)


def store_table(table: Table, name: str, source: bytes = b"", code: str = "") -> str:
    """Stores a table and how it was read, and returns its stored name."""
    text = write(table).encode()
    kept = storage.storage_name(name, text, "table")
    storage.keep(path(kept), "table", lambda part: part.write_bytes(text), name)
    provenance.keep(path(kept), provenance.Provenance(table.notes, code), source)
    return kept


def column_choices(name: str) -> Columns | None:
    """Returns which columns can be chosen in the file of a learner's table, if it has more than three."""
    if data := provenance.source(path(name)):
        with suppress(BadValue):
            return columns(data, provenance.read(path(name)).encoding)
    return None


def with_columns(name: str, choice: Choice) -> str:
    """Stores the table with other columns of its file, and returns its stored name. Raises BadValue if it cannot be
    stored."""
    at = path(name)
    if not (data := provenance.source(at)):
        raise BadValue(f"The file of this table is not on this machine. {storage.AGAIN}")
    return keep(data, storage.display_name(at, name), provenance.read(at).encoding, choice)


def load(name: str) -> Table:
    """Loads a table by its name. Raises BadValue with a sentence if it is not on this machine or damaged."""
    return storage.load("table", name, path(name), TABLES, load_file)


@lru_cache(maxsize=32)
def load_file(path: Path, size: int) -> Table:
    found = read_canonical(path.read_bytes(), gaps=True)
    if found is None:
        raise ValueError("It is not as it was written.")
    return found
