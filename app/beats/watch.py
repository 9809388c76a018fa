"""Decides which part of the learner's runs is on the stage, and draws their progress. It asks for no runs.

A page plays a run instead of waiting for it. A stored run is played at a learner's pace after they press Train. A run
in progress is drawn as its results arrive. While the learner waits for the first result, an earlier run of the same
kind is played.
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
from lessons.kit.lesson.catalogue import RECORDED, Workspace
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.values import LabelledRun, Results, Runs, Settings, Values
from lessons.kit.results.evidence import align_progress, load_results

States = list[tuple[LabelledRun[Run | Measure], State]]
ALIVE, OVER = ("queued", "running"), ("failed", "stopped", "absent")
# seconds without a result until an earlier run of the same kind is played; 0 behind other learners' runs
PATIENCE = 0.6
# in the messages about files that were not downloaded
MAKES = ("`make texts`", "`make real`")


@dataclass(frozen=True)
class StageView:
    """Holds the part of the runs that is on the stage now."""

    evidence: Results
    playing: bool = False  # stored results are being played, and more will come without a click
    recorded: bool = False  # an earlier run of the same kind is shown while the learner's own is prepared


def stage_view(workspace: Workspace, known: States, settings: Settings) -> StageView:
    """Returns the learner's own runs as far as they have come.

    All of them are shown at the same step, at a pace that learners can follow. If there is no result after PATIENCE,
    the function returns an earlier run of the same kind. The learner's own run takes over when it has passed this
    recording, or is played after it. If the learner has not pressed Train, the function returns no results.
    """
    engine().watch([piece.of for piece, _ in known], *me())
    runs = cast(Runs, [piece for piece, _ in known])
    # runs that failed or stopped do not hold up the others
    going = [piece for piece, (_, state) in zip(runs, known) if state.kind not in OVER]
    since, patience = st.session_state.get(url_state.key(workspace.slug, "since"), (-math.inf, PATIENCE))
    mine, passed = align_progress(load_results(runs), going), time.monotonic() - since
    kinds = {state.kind for _, state in known}
    patience = 0.0 if "failed" in kinds else patience  # nothing will come, and a failed run causes no further update
    waited = patience < passed < math.inf and kinds & {*ALIVE, "failed"}
    recording = url_state.key(workspace.slug, "recording")  # since when a recording is on the stage
    share = (passed - patience) / workspace.seconds
    if len(mine) and st.session_state.get(recording) == since:
        if share >= 1:  # the recording is over, and the learner's own run is played from its beginning
            return paced(mine, runs, passed - patience - workspace.seconds, workspace.seconds)
        waited = reached(mine, going) < share
        st.session_state[recording] = since if waited else None
    elif len(mine):
        waited = False
    if not waited or not workspace.plays:
        return paced(mine, runs, passed, workspace.seconds)
    earlier = recorded_runs(workspace, settings)
    if not all(store.complete(piece.of) for piece in earlier):
        return StageView(mine)
    st.session_state[recording] = since
    shown = align_progress(load_results(earlier), earlier)
    return replace(paced(shown, earlier, passed - patience, workspace.seconds), recorded=True)


def recorded_runs(workspace: Workspace, settings: Settings) -> Runs:
    """Returns the runs that ship: with the learner's settings if these are stored, otherwise with the defaults."""
    alike = lesson_cache.runs(workspace, replace(settings, draw=RECORDED))
    if all(store.complete(piece.of) for piece in alike):
        return alike
    return lesson_cache.runs(workspace, workspace.recorded_settings)


def reached(evidence: Results, runs: Runs) -> float:
    """Returns the share of their steps that all these runs have reached."""
    tables = [(evidence.table(*piece.place), piece.of) for piece in runs if evidence.has(*piece.place)]
    return min((run.share_done(int(table.step.to_numpy()[-1])) for table, run in tables), default=0.0)


def paced(evidence: Results, runs: Runs, passed: float, seconds: float) -> StageView:
    """Returns the results up to the present moment of playing.

    The tests of a run are spread evenly over these seconds, however fast they were made.
    """
    share = passed / seconds
    if share >= 1 or not len(evidence):
        return StageView(evidence)
    due = {piece.key: piece.of.tests[int(share * (len(piece.of.tests) - 1))] for piece in runs}
    return StageView(evidence.up_to(due), playing=True)


def own_results(workspace: Workspace, settings: Settings) -> Results:
    """Returns the learner's own runs if they are complete, otherwise those that ship.

    The measures of these runs and the answers about the learner's input are included.
    """
    asked = load_results(lesson_cache.asks(workspace, workspace.recorded_settings)) | load_results(
        lesson_cache.asks(workspace, settings)
    )
    for at in (settings, workspace.recorded_settings):
        if all(store.complete(piece.of) for piece in lesson_cache.runs(workspace, at)):
            return (
                load_results(lesson_cache.runs(workspace, at)) | load_results(lesson_cache.after(workspace, at)) | asked
            )
    return asked


def is_alive(known: States) -> bool:
    """Returns whether any run is queued or running."""
    return any(state.kind in ALIVE for _, state in known)


def states(values: Values) -> States:
    """Returns each value with its state in the engine."""
    return [(piece, engine().state(piece.of)) for piece in values]


def progress(workspace: Workspace, settings: Settings, known: States, seen: StageView) -> None:
    """Draws one bar for all runs, a sentence about their state, and a sentence for each reason why a run failed."""
    runs = [(piece, piece.of, state) for piece, state in known if isinstance(piece.of, Run)]
    kinds = {state.kind for *_, state in runs}
    if not runs or ("absent" in kinds and not kinds & set(ALIVE)):
        return
    if url_state.key(workspace.slug, "since") in st.session_state and not (seen.recorded and lacks_files(known)):
        failures(known)
    if again := [str(piece) for piece, _, state in runs if state.restarted]:
        said = "a worker was lost in the middle. What was lost was begun again; nothing is missing."
        st.info(f"{', '.join(again)}: {said}")
    if any(state.kind == "failed" for *_, state in runs):
        if seen.recorded:
            st.caption(" ".join([*missing_files(known), "You are watching an earlier run of the same kind."]))
        return
    tables = [seen.evidence.table(*piece.place) for piece, *_ in runs if seen.evidence.has(*piece.place)]
    made, all_steps = sum(int(table.step.to_numpy()[-1]) for table in tables), sum(run.steps for _, run, _ in runs)
    seconds = max((float(table.seconds.to_numpy()[-1]) for table in tables), default=0.0)
    said = standing_at([state for *_, state in runs], seen, made, all_steps, seconds)
    st.progress(min(1.0, made / all_steps), said + (took(workspace) if is_alive(known) and not made else ""))
    if said := workspace.tells(seen.evidence, settings):
        st.markdown(said)


def lacks_files(known: States) -> bool:
    """Returns whether the only reason for failures is that files were not downloaded. Learners then watch a
    recording."""
    said = {state.message for _, state in known if state.kind == "failed"}
    return bool(said) and said == set(missing_files(known))


def missing_files(known: States) -> list[str]:
    """Returns the sentences about files that were not downloaded, each once."""
    said = dict.fromkeys(state.message for _, state in known if state.kind == "failed")
    return [message for message in said if any(make in message for make in MAKES)]


def failures(known: States) -> None:
    """Draws each error message once, with the names of all runs that failed for this reason."""
    said = {state.message: None for _, state in known if state.kind == "failed"}
    for message in said:
        names = [str(piece) for piece, state in known if state.kind == "failed" and state.message == message]
        st.error(f"{', '.join(names)}: {message}")


def took(workspace: Workspace) -> str:
    """Returns how long an earlier run of the same kind took, for learners who wait."""
    runs = lesson_cache.runs(workspace, workspace.recorded_settings)
    known = load_results(runs)
    seconds = [float(known.table(*piece.place).seconds.max()) for piece in runs if known.has(*piece.place)]
    return f" The last run took {max(seconds):.0f} s." if seconds and max(seconds) >= 1 else ""


def standing_at(states: list[State], seen: StageView, made: int, all_steps: int, seconds: float) -> str:
    """Returns the text of the progress bar."""
    kinds = {state.kind for state in states}
    if "stopped" in kinds and not seen.recorded:
        return f"Stopped after {made:,} of {all_steps:,} steps"
    if seen.recorded or not (made or kinds == {"done"}):
        ahead = max((state.position for state in states), default=0)
        waits = next((state.message for state in states if state.message), "")
        soon = "Your own run comes next." if "running" in kinds else "Your own run starts in a moment."
        waits = waits or (f"{ahead} ahead of yours." if ahead else soon)
        return f"This is a recording. {waits}" if seen.recorded else waits
    return f"{made:,} of {all_steps:,} steps, {seconds:.1f} s"


def mission(goal: Mission, evidence: Results, settings: Settings) -> None:
    """Draws the lesson's goal, and whether the run that has ended meets it."""
    met = goal.met(evidence, settings)
    if met is None:
        return
    icon, told = (":material/check_circle:", "Done:") if met else (":material/flag:", "Goal:")
    st.markdown(f"{icon} **{told}** {goal.says}")
    if not met and (advice := goal.advice(settings)):
        st.caption(advice)
