"""What of the learner's runs is on the stage now, and what the rail says of it. Asks for nothing.

A run is played, not awaited: what is stored comes at a learner's pace after their own click, what is being made is
drawn as it comes, and a wait is filled with an earlier run of the same kind.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import cast

import streamlit as st

from app.state import lesson_cache, url_state
from app.state.engine import engine, me
from core.experiment.spec import Measure, Run
from core.serve.engine import State
from core.store import store
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.values import LabelledRun, Results, Runs, Settings, Values
from lessons.kit.results.evidence import align_progress, load_results

States = list[tuple[LabelledRun[Run | Measure], State]]
ALIVE, OVER = ("queued", "running"), ("failed", "stopped", "absent")
SECONDS = 4.0  # in which a stored run is played
PATIENCE = 0.6  # seconds without a point, after which an earlier run of the same kind is played; none behind others


@dataclass(frozen=True)
class StageView:
    """What of the runs is on the stage now."""

    evidence: Results
    playing: bool = False  # what is stored is being played, and more of it will come by itself
    recorded: bool = False  # it is an earlier run of the same kind, while the learner's own is prepared


def stage_view(lesson: Workspace, known: States) -> StageView:
    """The learner's own runs as far as they have come, all at the same step, paced so that everybody gets the moment;
    where nothing has come after PATIENCE, an earlier run of the same kind. Of none where nothing was pressed."""
    engine().watch([piece.of for piece, _ in known], *me())
    runs = cast(Runs, [piece for piece, _ in known])
    going = [piece for piece, (_, state) in zip(runs, known) if state.kind not in OVER]  # the others hold nobody up
    since, patience = st.session_state.get(url_state.key(lesson.slug, "since"), (-math.inf, PATIENCE))
    mine, passed = align_progress(load_results(runs), going), time.monotonic() - since
    kinds = {state.kind for _, state in known}
    waited = patience < passed < math.inf and kinds & {*ALIVE, "failed"}
    if len(mine) or not waited or not lesson.plays:
        return paced(mine, runs, passed)
    earlier = lesson_cache.runs(lesson, lesson.recorded_settings)
    if not all(store.complete(piece.of) for piece in earlier):
        return StageView(mine)
    return replace(paced(align_progress(load_results(earlier), earlier), earlier, passed - patience), recorded=True)


def paced(evidence: Results, runs: Runs, passed: float) -> StageView:
    """No faster than a learner can follow: a run's tests come evenly within SECONDS, however soon they were made."""
    share = passed / SECONDS
    if share >= 1 or not len(evidence):
        return StageView(evidence)
    due = {piece.key: piece.of.tests[int(share * (len(piece.of.tests) - 1))] for piece in runs}
    return StageView(evidence.up_to(due), playing=True)


def own_results(lesson: Workspace, settings: Settings) -> Results:
    """The learner's own runs where they are complete, else those that ship, with what was asked of them, and about what
    the learner has made."""
    asked = load_results(lesson_cache.asks(lesson, lesson.recorded_settings)) | load_results(
        lesson_cache.asks(lesson, settings)
    )
    for at in (settings, lesson.recorded_settings):
        if all(store.complete(piece.of) for piece in lesson_cache.runs(lesson, at)):
            return load_results(lesson_cache.runs(lesson, at)) | load_results(lesson_cache.after(lesson, at)) | asked
    return asked


def is_alive(known: States) -> bool:
    return any(state.kind in ALIVE for _, state in known)


def states(values: Values) -> States:
    return [(piece, engine().state(piece.of)) for piece in values]


def progress(lesson: Workspace, settings: Settings, known: States, seen: StageView) -> None:
    """One bar for all runs, one sentence on where they stand, and one for each reason for which something went
    wrong."""
    runs = [(piece, piece.of, state) for piece, state in known if isinstance(piece.of, Run)]
    kinds = {state.kind for *_, state in runs}
    if not runs or ("absent" in kinds and not kinds & set(ALIVE)):
        return
    if url_state.key(lesson.slug, "since") in st.session_state:
        failures(known)
    if again := [str(piece) for piece, _, state in runs if state.restarted]:
        said = "a worker was lost in the middle. What was lost was begun again; nothing is missing."
        st.info(f"{', '.join(again)}: {said}")
    if any(state.kind == "failed" for *_, state in runs):
        if seen.recorded:
            st.caption("You see an earlier run of the same kind.")
        return
    tables = [seen.evidence.table(*piece.place) for piece, *_ in runs if seen.evidence.has(*piece.place)]
    made, all_steps = sum(int(table.step.to_numpy()[-1]) for table in tables), sum(run.steps for _, run, _ in runs)
    seconds = max((float(table.seconds.to_numpy()[-1]) for table in tables), default=0.0)
    said = standing_at([state for *_, state in runs], seen, made, all_steps, seconds)
    st.progress(min(1.0, made / all_steps), said + (took(lesson) if is_alive(known) and not made else ""))
    if said := lesson.tells(seen.evidence, settings):
        st.markdown(said)


def failures(known: States) -> None:
    """Each sentence once, however many came to nothing for the same reason."""
    said = {state.message: None for _, state in known if state.kind == "failed"}
    for message in said:
        names = [str(piece) for piece, state in known if state.kind == "failed" and state.message == message]
        st.error(f"{', '.join(names)}: {message}")


def took(lesson: Workspace) -> str:
    """How long an earlier run of the same kind took, for who waits for theirs."""
    runs = lesson_cache.runs(lesson, lesson.recorded_settings)
    known = load_results(runs)
    seconds = [float(known.table(*piece.place).seconds.max()) for piece in runs if known.has(*piece.place)]
    return f" The last one took {max(seconds):.0f} s." if seconds and max(seconds) >= 1 else ""


def standing_at(states: list[State], seen: StageView, made: int, all_steps: int, seconds: float) -> str:
    """What the bar says."""
    kinds = {state.kind for state in states}
    if "stopped" in kinds and not seen.recorded:
        return f"Stopped after {made:,} of {all_steps:,} steps"
    if seen.recorded or not (made or kinds == {"done"}):
        ahead = max((state.position for state in states), default=0)
        waits = next((state.message for state in states if state.message), "")
        waits = waits or (f"{ahead} ahead of yours." if ahead else "Yours begins as soon as a worker is awake.")
        return f"Recorded earlier. {waits}" if seen.recorded else waits
    return f"{made:,} of {all_steps:,} steps, {seconds:.1f} s"


def mission(goal: Mission, evidence: Results, settings: Settings) -> None:
    """The lesson's goal, and whether the run that is over has met it."""
    met = goal.met(evidence, settings)
    if met is None:
        return
    icon, told = (":material/check_circle:", "Done:") if met else (":material/flag:", "Goal:")
    st.markdown(f"{icon} **{told}** {goal.says}")
    if not met and (advice := goal.advice(settings)):
        st.caption(advice)
