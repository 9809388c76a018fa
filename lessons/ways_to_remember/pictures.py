"""The pictures of this lesson: the plane of two skills, curves, heat-maps of a row, and what remembering costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Evidence
from lessons.kit.evidence import final, retention
from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, curves, over_steps
from lessons.kit.figures.dots import Axis, Dot, dots
from lessons.kit.figures.heat import heat
from lessons.kit.recipes import STEPS
from lessons.ways_to_remember.claims import grid, old
from lessons.ways_to_remember.elsewhere import (
    BOTH,
    EVEN_RATES,
    PRETRAINED,
    SCRATCH,
    SLOWED,
    THAWED,
    at_best,
    even_best,
    forgotten,
)
from lessons.ways_to_remember.scenes import FREEZE, LEVELS, METHODS, NAIVE, TASKS

OLD, NEW = "old skill left, % of what it was", "new skill, % of digits read"
TASK_NAMES = ["whole digits", *(f"jigsaw {k}" for k in range(1, TASKS))]
Tables = Mapping[str, pd.DataFrame]


def dot(name: str, left: np.ndarray, new: np.ndarray, role: str, named: bool = True) -> Dot:
    """The mean of all seeds, shares in [0, 1] as percent; with its name also the spread."""
    place = Dot(name=name, x=100 * float(left.mean()), y=100 * float(new.mean()), role=role, named=named)
    return replace(place, x_spread=100 * float(left.std()), y_spread=100 * float(new.std())) if named else place


def skills(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What is left of the old skill and what was learned, (seeds,) each."""
    return final(retention(table)), final(table)


def plane(tables: Tables, chosen: str, live: Tables, guesses: Mapping[str, int], title: str) -> Figure:
    """A dot for every way: what is left of the old skill, and what was learned. One method's strengths are joined from
    naive on; what the learner guessed of the old skill stands along the bottom."""
    shown = [replace(dot(way, *skills(tables[way]), "note"), side="lane") for way in (NAIVE, FREEZE) if way in tables]
    joined = []
    for method in METHODS:
        ways = {way: at_middle(way) for level in LEVELS if (way := f"{method} {level}") in tables}
        for way, name in ways.items():
            role = "source" if way == chosen else "pretrained"
            one = dot(name, *skills(tables[way]), role, named=name == method)
            shown.append(replace(one, side="lane"))
        joined += [[NAIVE, *ways.values()]] if ways else []
    for way, table in live.items():
        one = dot(f"your {at_middle(way)}", *skills(table), "target")
        shown.append(replace(one, side="lower right" if one.x < 60 else "lower left"))
    low, high = min(one.y for one in shown), max(one.y for one in shown)
    for k, (method, left) in enumerate(guesses.items()):
        side, y = "right" if left < 60 else "left", low - (0.36 - 0.08 * k) * (high - low)
        shown.append(Dot(name=f"your guess: {method}", x=left, y=y, role="guess", side=side))
    x = Axis(name=OLD, low=0, high=110, form=".0f")
    return dots(shown, x, Axis(name=NEW, form=".0f"), title=title, joined=joined, height=440)


def at_middle(way: str) -> str:
    """A way's name in the plane: at its middle strength the method alone."""
    return way.removesuffix(" middle")


def two_skills(naive: pd.DataFrame, kept: pd.DataFrame, way: str, kind: str) -> list[Figure]:
    """Old and new skill against steps, with the way to remember and without."""
    found = []
    for what, role, read in (("Old skill left", "source", retention), ("New skill", "target", lambda table: table)):
        shown: list[Curve] = [over_steps(read(naive), NAIVE, "note"), over_steps(read(kept), way, role)]
        found.append(curves(shown, "steps", (1, STEPS), title=f"{what} ({kind} runs)", y=what, height=280))
    return found


def table_of(found: np.ndarray) -> pd.DataFrame:
    """A row's grid as a heat-map's table: tasks down, time across."""
    return pd.DataFrame(found.mean(-1).T, index=TASK_NAMES, columns=[f"after {k}" for k in range(1, TASKS + 1)])


def heats(runs: Mapping[str, Mapping[int, pd.DataFrame]], kind: str) -> list[Figure]:
    """One heat-map a way, as far as its runs have come."""
    found = []
    for way, tables in runs.items():
        whole = {k: table for k, table in tables.items() if len(table)}
        if whole:
            name = f"{way}: digits read of each task, after each task ({kind} runs)"
            found.append(heat(table_of(grid(whole)), "tasks", "tasks learned so far", title=name))
    return found


def averages(ends: Tables) -> Figure:
    """What is read of all five tasks in the end."""
    shown = []
    for way, table in ends.items():
        last = table[table.step == table.step.max()].sort_values("seed")
        every = np.stack([last["accuracy"], *(last[f"accuracy {k}"] for k in range(1, TASKS))])
        role = "note" if way == NAIVE else "pretrained"
        shown.append(Bar(name=way, values=100 * every.mean(0), role=role))
    title = "Digits read in the end, on average over all five tasks (stored runs)"
    return bars(shown, "read", "%", title=title, signed=False)


def cost(tables: Tables, answer: Any) -> Figure:
    """What each method must keep beside the net, and how much more a step costs."""
    naive = tables[NAIVE]
    spent = {method: tables[f"{method} middle"] for method in METHODS}

    def step(table: pd.DataFrame) -> float:
        return float((table.flops.max() - table.flops.min()) / table.step.max())

    kept = dict(zip(METHODS, answer["numbers"]))
    rows = {
        "keeps old examples": {
            "replay": f"{kept['replay'] // 784} drawings",
            "LwF": "none",
            "EWC": "none, once seen",
            "L2-SP": "none",
        },
        "numbers kept beside the net": {method: f"{count:,}" for method, count in kept.items()},
        "work a step, naive is 1": {method: f"{step(table) / step(naive):.2f}" for method, table in spent.items()},
        "work before, in naive steps": {
            method: f"{table.flops.min() / step(naive):.0f}" for method, table in spent.items()
        },
        "old skill left": {
            method: f"{100 * float(final(retention(table)).mean()):.0f} %" for method, table in spent.items()
        },
        "new skill": {method: f"{100 * float(final(table).mean()):.0f} %" for method, table in spent.items()},
    }
    table = pd.DataFrame(rows).T[list(METHODS)]
    alt = "; ".join(f"{what}: " + ", ".join(f"{m} {row[m]}" for m in METHODS) for what, row in rows.items())
    return Figure(kind="table", spec=table, alt=alt, title="What remembering costs (middle strength, one net)")


def speeds(evidence: Evidence) -> Figure:
    """The same plane for layers that learn at their own speed, without any penalty."""
    named = {"one rate": even_best(evidence), SLOWED: SLOWED, "one by one": THAWED, BOTH: BOTH}
    shown = [
        replace(dot(name, old(evidence[label]), final(evidence[label]), role), side="lane")
        for (name, label), role in zip(named.items(), ("note", *["pretrained"] * 3))
    ]
    x = Axis(name="old arms still read, %", low=30, high=115, form=".0f")
    y = Axis(name="new points read, %", low=90, high=102, form=".1f")
    title = f"Without a penalty: layers of the plane's net at their own speed (best of {len(EVEN_RATES)} single rates)"
    return dots(shown, x, y, title=title, height=300)


def starts(evidence: Evidence) -> Figure:
    """What is lost of four turned tasks in a row, by where the net began."""
    named = {SCRATCH: "from nothing", PRETRAINED: "from glyphs"}
    shown = [Bar(name=name, values=100 * forgotten(*at_best(evidence, arm)), role=arm) for arm, name in named.items()]
    title = "Without a penalty: what is lost over four turned tasks in a row, by where the net began"
    return bars(shown, "accuracy lost", title=title, signed=False)
