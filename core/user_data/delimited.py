"""Reads the text of a table as spreadsheets and programs write it, and finds its rows and the names of its columns.

It accepts what often surrounds a table: a title, comments, a line that names the separator, blank lines, a row of
units, empty columns, and a header that is one name short because R does not name its row names. This module does not
read files.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from operator import lt

from core.experiment.checks import BadValue
from core.user_data.cell_numbers import Style, decimal_sign, is_gap, is_silent, looks_like_number, style_of, value

COLUMNS = 100  # the most columns
SIGNS = (";", "\t", ",", "|", " ")  # separators between cells
NAMED = re.compile(r"\ufeff?\s*\"?sep=(.)\"?[;,\t ]*(?=[\r\n]|$)", re.IGNORECASE)
COMMENT = re.compile(r"^[ \t]*\"?[#%][^\r\n]*", re.MULTILINE)
INDEX = re.compile(r"|unnamed: ?\d+", re.IGNORECASE)  # names of a column of row names
SOME = 500  # number of lines that are used to decide whether the first line is a header
Line = tuple[int, list[str]]  # with its number in the file


@dataclass(frozen=True)
class Column:
    """Holds one column of a table."""

    name: str  # the name in the file, or "column 3"
    cells: tuple[str, ...]
    style: Style | None  # how its numbers are written; None if it holds words
    named: bool = True  # whether the file names it

    @cached_property
    def numbers(self) -> tuple[float | None, ...]:
        """Returns the number in every cell, or None for a missing value or a word."""
        return tuple(None if self.style is None or is_gap(cell) else value(cell, self.style) for cell in self.cells)

    def is_word(self, cell: str) -> bool:
        """Returns whether a cell is neither a number nor a missing value."""
        return not is_gap(cell) and (self.style is None or value(cell, self.style) is None)

    @property
    def counts_up(self) -> bool:
        """Returns whether the column may only number the rows: each whole number is larger than the one before."""
        found = [number for number in self.numbers if number is not None and number.is_integer()]
        return len(found) == len(self.cells) and all(map(lt, found, found[1:]))

    @property
    def is_index(self) -> bool:
        """Returns whether every row has a different whole number, in any order."""
        found = [number for number in self.numbers if number is not None and number.is_integer()]
        return 0 < len(self.cells) == len(set(found))

    @cached_property
    def classes(self) -> Counter[str]:
        """Counts how often each word occurs, without missing values."""
        return Counter(cell for cell in self.cells if not is_silent(cell))


@dataclass(frozen=True)
class Grid:
    """Holds all columns of a table, and the line number of each row."""

    columns: tuple[Column, ...]
    lines: tuple[int, ...]
    notes: tuple[str, ...] = ()  # sentences about what was left out

    def column(self, name: str) -> Column:
        """Returns the column with this name. Raises BadValue with a sentence if there is none."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise BadValue("This table no longer has a column of that name. Choose another column.")
        return found


def read(text: str) -> Grid:
    """Reads the columns of a table. Raises BadValue with a sentence if the text is not a table."""
    sign = NAMED.match(text)
    body, comments = strip_comments(text[sign.end() :] if sign else text)
    lines, width, sign_used = divide(body, sign.group(1) if sign else "")
    notes = [f"{count_noun(len(comments), 'comment line')} left out."] if comments else []
    lines, codes = strip_class_codes(lines, width)
    lines, width, around = even_out(lines, width)
    if around:
        notes.append(f"{count_noun(around, 'line')} around the table left out.")
    header, lines = find_header(lines, width, [comment.split(sign_used) for comment in comments[-1:]])
    named = [name.strip() for name in header]
    if codes:
        named[-1] = "class"
        lines = [(at, [*cells[:-1], codes.get(cells[-1], cells[-1])]) for at, cells in lines]
    styles = style_of_each(lines, width)
    if header and lines and is_units_row(lines[0][1], styles):
        lines = lines[1:]
        styles = style_of_each(lines, width)
        notes.append("A row of units left out.")
    cells = list(zip(*(cells for _, cells in lines))) or [()] * width
    made = [Column(name, one, style, bool(name)) for name, one, style in zip(make_unique(named), cells, styles)]
    kept = [k for k, column in enumerate(made) if column.named or not all(map(is_gap, column.cells))]
    if len(kept) > 3:
        kept = [k for k in kept if not (INDEX.fullmatch(made[k].name) and made[k].is_index)]
    called = [replace(made[k], name=made[k].name or f"column {k + 1}") for k in kept]
    return Grid(tuple(called), tuple(at for at, _ in lines), tuple(notes))


def count_noun(number: int, what: str) -> str:
    """Returns a number with its noun, in the singular or plural."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def strip_comments(text: str) -> tuple[str, list[str]]:
    """Removes the comments from a text and returns them too. If most lines look like comments, none are removed."""
    comments = COMMENT.findall(text)
    if not comments or 2 * len(comments) > sum(bool(line.strip()) for line in text.splitlines()):
        return text, []
    return COMMENT.sub("", text), [comment.strip().strip('"').lstrip("#%").strip() for comment in comments]


def divide(text: str, sign: str) -> tuple[list[Line], int, str]:
    """Splits the text into lines and cells, with the separator that gives most lines the same number of cells.

    Returns the lines that are not empty, the number of columns, and the separator. Raises BadValue with a sentence if
    the text is not a table.
    """
    found = {one: list(split(text, one)) for one in ((sign,) if sign else SIGNS)}
    fits = {one: Counter(len(cells) for _, cells in lines).most_common(1)[0] for one, lines in found.items() if lines}
    good = {one: has_numbers(found[one]) for one in fits}
    wide = {one: (good[one], times) for one, (width, times) in fits.items() if width > 2 and (good[one] or one != " ")}
    if not wide:
        raise BadValue(
            "This is not a table. A table needs three columns that are separated by commas, semicolons or tabs."
        )
    best = max(wide, key=wide.__getitem__)
    width = fits[best][0]
    if width > COLUMNS:
        raise BadValue(f"This table has {width:,} columns, but it may have at most {COLUMNS}.")
    return found[best], width, best


def split(text: str, sign: str) -> Iterator[Line]:
    """Yields the lines that are not empty, divided into cells at this sign."""
    if sign == " ":  # any number of spaces and tabs
        text = "\n".join(re.sub(r"[ \t]+", " ", line.strip()) for line in text.splitlines())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, skipinitialspace=True, strict=False)
    with suppress(csv.Error):
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped


def has_numbers(lines: Sequence[Line]) -> bool:
    """Returns whether most lines have at least two numbers."""
    some = lines[:: max(1, len(lines) // 200)]
    return 2 * sum(sum(map(looks_like_number, cells[:COLUMNS])) > 1 for _, cells in some) > len(some)


def strip_class_codes(lines: list[Line], width: int) -> tuple[list[Line], dict[str, str]]:
    """Removes the first line of a file of scikit-learn, which counts rows and columns and names the classes.

    Also returns these names by their numbers.
    """
    first, rest = [cell for cell in lines[0][1] if cell], lines[1:]
    if len(first) > 3 and first[:2] == [str(len(rest)), str(width - 1)] and not any(map(looks_like_number, first[2:])):
        return rest, {str(k): name for k, name in enumerate(first[2:])}
    return lines, {}


def even_out(lines: list[Line], width: int) -> tuple[list[Line], int, int]:
    """Gives all lines the same number of cells.

    Returns the lines, this number, and the number of lines that were left out: titles and notes, which have a single
    cell. Raises BadValue if a line has more cells than the table has columns.
    """
    single = [sum(map(bool, cells)) == 1 for _, cells in lines]
    rows = [line for line, alone in zip(lines, single) if not alone]
    if rows and len(rows[0][1]) > width and any(rows[0][1][width:]) and not any(map(looks_like_number, rows[0][1])):
        width = len(rows[0][1])  # the header names columns that are always empty
    even: list[Line] = []
    for at, cells in rows:
        if any(cells[width:]):
            raise BadValue(f"Line {at} has {len(cells)} cells, but other lines have {width}.")
        short = not even and len(cells) == width - 1 and not any(map(looks_like_number, cells))
        if short and not all(len(other) < width or is_gap(other[-1]) for _, other in rows[1:]):
            cells = ["", *cells]  # R does not name its row names
        even.append((at, (cells + [""] * width)[:width]))
    return even, width, sum(single)


def find_header(lines: list[Line], width: int, comments: Sequence[Sequence[str]]) -> tuple[list[str], list[Line]]:
    """Returns the names of the columns, "" if there is none, and the lines below them.

    The first line is the header if it holds no number where the other lines do. Otherwise, a comment with the same
    number of cells is used.
    """
    numeric = [k for k, style in enumerate(style_of_each(lines[1:SOME], width)) if style]
    first = lines[0][1] if lines else []
    words = [not is_gap(first[k]) and not looks_like_number(first[k]) for k in numeric]
    if any(words) and not any(looks_like_number(first[k]) for k in numeric):
        return first, lines[1:]
    for comment in comments:
        if len(comment) == width and not any(map(looks_like_number, comment)):
            return list(comment), lines
    return [""] * width, lines


def style_of_each(lines: Sequence[Line], width: int) -> list[Style | None]:
    """Returns how every column writes its numbers."""
    decimal = decimal_sign(cell for _, cells in lines for cell in cells)
    return [style_of([cells[k] for _, cells in lines], decimal) for k in range(width)]


def is_units_row(cells: Sequence[str], styles: Sequence[Style | None]) -> bool:
    """Returns whether a line has words and no number in the columns of numbers."""
    theirs = [cell for cell, style in zip(cells, styles) if style]
    return any(not is_gap(cell) for cell in theirs) and not any(map(looks_like_number, theirs))


def make_unique(names: Sequence[str]) -> list[str]:
    """Returns the names, with a number after those that occurred before."""
    before: Counter[str] = Counter()
    found = []
    for name in names:
        before[name] += 1
        found.append(f"{name} ({before[name]})" if name and before[name] > 1 else name)
    return found
