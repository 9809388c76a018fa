"""What this lesson shows: rank against accuracy, the race, and what a learner is confronted with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import against, band, final, retention
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.dots import Axis, Dot, dots
from lessons.kit.figures.player import Player, Space, player
from lessons.kit.values import Answer, Control, Evidence, Settings
from lessons.tiny_patches.claims import cut, enough, sizes, trained
from lessons.tiny_patches.runs import (
    ADAPTER,
    BIAS,
    CLOSE,
    EVERY,
    FULL,
    HEAD,
    LOW_RANK,
    METHOD,
    NEAR,
    RANKS,
    SIZED,
    SIZES,
    WHERE,
    WORLDS,
    chosen,
    named,
)

LOOK = {LOW_RANK: "pretrained", ADAPTER: "source", BIAS: "target", HEAD: "note", FULL: "scratch"}  # roles
BYTES = 4  # a number
COLOURS = ("one colour", "the other")
NONE = "none of these"
TRAINED: Control[int | str] = Control(
    name="rank",
    label="Smallest rank that comes close if delta is trained at that rank",
    options=(*SIZES, NONE),
    default=8,
    help="Rank 1: one direction in, one direction out, in every matrix.",
)
SHARE = Control(
    name="share",
    label="Numbers that it trains, in percent of all",
    options=(1, 2, 5, 10, 20, 50),
    default=20,
    help="The head's count too.",
    slider=True,
)
CUT = Control(
    name="cut",
    label="Smallest rank to which full fine-tuning's delta can be cut when it is finished, and still be close",
    options=RANKS,
    default=4,
    help="Of every matrix only the strongest directions are kept.",
)


def level(accuracy: float, name: str, role: str) -> Curve:
    return Curve(table=against({rank: np.full(2, accuracy) for rank in (1, max(RANKS))}), name=name, role=role)


def by_rank(evidence: Evidence, where: str, guess: Guess, title: str) -> Figure:
    """Full fine-tuning and the head alone; and once it may be seen, delta trained at a rank and finished then cut."""
    shown = [level(final(evidence.table("patch", where, name)).mean(), name, LOOK[name]) for name in (FULL, HEAD)]
    if evidence.has("cut", where):
        shown.append(Curve(table=against(trained(evidence, where)), name="trained thin", role=LOOK[LOW_RANK]))
        after = {rank: accuracies for rank, accuracies in cut(evidence, where).items() if rank}
        shown.append(Curve(table=against(after), name="full, then cut", role="target"))
    marks = [
        Mark(start=(rank, 0.4), end=(rank, 1.0), says=says, role="guess")
        for rank, says in (((guess[TRAINED], "you: train at"), (guess[CUT], "you: cut to")) if guess else ())
        if isinstance(rank, int)
    ]
    return curves(shown, "rank", (1, max(RANKS)), marks, title=title, share=(0.4, 1), at=RANKS)


def maps(evidence: Evidence, where: str, title: str) -> Figure:
    """The decision map of the first seed at every rank, cut and trained, with the accuracies of all."""
    thin, after, answer = trained(evidence, where), cut(evidence, where), evidence.answer("maps", where)
    squeezed = evidence.answer("cut", where)
    cuts = dict(zip(squeezed["ranks"], squeezed["runs"][0]["maps"]))
    full = final(evidence.table("patch", where, FULL)).mean()
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
                Space(title="Trained at this rank", areas=[run[0][""] for run in answer["maps"]], **shared),
            ),
        ),
        title=title,
    )


def spectrum(squeezed: Answer, title: str) -> Figure:
    """How large the first directions of full fine-tuning's delta are, layer by layer, the largest as 100 %."""
    layers = {name: sizes for name, sizes in squeezed["runs"][0]["spectrum"].items() if len(sizes) > 2}
    tables = [against({k: np.array([s]) for k, s in enumerate(sizes[: max(SIZES)], 1)}) for sizes in layers.values()]
    roles = ("source", "target", "pretrained")
    shown = [Curve(table=table, name=name, role=role) for name, role, table in zip(layers, roles, tables)]
    what = f"the first {max(SIZES)} directions, the largest first"
    return curves(shown, what, (1, max(SIZES)), title=title, y="Size", at=SIZES)


SMALLEST = named(LOW_RANK, min(SIZES))
JOINED = [[named(method, size) for size in SIZES] for method in SIZED]


def shown_name(name: str) -> bool:
    """Not every size of a method has its name beside its dot: they are joined by a line."""
    return name not in {between for row in JOINED for between in row[1:-1]}


def one_dot(name: str, x: float, y: float, side: str = "right", spread: float = 0.0) -> Dot:
    shown = shown_name(name)
    role = LOOK[EVERY[name][0]]
    return Dot(name=name, x=x, y=y, role=role, y_spread=spread if shown else 0.0, named=shown, side=side)


def numbers_dots(evidence: Evidence, where: str, title: str) -> Figure:
    """Accuracy against how many numbers are trained."""
    sides = {SMALLEST: "left", named(LOW_RANK, max(SIZES)): "bottom", named(ADAPTER, max(SIZES)): "top"}
    marks = [
        one_dot(name, size["trained"], 100 * float(right.mean()), sides.get(name, "right"), 100 * float(right.std()))
        for name, size in sizes(evidence, where).items()
        for right in (final(evidence.table("patch", where, name)),)
    ]
    x = Axis(name="numbers trained", log=True, form=",.0f", high=10 ** math.ceil(math.log10(max(d.x for d in marks))))
    return dots(marks, x, Axis(name="new skill, % right", form=".1f"), title=title, joined=JOINED)


def forgetting_dots(evidence: Evidence, where: str, title: str) -> Figure:
    """What is left of the old skill against the new one, the means of all seeds."""
    sides = {FULL: "top", BIAS: "left", HEAD: "right", SMALLEST: "bottom"}
    marks = [
        one_dot(
            name,
            100 * float(final(table).mean()),
            100 * float(final(retention(table)).mean()),
            sides.get(name, "right"),
        )
        for name, table in evidence.tables("patch", where).items()
    ]
    x, y = Axis(name="new skill, % right", form=".1f"), Axis(name="old skill kept, %", form=".0f")
    return dots(marks, x, y, title=title, joined=JOINED, height=460)


def ledger(evidence: Evidence, where: str, name: str, tasks: int = 10) -> Figure:
    """What one task and ten cost to keep, by full fine-tuning and by the chosen patch."""
    rows: dict[str, list[str]] = {}
    chosen: Sequence[str] = [FULL] if name == FULL else [FULL, name]
    of = {patch: sizes(evidence, where)[patch] for patch in chosen}
    tables = [evidence.table("patch", where, patch) for patch in chosen]
    whole = of[FULL]["all"]
    rows["numbers trained"] = [f"{size['trained']:,}" for size in of.values()]
    rows["bytes a task"] = [f"{BYTES * size['trained']:,}" for size in of.values()]
    rows[f"backbone and {tasks} tasks, kB"] = [
        f"{BYTES * (whole + tasks * size['trained']) / 1000:,.0f}" for size in of.values()
    ]
    rows["operations of training, billions"] = [f"{table.flops.iloc[-1] / 1e9:.1f}" for table in tables]
    rows["new skill"] = [percent(final(table).mean()) for table in tables]
    rows["old skill, patch on"] = [percent(watched(table, -1)) for table in tables]
    rows["old skill, patch off"] = [percent(watched(table, 0)) for table in tables]
    shown = pd.DataFrame.from_dict(rows, orient="index", columns=list(chosen))
    return Figure(kind="table", spec=shown, alt=in_words(rows, chosen), title="What each new task costs to keep")


def watched(table: pd.DataFrame, moment: int) -> float:
    """Accuracy on the old task before the first step or after the last."""
    return float(band(table.assign(accuracy=table["accuracy 1"]))["mean"].iloc[moment])


def in_words(rows: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    return (
        "; ".join(f"{what}: " + ", ".join(f"{a} {n}" for n, a in zip(names, row)) for what, row in rows.items()) + "."
    )


def hook(evidence: Evidence, settings: Settings) -> Figure:
    shown = [over_steps(evidence.table("patch", NEAR, name), name, LOOK[name]) for name in (FULL, HEAD)]
    title = "From six arms to two colours, with every weight free to move and with the head alone"
    return curves(shown, "steps", (1, WORLDS[NEAR].steps), title=title, share=(0.4, 1))


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """Rank against accuracy: of what is asked about before the prediction, of the chosen world after it."""
    where = settings[WHERE]
    if not evidence.has("cut", where):
        return by_rank(evidence, NEAR, guess, f"From six arms to {NEAR}: where will the two curves run?")
    title = f"{where.capitalize()}: delta trained at a rank, and full delta cut to it (stored runs)"
    return by_rank(evidence, where, guess if where == NEAR else Settings(), title)


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """The race, the same as maps, why the cut hurts, what patches cost, and what they forget."""
    shown: Views = {}
    where = settings[WHERE]
    if evidence.tables("race"):
        shown["The race"] = lambda: racing(evidence, settings)
    if not evidence.has("cut", where):
        return shown
    if evidence.has("maps", where):
        shown["Maps"] = lambda: maps(evidence, where, "The same as maps: what the first of the nets says where")
    why = "Why the cut hurts: full fine-tuning's delta is made of many directions"
    title = f"{where.capitalize()}: numbers trained and what they buy (all stored runs)"
    return shown | {
        "Directions": lambda: spectrum(evidence.answer("cut", where), why),
        "Numbers": lambda: numbers_dots(evidence, where, title),
        "Forgetting": lambda: forgetting_dots(evidence, where, "The new skill and what it costs of the old one"),
        "Cost": lambda: ledger(evidence, where, chosen(settings)),
    }


def racing(evidence: Evidence, settings: Settings) -> Figure:
    looks, where = {FULL: LOOK[FULL], chosen(settings): LOOK[settings[METHOD]]}, settings[WHERE]
    race = evidence.tables("race")
    shown = [over_steps(race[name], name, look) for name, look in looks.items() if name in race]
    title = f"{where.capitalize()}: new skill while it is learned (live runs)"
    return curves(shown, "steps", (1, WORLDS[where].steps), title=title)


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    full = final(evidence.table("patch", NEAR, FULL))
    rank, needs = enough(trained(evidence, NEAR), full), enough(cut(evidence, NEAR), full)
    size = sizes(evidence, NEAR)[named(LOW_RANK, 1 if math.isinf(rank) else int(rank))]
    close = f"within {percent(CLOSE)[:-2]} points of full fine-tuning"
    return [
        (f"smallest rank, trained, {close}", str(guess[TRAINED]), NONE if math.isinf(rank) else f"{rank:g}"),
        ("what it trains, of all numbers", f"{guess[SHARE]} %", percent(size["trained"] / size["all"])),
        (f"smallest rank, cut when finished, {close}", str(guess[CUT]), f"{needs:g}"),
    ]
