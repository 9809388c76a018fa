"""Says which of two sides of an experiment is better, by how much, and how certain that is. It does not depend on the
runs or on the screen.

The interval is computed in lessons/kit/results/verdict.py, over pairs of nets. The nets of a pair have the same seed
and therefore the same labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from lessons.kit.results.verdict import BITS, HELPS, HURTS, POINTS, SAME, Unit, Verdict, compare, format_value
from lessons.kit.sandbox.results import Column, select_column


def difference(mine: pd.DataFrame, other: pd.DataFrame) -> tuple[Verdict, Unit] | None:
    """Returns how much better the last scores of the first run are than those of the second, and the unit.

    Returns None if the two runs have different units or no seed in common.
    """
    of, beside = select_column(mine, "new"), select_column(other, "new")
    if of is None or beside is None or of.column != beside.column:
        return None
    a, b = last_by_seed(mine, of), last_by_seed(other, beside)
    both = a.index.intersection(b.index)
    unit = {"accuracy": POINTS, "bits": BITS}.get(of.column, Unit(of.column, 3, -1))
    return (compare(a[both].to_numpy(), b[both].to_numpy(), unit), unit) if len(both) else None


def last_by_seed(table: pd.DataFrame, of: Column) -> pd.Series:
    """Returns the last score of every net, by its seed."""
    last = table[table.step == table.step.max()]
    return last.set_index("seed")[of.column]


def verdict(found: Verdict, unit: Unit, mine: str, other: str) -> str:
    """Returns one sentence about two sides, called `mine` and `other`, which is better and by how much."""
    amount = f"{abs(found.gain):.{unit.digits}f} {unit.name}"
    if found.pairs < 2:
        return f"**One net is too few** to say which side is better. Train more nets. The difference is {amount}."
    low, high = (format_value(value, unit) for value in (found.low, found.high))
    if found.word == SAME:
        return (
            f"**There is no clear difference** between {mine} and {other}. The difference is {amount}, and its 95 % "
            f"interval over {found.pairs} pairs of nets, {low} to {high}, contains 0."
        )
    first, second = (mine, other) if found.word == HELPS else (other, mine)
    near, far = sorted((abs(found.low), abs(found.high)))
    return (
        f"**{first[0].upper()}{first[1:]} is better than {second}**, by {amount} (95 % interval: "
        f"{near:.{unit.digits}f} to {far:.{unit.digits}f}, over {found.pairs} pairs of nets)."
    )


def tally(found: Sequence[Verdict], mine: str, other: str) -> str:
    """Returns one sentence about many pairs of runs that says how often each side is better.

    Returns an empty string if there are no pairs, or if a run has only one net.
    """
    if not found or any(each.pairs < 2 for each in found):
        return ""
    words = Counter(each.word for each in found)
    parts = [(f"{mine} is better", words[HELPS]), (f"{other} is better", words[HURTS])]
    parts.append(("there is no clear difference", words[SAME]))
    said = [f"{what} in {count}" for what, count in parts if count]
    said[0] += f" of {len(found)} setting{'s' * (len(found) != 1)}"
    return f"{said[0][0].upper()}{'; '.join(said)[1:]}."
