"""Draws the other figures of this lesson: heat maps of tasks in a row, the cost of remembering, and what keeps an old
skill without a penalty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.heatmap import heatmap
from lessons.kit.figures.plane_axes import PlaneAxis
from lessons.kit.figures.player import Player, Space, player
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import final, retention
from lessons.ways_to_remember.claims import grid
from lessons.ways_to_remember.layerwise_forgetting import at_best, even_best, forgotten
from lessons.ways_to_remember.layerwise_forgetting import old_accuracy as old
from lessons.ways_to_remember.runs import (
    BOTH,
    DARK,
    EVEN_RATES,
    METHODS,
    NAIVE,
    PRETRAINED,
    SCRATCH,
    SLOWED,
    TASKS,
    THAWED,
)

TASK_NAMES = ["whole digits", *(f"jigsaw {k}" for k in range(1, TASKS))]
LOWEST = 60  # percent: the lower end of the axis of new digits
Tables = Mapping[str, pd.DataFrame]


def dot(name: str, left: np.ndarray, new: np.ndarray, role: str, named: bool = True) -> Dot:
    """Returns the mean of all seeds as a dot, with shares in [0, 1] as percent. A dot with a name also shows the
    spread."""
    place = Dot(name=name, x=100 * float(left.mean()), y=100 * float(new.mean()), role=role, named=named)
    return replace(place, x_spread=100 * float(left.std()), y_spread=100 * float(new.std())) if named else place


def skills(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Returns the share of the old skill that is left and the accuracy on the new task, each with the shape
    (seeds,)."""
    return final(retention(table)), final(table)


def kept_examples(evidence: Results) -> Figure:
    """Draws one dot that glides between stored runs of replay, by the number of drawings of each glyph that are kept.
    The first frame has no protection."""
    tables = {0: evidence.table("scene", DARK, NAIVE)} | evidence.tables("kept")
    found = {count: [100 * float(skill.mean()) for skill in skills(table)] for count, table in sorted(tables.items())}
    # Both axes become equally long, from 0 to 100 and from LOWEST to 100 percent.
    places = [[left, 100 * (new - LOWEST) / (100 - LOWEST)] for left, new in found.values()]
    numbers = [(f"{left:.0f} %", f"{new:.0f} %") for left, new in found.values()]
    across = tuple((float(tick), str(tick)) for tick in range(0, 101, 20))
    up = tuple((100 * (tick - LOWEST) / (100 - LOWEST), str(tick)) for tick in range(LOWEST, 101, 10))
    panel = Space(
        title="Where the net ends, when replay keeps this many drawings of each glyph",
        xy=[[place, places[0]] for place in places],
        classes=[0, 1],
        extent=(-8, 108, -8, 108),
        axes=(PlaneAxis("old skill that is left (%)", across), PlaneAxis("new digits that are read (%)", up)),
        big=[f"old skill {left}" for left, _ in numbers],
    )
    says = [
        f"Drawings of each glyph that are kept: {count}. The net keeps {left} of the old skill and reads {new} of the "
        "digits."
        for count, (left, new) in zip(found, numbers)
    ]
    value = Player(
        marks=[f"{count} kept" for count in found],
        says=says,
        panels=(panel,),
        classes=("replay", "no protection"),
        first=1,
        scrub="Kept drawings of each glyph",
    )
    return player(value, "More old drawings protect more of the old skill (dark digits, stored runs)")


def one_heat(name: str, tables: Mapping[int, pd.DataFrame], kind: str) -> Figure:
    return heats({name: tables}, kind)[0]


def table_of(right: np.ndarray) -> pd.DataFrame:
    """Returns the grid of a row as the table of a heat map, with tasks down and time across."""
    return pd.DataFrame(right.mean(-1).T, index=TASK_NAMES, columns=[f"after {k}" for k in range(1, TASKS + 1)])


def heats(runs: Mapping[str, Mapping[int, pd.DataFrame]], kind: str) -> list[Figure]:
    """Draws one heat map for each way, with the results so far."""
    name = f"digits of each task that are read, after each task ({kind} runs)"
    return [
        heatmap(table_of(grid(tables)), "tasks", "tasks learned so far", title=f"{way}: {name}")
        for way, tables in runs.items()
        if tables
    ]


def averages(ends: Tables) -> Figure:
    """Draws the final accuracy over all five tasks."""
    shown = []
    for way, table in ends.items():
        last = table[table.step == table.step.max()].sort_values("seed")
        every = np.stack([last["accuracy"], *(last[f"accuracy {k}"] for k in range(1, TASKS))])
        role = "note" if way == NAIVE else "pretrained"
        shown.append(Bar(name=way, values=100 * every.mean(0), role=role))
    title = "Digits read in the end, on average over all five tasks (stored runs)"
    return bars(shown, "Digits read", "%", title=title, signed=False)


def cost(tables: Tables, answer: Answer) -> Figure:
    """Draws what each method must store besides the net, and how much more expensive a step is."""
    naive = tables[NAIVE]
    spent = {method: tables[f"{method} middle"] for method in METHODS}

    def step(table: pd.DataFrame) -> float:
        return float((table.flops.max() - table.flops.min()) / table.step.max())

    kept = dict(zip(METHODS, answer["numbers"]))
    rows = {
        "stored old examples": {
            "replay": f"{kept['replay'] // 784} drawings",
            "LwF": "none",
            "EWC": "none",
            "L2-SP": "none",
        },
        "stored numbers besides the net": {method: f"{count:,}" for method, count in kept.items()},
        "computing per step (1 = no protection)": {
            method: f"{step(table) / step(naive):.2f}" for method, table in spent.items()
        },
        "computing before training (in steps)": {
            method: f"{table.flops.min() / step(naive):.0f}" for method, table in spent.items()
        },
        "old skill that is left": {
            method: f"{100 * float(final(retention(table)).mean()):.0f} %" for method, table in spent.items()
        },
        "new digits that are read": {
            method: f"{100 * float(final(table).mean()):.0f} %" for method, table in spent.items()
        },
    }
    table = pd.DataFrame(rows).T[list(METHODS)]
    alt = "; ".join(f"{what}: " + ", ".join(f"{m} {row[m]}" for m in METHODS) for what, row in rows.items())
    return Figure(kind="table", spec=table, alt=alt, title="What each way costs (middle strength, one net)")


def speeds(evidence: Results) -> Figure:
    """Draws the same plane for layers with different learning rates, without a penalty."""
    own = evidence.tables("speed")
    named = {"one rate": even_best(evidence), SLOWED: own[SLOWED], "one by one": own[THAWED], BOTH: own[BOTH]}
    shown = [
        replace(dot(name, old(table), final(table), role), side="lane")
        for (name, table), role in zip(named.items(), ("note", *["pretrained"] * 3))
    ]
    x = Axis(name="old arms that are still read (%)", low=30, high=115, form=".0f", ticks=range(40, 101, 20))
    y = Axis(name="new points that are read (%)", low=90, high=102, form=".1f", ticks=range(90, 101, 2))
    title = f"Spiral arms without a penalty: one learning rate (the best of {len(EVEN_RATES)}), or one for each layer"
    return scatter(shown, x, y, title=title, height=300)


def starts(evidence: Results) -> Figure:
    """Draws the accuracy that is lost over four turned tasks in a row, by where the net started."""
    named = {SCRATCH: "from scratch", PRETRAINED: "pretrained on glyphs"}
    shown = [
        Bar(name=name, values=100 * forgotten(*at_best(evidence, side)), role=side) for side, name in named.items()
    ]
    title = "Accuracy that is lost over four tasks in a row, without a penalty"
    return bars(shown, "Accuracy lost", title=title, signed=False)
