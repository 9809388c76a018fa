"""What the time machine shows: the past test by test, the other future beside it, and when protection must begin."""

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

WENT, FUTURE = "as it went", "your future"
SKILLS = (("old skill", "source", "accuracy 1"), ("new skill", "target", "accuracy"))
SHARES = "New skill: what is right. Old skill: what is left of it. Dotted: as it went"
BROUGHT_BACK, STILL_KNOWN = 0.5, 0.9  # the goal: shares of the old skill that was lost, and of the new that was learned
WORTH = 0.1  # of all answers: a past that lost or learned less sets no goal
LEAVES = "Go back to this step instead"
MOMENTS = (1, 3, 7, 20, 60, 150, 300)  # steps at which protection begins, as stored
WAYS = {"replay": ("rehearse", "pretrained"), "LwF": ("keep opinions", "scratch"), "EWC": ("pin some", "target")}


def tiles(of: Run, evidence: Results, at: int) -> Figure:
    """The old examples as the first net answers them, test by test: as it went, and beside it the other future. As long
    as there is none, the scrubber chooses the step to go back to."""
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
    """Whether the past can be gone through step by step: its answers are recorded, and the examples are known."""
    return bool(evidence.behaviour("past")) and evidence.has("wall")


def at_steps(behaviour: Sequence[Behaviour], steps: Sequence[int]) -> list[Behaviour]:
    """What was known at each step: the last that was recorded until then."""
    known = [max((m for m in behaviour if m["step"] <= step), key=lambda m: m["step"]) for step in steps]
    return [moment | {"step": step} for moment, step in zip(known, steps)]


def skills(evidence: Results, at: int, steps: list[int]) -> Sequence[Lines]:
    """What the net whose tiles are seen has right of both tasks, in either future."""
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
    return [Lines(title="Right of each task", lines=lines)]


def of_first(table: pd.DataFrame, column: str, steps: Sequence[int]) -> np.ndarray:
    mine = table[table.seed == table.seed.min()]
    return np.interp(steps, mine.step, mine[column])


def join_runs(past: pd.DataFrame, future: pd.DataFrame, at: int) -> pd.DataFrame:
    """The past until the moment and then the other future, as one run; its seeds are called as those of the past."""
    shift = future.seed.min() - past.seed.min()
    return pd.concat([past[past.step < at], future.assign(step=future.step + at, seed=future.seed - shift)])


def both_skills(of: Run, evidence: Results, at: int) -> Figure:
    """Both skills of all nets: what is right of the new task, what is left of the old one."""
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
            shown.append(over_steps(mine[mine.step >= at], f"{name}, yours", role))
        marks = [Mark(start=(at, 0.0), end=(at, 1.0), says="from here")]
    return curves(shown, "steps", (0, end), marks, title=SHARES, y="Share", log=False)


def every_moment(evidence: Results) -> Figure:
    """What is left of the old skill in the end, against the step at which it was first protected."""
    since = {way: {m: final(left_since(evidence, way, m)) for m in MOMENTS} for way in WAYS}
    shown = [Curve(table=band_by_x(since[way]), name=name, role=role) for way, (name, role) in WAYS.items()]
    shown.append(Curve(table=band_by_x(left_by(evidence)), name="left by then", role="past source"))
    title = "Left of the glyphs in the end, by the step at which they were first protected"
    return curves(shown, "step at which protection begins", (1, MOMENTS[-1]), title=title, y="Left")


def left_since(evidence: Results, way: str, moment: int) -> pd.DataFrame:
    """What is left of what was known before anything was lost, of a run that is protected from a moment on."""
    return retention(join_runs(evidence.table("unprotected"), evidence.table("begun", way, moment), moment))


def left_by(evidence: Results) -> dict[int, np.ndarray]:
    """What is left at every moment if nothing protects it, a seed each."""
    table = retention(evidence.table("unprotected"))
    return {moment: final(table[table.step <= moment]) for moment in MOMENTS}


def tells(evidence: Results) -> str:
    """Where the other future stands, in one sentence."""
    if not (evidence.has("future") and evidence.has("past")):
        return ""
    now, went = (percent(float(final(evidence.table(role)).mean())) for role in ("future", "past"))
    return f"New skill now {now}; as it went, {went} in the end."


def rescued(evidence: Results) -> bool | None:
    """Whether the other future has half of the lost old skill again, and nine tenths of what the past learned.

    What was lost is the old skill's accuracy before the first step, less that at the past's end; what was learned is
    the same of the new skill, the other way round. A share of what was lost cannot be had for nothing, as a multiple of
    what is left can where nothing is left. Returns None where the past lost or learned less than WORTH: then there is
    no goal.
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
    """The mean over seeds of a column at a run's first test and at its last."""
    at = table.groupby("step")[column].mean()
    return float(at.iloc[0]), float(at.iloc[-1])
