"""The pictures of this lesson: rank against accuracy, what a patch costs, and what it does to the old skill."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Evidence, Settings
from lessons.kit.evidence import against, band, final, retention
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.dots import Axis, Dot, dots
from lessons.kit.figures.player import Player, Space, player
from lessons.tiny_patches.claims import (
    ADAPTER,
    BIAS,
    EVERY,
    FULL,
    HEAD,
    LOW_RANK,
    RANKS,
    SIZED,
    SIZES,
    cut,
    named,
    sizes,
    trained,
)

LOOK = {LOW_RANK: "pretrained", ADAPTER: "source", BIAS: "target", HEAD: "note", FULL: "scratch"}  # roles
BYTES = 4  # a number
COLOURS = ("one colour", "the other")
NONE = "none of these"


def level(accuracy: float, name: str, role: str) -> Curve:
    return Curve(table=against({rank: np.full(2, accuracy) for rank in (1, max(RANKS))}), name=name, role=role)


def by_rank(levels: Evidence, found: Evidence, guess: Settings, title: str) -> Figure:
    """Full fine-tuning and the head alone; and once these are found, delta trained at a rank and finished then cut."""
    shown = [level(final(levels[name]).mean(), name, LOOK[name]) for name in (FULL, HEAD)]
    if found:
        shown.append(Curve(table=against(trained(found)), name="trained thin", role=LOOK[LOW_RANK]))
        after = {rank: marks for rank, marks in cut(found["cut"]).items() if rank}
        shown.append(Curve(table=against(after), name="full, then cut", role="target"))
    marks = [
        Mark(start=(guess[name], 0.4), end=(guess[name], 1.0), says=says, role="guess")
        for name, says in (("rank", "you: train at"), ("cut", "you: cut to"))
        if guess and guess[name] != NONE
    ]
    return curves(shown, "rank", (1, max(RANKS)), marks, title=title, share=(0.4, 1), at=RANKS)


def maps(found: Evidence, title: str) -> Figure:
    """The decision map of the first seed at every rank, cut and trained, with the accuracies of all."""
    thin, after, answer = trained(found), cut(found["cut"]), found["maps"]
    cuts = dict(zip(found["cut"]["ranks"], found["cut"]["runs"][0]["maps"]))
    full = final(found[FULL]).mean()
    reach, points = answer["reach"], np.array(answer["points"][0])
    shared: dict[str, Any] = {
        "extent": (-reach, reach, -reach, reach),
        "xy": points[:, :2],
        "classes": points[:, 2].astype(int),
    }
    return player(
        Player(
            marks=[f"rank {rank}" for rank in SIZES],
            says=[
                f"At rank {rank} the cut delta is right about {percent(after[rank].mean())} of the points, the one "
                f"trained thin about {percent(thin[rank].mean())}; full fine-tuning about {percent(full)}."
                for rank in SIZES
            ],
            classes=COLOURS,
            scrub="Rank",
            panels=(
                Space(title="Full fine-tuning, then cut", areas=[cuts[rank] for rank in SIZES], **shared),
                Space(title="Trained at this rank", areas=[one[0][""] for one in answer["maps"]], **shared),
            ),
        ),
        title=title,
    )


def spectrum(found: Evidence, title: str) -> Figure:
    """How large the first directions of full fine-tuning's delta are, layer by layer, the largest as 100 %."""
    layers = {name: one for name, one in found["cut"]["runs"][0]["spectrum"].items() if len(one) > 2}
    shown = [
        Curve(table=against({k: np.array([size]) for k, size in enumerate(one[: max(SIZES)], 1)}), name=name, role=role)
        for (name, one), role in zip(layers.items(), ("source", "target", "pretrained"))
    ]
    what = f"the first {max(SIZES)} directions, the largest first"
    return curves(shown, what, (1, max(SIZES)), title=title, y="Size", at=SIZES)


SMALLEST = named(LOW_RANK, min(SIZES))
JOINED = [[named(method, size) for size in SIZES] for method in SIZED]


def shown_name(name: str) -> bool:
    """Not every size of a method has its name beside its dot: they are joined by a line."""
    return name not in {one for row in JOINED for one in row[1:-1]}


def one_dot(name: str, x: float, y: float, side: str = "right", spread: float = 0.0) -> Dot:
    shown = shown_name(name)
    role = LOOK[EVERY[name][0]]
    return Dot(name=name, x=x, y=y, role=role, y_spread=spread if shown else 0.0, named=shown, side=side)


def numbers_dots(found: Evidence, title: str) -> Figure:
    """Accuracy against how many numbers are trained."""
    sides = {SMALLEST: "left", named(LOW_RANK, max(SIZES)): "bottom", named(ADAPTER, max(SIZES)): "top"}
    marks = [
        one_dot(name, one["trained"], 100 * float(marks.mean()), sides.get(name, "right"), spread)
        for name, one in sizes(found).items()
        for marks in (final(found[name]),)
        for spread in (100 * float(marks.std()),)
    ]
    x = Axis(name="numbers trained", log=True, form=",.0f", high=10 ** math.ceil(math.log10(max(d.x for d in marks))))
    return dots(marks, x, Axis(name="new skill, % right", form=".1f"), title=title, joined=JOINED)


def forgetting_dots(found: Evidence, title: str) -> Figure:
    """What is left of the old skill against the new one, the means of all seeds."""
    sides = {FULL: "top", BIAS: "left", HEAD: "right", SMALLEST: "bottom"}
    marks = [
        one_dot(
            name,
            100 * float(final(found[name]).mean()),
            100 * float(final(retention(found[name])).mean()),
            sides.get(name, "right"),
        )
        for name in EVERY
    ]
    x, y = Axis(name="new skill, % right", form=".1f"), Axis(name="old skill kept, %", form=".0f")
    return dots(marks, x, y, title=title, joined=JOINED, height=460)


def ledger(found: Evidence, name: str, tasks: int = 10) -> Figure:
    """What one task and ten cost to keep, by full fine-tuning and by the chosen patch."""
    rows: dict[str, list[str]] = {}
    chosen: Sequence[str] = [FULL] if name == FULL else [FULL, name]
    of = {one: sizes(found)[one] for one in chosen}
    whole = of[FULL]["all"]
    rows["numbers trained"] = [f"{one['trained']:,}" for one in of.values()]
    rows["bytes a task"] = [f"{BYTES * one['trained']:,}" for one in of.values()]
    rows[f"backbone and {tasks} tasks, kB"] = [
        f"{BYTES * (whole + tasks * one['trained']) / 1000:,.0f}" for one in of.values()
    ]
    rows["operations of training, billions"] = [f"{found[one].flops.iloc[-1] / 1e9:.1f}" for one in chosen]
    rows["new skill"] = [percent(final(found[one]).mean()) for one in chosen]
    rows["old skill, patch on"] = [percent(watched(found[one], -1)) for one in chosen]
    rows["old skill, patch off"] = [percent(watched(found[one], 0)) for one in chosen]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(chosen))
    return Figure(kind="table", spec=table, alt=in_words(rows, chosen), title="What each new task costs to keep")


def watched(table: pd.DataFrame, moment: int) -> float:
    """Accuracy on the old task before the first step or after the last."""
    return float(band(table.assign(accuracy=table["accuracy 1"]))["mean"].iloc[moment])


def in_words(rows: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    return (
        "; ".join(f"{what}: " + ", ".join(f"{a} {n}" for n, a in zip(names, row)) for what, row in rows.items()) + "."
    )
