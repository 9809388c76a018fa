"""Makes short names for classes, because a tile has room for only a few letters. No two classes get the same name."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence

# Letters of a short name: the usual number, and the largest number if more are needed to tell two names apart.
LETTERS, MOST = 3, 5


def short_names(names: Sequence[str]) -> list[str]:
    """Returns a short name for each of these names, which must all be different. The letters that all names begin
    with are left out.

    "Apple Golden" and "Apple Granny" become "Gol" and "Gra", "class_1" and "class_2" become "1" and "2". If letters
    cannot tell the classes apart, their numbers are used.
    """
    found = shortened(list(names))
    return found if all(found) and len(set(found)) == len(found) else [str(k + 1) for k in range(len(found))]


def shortened(names: list[str]) -> list[str]:
    rest = without_common_start(names)
    short = [part[:LETTERS].strip() for part in rest]
    alike = defaultdict(list)
    for k, part in enumerate(short):
        alike[part].append(k)
    for places in alike.values():
        if len(places) > 1:
            for k, part in zip(places, told_apart([rest[k] for k in places])):
                short[k] = part
    return short


def told_apart(names: list[str]) -> list[str]:
    """Returns short names for names with the same first letters. They have as many letters as needed, or the letters
    after their common start."""
    for letters in range(LETTERS + 1, MOST + 1):
        short = [name[:letters].strip() for name in names]
        if len(set(short)) == len(short):
            return short
    if without_common_start(names) != names:
        return shortened(names)
    start = len(common_start(names))
    return [name[start : start + LETTERS].strip() or name[:LETTERS] for name in names]


def without_common_start(names: list[str]) -> list[str]:
    """Returns the names without their common start, which ends between two words or before a number."""
    if len(names) < 2:
        return names
    start = common_start(names)
    while start and any(runs_on(name, len(start)) for name in names):
        start = start[:-1]
    rest = [re.sub(r"^[\W_]+", "", name[len(start) :]) for name in names]
    return [part or name for part, name in zip(rest, names)]


def runs_on(name: str, cut: int) -> bool:
    """Returns whether cutting the name at this position would split a word or a number."""
    return any(
        (a.isdigit() and b.isdigit()) or (a.isalpha() and b.isalpha() and not (a.islower() and b.isupper()))
        for a, b in itertools.pairwise(name[cut - 1 : cut + 1])
    )


def common_start(names: list[str]) -> str:
    """Returns the letters that all of these names begin with."""
    alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names))
    return "".join(letters[0] for letters in alike)
