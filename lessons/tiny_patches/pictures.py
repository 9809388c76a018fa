"""Draws the figures of this lesson: accuracy against rank, maps of low-rank changes, and patches put on and taken
off."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.curves import Curve, Mark, curve_series, curves
from lessons.kit.figures.low_rank_diagram import low_rank_diagram
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import band_by_x, final, retention
from lessons.tiny_patches.claims import accuracy_by_rank, cut, enough
from lessons.tiny_patches.costs import ledger, spectrum
from lessons.tiny_patches.maps import COLOURS, cut_or_thin, snapped
from lessons.tiny_patches.runs import (
    ADAPTER,
    BIAS,
    CLOSE,
    EVERY,
    FAR,
    FULL,
    HAND,
    HEAD,
    LOW_RANK,
    METHOD,
    NEAR,
    RANKS,
    SIZE,
    SIZED,
    SIZES,
    WHERE,
    WORLDS,
    method_label,
    method_set,
    shown_method,
)

LOOK = {LOW_RANK: "pretrained", ADAPTER: "source", BIAS: "target", HEAD: "note", FULL: "scratch"}  # roles
SEEN = {NEAR: "points", FAR: "points", HAND: "digits"}
NONE = "none of these"
X, Y = (1, 128), (0.4, 1.0)  # the ends of the axes: rank, accuracy
PLACE_OF_NONE = 110.0  # its position on the axis of ranks
TRAINED: Control[int | str] = Control(
    name="rank",
    label="Smallest rank that is enough if the change is trained at that rank",
    options=(*SIZES, NONE),
    default=8,
    help="At rank 1, one column and one row are trained for every weight matrix. Choose “none of these” if you think "
    "that even rank 16 is too low.",
    slider=True,
)
CUT = Control(
    name="cut",
    label="Smallest rank that is enough if every weight is trained and the finished change is cut to that rank",
    options=RANKS,
    default=4,
    help="A cut to rank 1 keeps only the strongest direction of the change in every weight matrix.",
    slider=True,
)
HEIGHTS = {TRAINED.name: 0.97, CUT.name: 0.45}  # the heights of the two handles
ASKED = {TRAINED.name: "trained at this rank", CUT.name: "cut to this rank"}
MARKS = (
    Handle(x=TRAINED, y=97, name=ASKED[TRAINED.name], where={NONE: PLACE_OF_NONE}),
    Handle(x=CUT, y=45, name=ASKED[CUT.name]),
)
GOAL = 0.03  # how far below full fine-tuning a patch may be on the mirrored arms, for the mission


def level(accuracy: float, name: str, role: str) -> Curve:
    """Returns an accuracy as a horizontal line."""
    return Curve(table=band_by_x({rank: np.full(2, accuracy) for rank in (1, max(RANKS))}), name=name, role=role)


def by_rank(evidence: Results, where: str, guess: Guess, title: str) -> Figure:
    """Draws accuracy against rank, with lines for full fine-tuning and for the head alone. After the prediction it
    also draws the trained low-rank changes, the full change cut to each rank, and the learner's own results.
    """
    shown = [
        level(final(evidence.table("patch", where, name)).mean(), shown_method(name), LOOK[name])
        for name in (FULL, HEAD)
    ]
    marks = []
    if guess:
        handles: tuple[Control[Any], ...] = (TRAINED, CUT)
        said = {handle: guess_point(guess[handle], handle) for handle in handles}
        shown += [
            Curve(table=mark, name=f"your prediction: {ASKED[handle.name]}", role="guess", tag=(mark.x[0], "bottom"))
            for handle, mark in said.items()
        ]
    if evidence.has("cut", where):
        thin, after = accuracy_by_rank(evidence, where), cut(evidence, where)
        kept = band_by_x({rank: accuracies for rank, accuracies in after.items() if rank})
        shown.append(Curve(table=band_by_x(thin), name="trained at this rank", role=LOOK[LOW_RANK], tag=(2, "bottom")))
        shown.append(Curve(table=kept, name="cut to this rank", role="target", tag=(4, "right")))
        if guess:
            full = final(evidence.table("patch", where, FULL))
            marks += miss_arrows(guess[TRAINED], enough(thin, full), TRAINED)
            marks += miss_arrows(guess[CUT], enough(after, full), CUT)
    return curves(shown, "rank of the change", X, marks, title=title, share=Y, at=RANKS)


def at_rank(rank: int | float | str) -> float:
    """Returns the position of a rank on the axis. "None of these" has a position too."""
    return PLACE_OF_NONE if isinstance(rank, str) or math.isinf(rank) else rank


def guess_point(said: int | str, handle: Control[Any]) -> pd.DataFrame:
    """Returns the learner's mark, at the height of its handle."""
    return band_by_x({at_rank(said): np.full(2, HEIGHTS[handle.name])})


def miss_arrows(said: int | str, was: float, handle: Control[Any]) -> list[Mark]:
    """Returns an arrow from the learner's mark to the result."""
    begin, end, height = at_rank(said), at_rank(was), HEIGHTS[handle.name]
    if begin == end:
        return []
    return [
        Mark(
            start=(begin, height),
            end=(end, height),
            says=f"you: {said}, in truth: {was:g}" if math.isfinite(was) else f"you: {said}, in truth: {NONE}",
            role="guess",
            place="insideMiddleTop",
        )
    ]


def own_points(evidence: Results, settings: Settings) -> list[Curve]:
    """Returns the results of the learner's own nets as points: the patch, and the full change cut to its rank."""
    (where, race), mine = racing(evidence), method_set(settings)
    shown: list[Curve] = []
    if where != settings[WHERE]:
        return shown
    if settings[METHOD] == LOW_RANK and mine in race:
        shown.append(
            replace(
                point("your nets, trained at this rank", settings[SIZE], final(race[mine]), LOOK[LOW_RANK]), tag=None
            )
        )
    if evidence.has("live cut"):
        answer = evidence.answer("live cut")
        places = dict(zip(answer["ranks"], np.array(answer["runs"][0]["accuracy"][0])))
        shown.append(point("your nets, cut", settings[SIZE], places[settings[SIZE]], "target"))
    return shown


def point(name: str, rank: int, right: np.ndarray, role: str) -> Curve:
    return Curve(table=band_by_x({rank: right}), name=name, role=role, named=False, tag=(rank, "right"))


SMALLEST = method_label(LOW_RANK, min(SIZES))
JOINED = [[method_label(method, size) for size in SIZES] for method in SIZED]


def shown_name(name: str) -> bool:
    """Returns whether a name is shown. The middle sizes of a method have no names, because a line joins them."""
    return name not in {between for row in JOINED for between in row[1:-1]}


def dot_name(name: str) -> str:
    """Returns the name beside a dot. A name such as "adapters 16" is short enough for the edge of the chart."""
    return name if EVERY[name][0] == ADAPTER else shown_method(name)


def one_dot(name: str, x: float, y: float, side: str = "right", spread: float = 0.0) -> Dot:
    shown = shown_name(name)
    role = LOOK[EVERY[name][0]]
    return Dot(name=dot_name(name), x=x, y=y, role=role, y_spread=spread if shown else 0.0, named=shown, side=side)


def forgetting_dots(evidence: Results, where: str, title: str) -> Figure:
    """Draws the old skill that is left against the new skill, as means over all seeds."""
    sides = {FULL: "top", BIAS: "lower left", HEAD: "right", SMALLEST: "lower left"}
    sides[method_label(ADAPTER, min(SIZES))] = "top"
    marks = [
        one_dot(
            name,
            100 * float(final(table).mean()),
            100 * float(final(retention(table)).mean()),
            sides.get(name, "right"),
        )
        for name, table in evidence.tables("patch", where).items()
    ]
    x = Axis(name="accuracy on the new task (%)", form=".1f")
    y = Axis(name="share of the old accuracy that is kept (%)", form=".0f")
    joined = [list(map(dot_name, row)) for row in JOINED]
    return scatter(marks, x, y, title=title, joined=joined, height=460)


def hook(evidence: Results, settings: Settings) -> Figure:
    return low_rank_diagram(64, SIZES, "A change of low rank, drawn number by number")


def is_revealed(evidence: Results, where: str) -> bool:
    """Returns whether the results that the learner predicts may be shown."""
    return evidence.has("cut", where)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against rank, before the prediction for the predicted world and later for the learner's world."""
    where = settings[WHERE]
    if not is_revealed(evidence, where):
        return by_rank(
            evidence, NEAR, guess, "Accuracy on unseen points after learning two colours: which rank is enough?"
        )
    shown = by_rank(evidence, where, guess if where == NEAR else Settings(), "")
    live = [series for curve in own_points(evidence, settings) for series in curve_series(curve)]
    title = f"Accuracy on unseen {SEEN[where]} ({WHERE.label_of(where)}), by the rank of the change"
    return replace(shown, title=title, spec=shown.spec | {"series": [*shown.spec["series"], *live]})


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: both nets as they learn, maps of low-rank changes, patches put on and taken off, the
    sizes of the directions in the full change, the costs, and the old skill."""
    shown: Views = {}
    where = settings[WHERE]
    if len(told := seen_learning(evidence)) == 2:
        shown["Both nets"] = lambda: walls(told, classes=COLOURS if "at" in told[0].examples[0] else ())
    if not is_revealed(evidence, where):
        return shown
    if WORLDS[where].net == "mlp":
        shown["Cut or trained"] = lambda: cut_or_thin(evidence, where, "")
    why = "Why cutting hurts: the change of full fine-tuning has many directions in every layer"
    far = f"Accuracy on unseen points ({WHERE.label_of(FAR)}), by the rank of the change"
    return shown | {
        "Patch on and off": lambda: snapped(evidence, ""),
        "Mirrored arms": lambda: by_rank(evidence, FAR, Settings(), far),
        "Directions": lambda: spectrum(evidence.answer("cut", where), why),
        "Forgetting": lambda: forgetting_dots(
            evidence, where, "How well each net learns the new task, and how much of the old skill it keeps"
        ),
        "Cost": lambda: ledger(evidence, where, method_set(settings)),
    }


def racing(evidence: Results) -> tuple[str, dict[str, pd.DataFrame]]:
    """Returns the world of the live nets, and the sides by name. It may be the world of an earlier run."""
    tables = evidence.tables("race")
    where = next((where for where, _ in tables), "")
    return where, {name: table for (at, name), table in tables.items() if at == where}


def seen_learning(evidence: Results) -> list[Wall]:
    """Returns walls with the answers of the first net of each side to the new task, as it learns."""
    where, race = racing(evidence)
    shown = []
    for name in sorted(race, key=lambda name: name != FULL):
        (task,) = evidence.answer("examples", where)["tasks"]
        says = "Full fine-tuning: every weight is trained" if name == FULL else f"Trained: {shown_method(name)}"
        shown.append(Wall(name=says, behaviour=evidence.behaviour("race", where, name), examples=task["examples"]))
    return [wall for wall in shown if wall.behaviour]


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the state of the race."""
    _, race = racing(evidence)
    right = ", ".join(
        f"{shown_method(name)} {percent(final(race[name]).mean())}" for name in sorted(race, key=lambda n: n != FULL)
    )
    return f"Accuracy after {max(table.step.max() for table in race.values()):,} steps: {right}." if race else ""


def close_on_far(evidence: Results, settings: Settings) -> bool:
    """Returns whether a live patch came within three points of full fine-tuning on the mirrored arms."""
    where, race = racing(evidence)
    mine = method_set(settings)
    if where != FAR or not {FULL, mine} <= race.keys():
        return False
    return bool(final(race[mine]).mean() >= final(race[FULL]).mean() - GOAL)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    full = final(evidence.table("patch", NEAR, FULL))
    rank, needs = enough(accuracy_by_rank(evidence, NEAR), full), enough(cut(evidence, NEAR), full)
    close = f"within {percent(CLOSE)[:-2]} points of full fine-tuning"
    return [
        (
            f"smallest rank {close} if the change is trained at that rank",
            str(guess[TRAINED]),
            NONE if math.isinf(rank) else f"{rank:g}",
        ),
        (f"smallest rank {close} if the finished change is cut to that rank", str(guess[CUT]), f"{needs:g}"),
    ]
