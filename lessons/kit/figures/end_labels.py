"""Keeps the names at the ends of curves apart. ECharts does not move these labels itself, so names of curves that end
close together would be printed on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from textwrap import wrap
from typing import Any

from lessons.kit.figures import Ground, share

HIGH, WIDE = 240, 226  # pixels of the axes on a phone, where labels are closest together
LINE, LETTER, BESIDE = 14, 5.6, 6  # pixels of a line of text, of a letter, and between a point and its name


def spread_end_labels(series: Sequence[dict[str, Any]], ground: Ground) -> None:
    """Breaks names that are too long for the room beside the axes, and moves names up and down until they are apart on
    a phone. On a wider screen they are even farther apart."""
    ends = [one for one in series if one.get("endLabel", {}).get("show") and one["data"]]
    for beside in columns(ends, ground):
        places = [end_place(one, ground)[1] for one in beside]
        names = [broken(one, ground) for one in beside]
        highs = [LINE * (1 + name.count("\n")) for name in names]
        for one, name, before, now in zip(beside, names, places, spread_places(places, highs)):
            # also without a move, because ECharts would keep the offset of the chart that it drew before
            moved = {"offset": [0, round(now - before)]}
            lines = {"formatter": name, "lineHeight": LINE} if "\n" in name else {}
            one["endLabel"] = one["endLabel"] | moved | lines


def end_place(series: dict[str, Any], ground: Ground) -> tuple[float, float]:
    """Returns the place of the end of a curve in pixels, from the left and from the top of the axes."""
    x, y = series["data"][-1]
    return WIDE * share(x, ground.x, ground.log[0]), HIGH * (1 - share(y, ground.y, ground.log[1]))


def broken(series: dict[str, Any], ground: Ground) -> str:
    """Returns the name of a curve in as many lines as it needs to fit beside the end of the curve."""
    room = WIDE - end_place(series, ground)[0] + ground.right - BESIDE
    return "\n".join(wrap(series["name"], max(8, int(room / LETTER)), break_long_words=False))


def columns(ends: Sequence[dict[str, Any]], ground: Ground) -> list[list[dict[str, Any]]]:
    """Returns groups of curves whose names could overlap because they end at about the same x. In a group, they are
    ordered from top to bottom."""
    found: list[list[dict[str, Any]]] = []
    reach = 0.0
    for one in sorted(ends, key=lambda one: end_place(one, ground)[0]):
        at = end_place(one, ground)[0]
        if not found or at > reach:
            found.append([])
        found[-1].append(one)
        reach = max(reach, at + LETTER * len(one["name"]))
    return [sorted(group, key=lambda one: end_place(one, ground)[1]) for group in found]


def spread_places(places: Sequence[float], highs: Sequence[float]) -> list[float]:
    """Returns places for labels of these heights that do not overlap. They are as near as possible to these places,
    which are in order."""
    below = [0.0, *accumulate((one + other) / 2 for one, other in pairwise(highs))]  # the first label
    groups: list[list[float]] = []  # the sum of the wished first places, and the number of labels
    for place, down in zip(places, below):
        groups.append([place - down, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            total, count = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + count]
    firsts = [total / count for total, count in groups for _ in range(int(count))]
    return [first + down for first, down in zip(firsts, below)]
