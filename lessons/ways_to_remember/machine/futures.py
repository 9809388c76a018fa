"""Draws the figures of the time machine: the past test by test, the other future beside it, and the moment at which
protection must begin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from core.experiment.spec import Run
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, class_letter, walls
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.player import Line, Lines
from lessons.kit.model.values import Behaviour, Results
from lessons.kit.results.evidence import band_by_x, final, retention
from lessons.kit.runs.forgetting import CLASSES

WENT, FUTURE = "as it was", "your future"
SKILLS = (("old skill", "source", "accuracy 1"), ("new skill", "target", "accuracy"))
SHARES = "Accuracy on the new task, and share of the old skill that is left. Dotted lines: as it was"
# The goal: shares of the old skill that was lost, and of the new skill that was learned.
BROUGHT_BACK, STILL_KNOWN = 0.5, 0.9
WORTH = 0.1  # share of all answers: a past that lost or learned less than this has no goal
LEAVES = "Go back to this step instead"
MOMENTS = (1, 3, 7, 20, 60, 150, 300)  # the steps at which protection begins in the stored runs
WAYS = {"replay": ("replay", "pretrained"), "LwF": ("LwF", "scratch"), "EWC": ("EWC", "target")}


def tiles(of: Run, evidence: Results, at: int) -> Figure:
    """Draws the answers of the first net to the old examples at every test, in the past and in the other future.

    While there is no other future, the scrubber chooses the step to go back to.
    """
    went = evidence.behaviour("past")
    if not has_scrubber(evidence):
        return both_skills(of, evidence, at)
    told = evidence.answer("wall")["tasks"][0]
    futures = {WENT: went}
    if mine := evidence.behaviour("future"):
        later = [moment | {"step": moment["step"] + at} for moment in mine]
        futures[FUTURE] = [moment for moment in went if moment["step"] < at] + later
    steps = sorted({moment["step"] for every in futures.values() for moment in every})
    names, on_a_map = list(told["names"].values()), "at" in told["examples"][0]
    old = bool(of.watch)
    shown = [
        Wall(
            name=f"Old skill, {name}" if old else name,
            behaviour=at_steps(every, steps),
            examples=told["examples"],
            task="1" if old else "0",
            old=old,
            names=names,
            brief=None if on_a_map else {k: class_letter(name) for k, name in enumerate(names)},
            columns=6,
        )
        for name, every in futures.items()
    ]
    classes = CLASSES[: len(names)] if on_a_map else ()
    if FUTURE in futures:
        return walls(shown, partial(skills, evidence, at), classes, leaves=LEAVES)
    return walls(shown, partial(skills, evidence, at), classes, choice=at)


def has_scrubber(evidence: Results) -> bool:
    """Returns whether the learner can go through the past step by step. Its answers must be recorded, and the
    examples must be known."""
    return bool(evidence.behaviour("past")) and evidence.has("wall")


def at_steps(behaviour: Sequence[Behaviour], steps: Sequence[int]) -> list[Behaviour]:
    """Returns the last recorded answers at each step."""
    known = [max((m for m in behaviour if m["step"] <= step), key=lambda m: m["step"]) for step in steps]
    return [moment | {"step": step} for moment, step in zip(known, steps)]


def skills(evidence: Results, at: int, steps: list[int]) -> Sequence[Lines]:
    """Returns the accuracy on both tasks of the net whose tiles are shown, in both futures."""
    table = evidence.table("past")
    told = {WENT: (table, "past ")}
    if evidence.has("future"):
        told[FUTURE] = (join_runs(table, evidence.table("future"), at), "")
    lines = [
        Line(name=f"{skill}, {name}", role=f"{look}{role}", values=of_first(whole, column, steps))
        for name, (whole, look) in told.items()
        for skill, role, column in SKILLS
        if column in whole
    ]
    return [Lines(title="Accuracy on each task", lines=lines)]


def of_first(table: pd.DataFrame, column: str, steps: Sequence[int]) -> np.ndarray:
    """Returns the values of the first seed at these steps. Values between two tests are interpolated linearly."""
    mine = table[table.seed == table.seed.min()]
    return np.interp(steps, mine.step, mine[column])


def join_runs(past: pd.DataFrame, future: pd.DataFrame, at: int) -> pd.DataFrame:
    """Joins the past up to the moment and the other future to one table. The seeds have the names of those of the
    past."""
    shift = future.seed.min() - past.seed.min()
    return pd.concat([past[past.step < at], future.assign(step=future.step + at, seed=future.seed - shift)])


def both_skills(of: Run, evidence: Results, at: int) -> Figure:
    """Draws both skills of all nets: the accuracy on the new task, and the share of the old skill that is left."""
    if not evidence.has("past"):
        return curves([], "steps", (0, of.planned), title=SHARES, y="Share", log=False)
    table = evidence.table("past")
    skills = [("new", "target"), ("old", "source")][: 1 + bool(of.watch)]

    def share(whole: pd.DataFrame, role: str) -> pd.DataFrame:
        return retention(whole) if role == "source" else whole

    shown = [over_steps(share(table, role), f"{name}, {WENT}", f"past {role}") for name, role in skills]
    end, marks = of.planned, []
    if evidence.has("future"):
        whole = join_runs(table, evidence.table("future"), at)
        end = max(end, int(whole.step.max()))
        for name, role in skills:
            mine = share(whole, role)
            shown.append(over_steps(mine[mine.step >= at], f"{name}, your future", role))
        marks = [Mark(start=(at, 0.0), end=(at, 1.0), says="you went back to here")]
    return curves(shown, "steps", (0, end), marks, title=SHARES, y="Share", log=False)


def every_moment(evidence: Results) -> Figure:
    """Draws the old skill that is left at the end, against the step at which protection begins."""
    since = {way: {m: final(left_since(evidence, way, m)) for m in MOMENTS} for way in WAYS}
    shown = [Curve(table=band_by_x(since[way]), name=name, role=role) for way, (name, role) in WAYS.items()]
    shown.append(Curve(table=band_by_x(left_by(evidence)), name="left at this step", role="past source"))
    title = "Old skill that is left in the end, by the step at which protection begins"
    return curves(shown, "step at which protection begins", (1, MOMENTS[-1]), title=title, y="Old skill that is left")


def left_since(evidence: Results, way: str, moment: int) -> pd.DataFrame:
    """Returns the share of the old skill that is left in a run that is protected from a moment on."""
    return retention(join_runs(evidence.table("unprotected"), evidence.table("begun", way, moment), moment))


def left_by(evidence: Results) -> dict[int, np.ndarray]:
    """Returns the share of the old skill of each seed that is left at each moment without any protection."""
    table = retention(evidence.table("unprotected"))
    return {moment: final(table[table.step <= moment]) for moment in MOMENTS}


def tells(evidence: Results) -> str:
    """Describes the current state of the other future in one sentence."""
    if not (evidence.has("future") and evidence.has("past")):
        return ""
    now, went = (percent(float(final(evidence.table(role)).mean())) for role in ("future", "past"))
    return f"Accuracy on the new task: {now}. In the past it was {went} in the end."


def rescued(evidence: Results) -> bool | None:
    """Returns whether the other future recovers half of the lost old skill and keeps nine tenths of the learned new
    skill.

    The loss is the old skill before the first step minus the old skill at the end of the past. The learned new skill
    is its final accuracy minus its accuracy before the first step. The goal is a share of the loss, and not a
    multiple of the skill that is left, because a multiple of nothing would be met for free. Returns None if the past
    lost or learned less than WORTH, because then there is no goal.
    """
    went = evidence.table("past")
    if "accuracy 1" not in went:
        return None
    old_at_first, old_left = ends(went, "accuracy 1")
    new_at_first, new_learned = ends(went, "accuracy")
    lost, learned = old_at_first - old_left, new_learned - new_at_first
    if min(lost, learned) < WORTH:
        return None
    _, old = ends(evidence.table("future"), "accuracy 1")
    _, new = ends(evidence.table("future"), "accuracy")
    return old >= old_left + BROUGHT_BACK * lost and new >= new_at_first + STILL_KNOWN * learned


def ends(table: pd.DataFrame, column: str) -> tuple[float, float]:
    """Returns the mean over seeds of a column at the first and at the last test of a run."""
    at = table.groupby("step")[column].mean()
    return float(at.iloc[0]), float(at.iloc[-1])
