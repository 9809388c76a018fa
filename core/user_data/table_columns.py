"""Proposes which columns of a table are x, y and the label, and says which others can be chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.experiment.checks import BadValue
from core.user_data.cell_numbers import is_gap
from core.user_data.delimited import Column, Grid, count_noun

Choice = tuple[str, str, str]  # names of the columns of x, y and the label
LABELS = re.compile(  # common names of the column that is to be learned
    r"class(es)?|class.?label|labels?|species|target|kind|types?|categor(y|ies)|groups?|variety|diagnosis|outcome|result"
    r"|y|klasse|art|typ|sorte|gruppe|classe|espèce|especie|вид|класс",
    re.IGNORECASE,
)
ROW_NAMES = re.compile(
    r"(row|sample|record|case|obs|observation)?[ _.-]?(id|index|idx|nr|no|num|number|#)\.?|row", re.IGNORECASE
)


@dataclass(frozen=True)
class Columns:
    """Holds the columns that can be chosen, and a proposal."""

    numbers: tuple[str, ...]  # names of the columns that can be x or y
    labels: tuple[str, ...]  # names of the columns that can be the label
    default: Choice

    @property
    def has_choice(self) -> bool:
        """Returns whether there is anything to choose."""
        return len({*self.numbers, *self.labels}) > len(self.default)


def propose(grid: Grid, rows: int, classes: tuple[int, int], least: int) -> Columns:
    """Proposes columns for a table that must have at least `rows` rows. A label has `classes` (fewest, most) classes,
    each with at least `least` rows.

    Raises BadValue with a sentence if there are too few columns of a kind.
    """
    numeric = [column for column in grid.columns if column.style]
    useful = [column for column in numeric if varies(column, min(rows, len(grid.lines)))]
    numeric = useful if len(useful) > 2 or (len(useful) == 2 and len(numeric) == 2) else numeric
    able = [column for column in grid.columns if is_label(column, classes, least)]
    words = [column for column in grid.columns if column.style is None and not all(map(is_gap, column.cells))]
    found = label(able, numeric) or label_at_all(words, numeric)
    across = [column for column in numeric if column is not found]
    if found is None or len(across) < 2:
        have = [column for column in grid.columns if column.style and column is not found]
        raise BadValue(
            f"This table has {count_noun(len(have), 'column')} of numbers and {int(found is not None)} of labels. "
            "It needs two columns of numbers and one of labels."
        )
    # the sort is stable, so otherwise the order is that of the file
    ranked = sorted(across, key=lambda column: (names_rows(column), has_few(column)))
    x, y = sorted(ranked[:2], key=across.index)
    labels = [column.name for column in able] or [found.name]
    return Columns(tuple(column.name for column in numeric), tuple(labels), (x.name, y.name, found.name))


def varies(column: Column, rows: int) -> bool:
    """Returns whether a column has enough numbers, and not only one value."""
    found = [number for number in column.numbers if number is not None]
    return len(found) >= rows and len(set(found)) > 1


def has_few(column: Column) -> bool:
    """Returns whether a column has so few different numbers that it is probably a code, such as 0 and 1."""
    return len({*column.numbers}) <= 10


def is_label(column: Column, classes: tuple[int, int], least: int) -> bool:
    """Returns whether a column has a few different words or whole numbers, each often enough."""
    found = column.classes
    return classes[0] <= len(found) <= classes[1] and min(found.values()) >= least


def label(able: Sequence[Column], numeric: Sequence[Column]) -> Column | None:
    """Returns the most likely label: words before numbers, then columns with a typical name, then the column with the
    fewest missing values, then the last column."""
    able = [column for column in able if len(numeric) - (column in numeric) >= 2]
    if not able:
        return None
    return max(reversed(able), key=likely)


def likely(column: Column) -> tuple[bool, bool, int]:
    """Returns the sort key for how likely a column is the label."""
    return column.style is None, bool(LABELS.fullmatch(column.name)), column.classes.total()


def label_at_all(words: Sequence[Column], numeric: Sequence[Column]) -> Column | None:
    """Returns a column that the error message can be about: the words with the fewest classes."""
    few = [column for column in words if column.classes]
    if few:
        return min(few, key=lambda column: len(column.classes))
    rest = [column for column in numeric if len(column.classes) <= 10] if len(numeric) > 2 else []
    return rest[-1] if rest else None


def names_rows(column: Column) -> bool:
    """Returns whether a column of numbers only names the rows and measures nothing."""
    found = [number for number in column.numbers if number is not None]
    whole = all(number.is_integer() for number in found)
    return column.counts_up or (whole and bool(ROW_NAMES.fullmatch(column.name)))
