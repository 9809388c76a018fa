"""Draws the third beat: the learner starts runs, watches them and stops them.

The page only reads the store. The workers write it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.beats.lesson_text import draw_section
from app.beats.stage import PADS, PICTURE, stage
from app.beats.watch import (
    ALIVE,
    PATIENCE,
    StageView,
    States,
    failures,
    is_alive,
    mission,
    progress,
    stage_view,
    states,
)
from app.components.announce.announce import announce
from app.components.learner_input.learner_input import input_form
from app.controls.controls import control
from app.state import lesson_cache, url_state
from app.state.engine import engine, me
from app.state.url_state import LessonState
from app.streamlit_fixes import is_partial_run
from core.experiment.spec import Measure, Run
from core.serve.engine import Busy
from core.store import store
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.values import Measures, Results, Settings
from lessons.kit.results.evidence import load_results

# returns the stored results of a page: all of them, or only those that may be seen before the prediction
StoredResults = Callable[[LessonState, bool], Results]


def live(workspace: Workspace, stored_results: StoredResults, onward: Callable[[], None] = lambda: None) -> None:
    """Draws the rail with its controls, and the stage.

    `onward` draws the button that leads on. While runs go on or are played, only the parts that change are drawn
    again. The more runs are pending, the less often this happens.
    """
    at = url_state.read(workspace)
    settings, now = at.settings, poll(workspace, at)
    by_hand = has_pad(workspace)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            if workspace.words["run"]:
                draw_section(workspace, "run")
            if workspace.sheet and workspace.sheet.beat == "Run" and not by_hand:
                input_form(workspace, settings, now.answers, now.asked)
            scrubs = on_player(workspace, stored_results, at)
            st.session_state[url_state.key(workspace.slug, "scrubs")] = scrubs
            for near in workspace.controls[: workspace.in_reach]:
                if near is workspace.turn and scrubs:
                    how = "" if now.moving or now.over else ": move the slider under the picture"
                    st.markdown(f"{near.label} **{near.label_of(settings[near])}**{how}.")
                    continue
                control(workspace.slug, near, settings[near], at.locked_controls.get(near.name))
            buttons(workspace, settings, now.runs)
            if at.may_see:
                onward()  # above everything that grows, so that the button never moves away from the pointer
            told = st.container()
            said = {state.message for _, state in now.runs}
            failures([(p, s) for p, s in now.values if isinstance(p.of, Measure) and s.message not in said])
            if now.over and workspace.mission:
                mission(workspace.mission, now.seen.evidence | results(workspace, settings, now), settings)
            if others := list(filter(at.shows, workspace.controls[workspace.in_reach :])):
                with st.expander(workspace.folded, icon=":material/tune:"):
                    for other in others:
                        control(workspace.slug, other, settings[other], at.locked_controls.get(other.name))
        with st.container(key="stage"):
            # all pages together update about thirty times a second
            every = max(now.poll_interval, now.poll_interval / 12 * engine().pending) or None
            st.fragment(tick, run_every=every)(workspace, stored_results, told, at, now)


def tick(
    workspace: Workspace,
    stored_results: StoredResults,
    told: DeltaGenerator,
    at: LessonState,
    before: RunStatus,
) -> None:
    """Draws the stage and the progress of the runs, and updates itself.

    `before` is the status from which the rest of the page was drawn. The stage is drawn from it, too, and only looks
    again when it updates itself.
    """
    if workspace.turn and url_state.setting(workspace.slug, workspace.turn) != at.settings[workspace.turn]:
        st.rerun()  # a player was left at another step, and the rest of the page must show it
    if on_player(workspace, stored_results, at) != st.session_state.get(url_state.key(workspace.slug, "scrubs")):
        st.rerun()  # another view was chosen, and the step's slider has to appear or to disappear
    at = url_state.read(workspace) if has_pad(workspace) else at  # every other change draws the whole page again
    settings, now = at.settings, poll(workspace, at) if is_partial_run() else before
    with told:
        announce(workspace, settings, now.moving, now.over, now.seen.evidence)
        progress(workspace, settings, now.runs, now.seen)
    evidence = stored_results(at, at.may_see and not now.moving) | now.seen.evidence
    evidence |= results(workspace, settings, now) | now.answers
    if headline := workspace.headline(evidence, settings):
        with st.container(key="headline"):
            st.markdown(headline)
    # a drawing is possible once the nets that guess are trained
    turn = now.over if draws(workspace) else has_pad(workspace)
    pad = partial(input_form, workspace, settings, now.answers, now.asked) if turn else None
    # Once the runs are over, the picture answers the prediction, or the learner draws.
    watching = at.pressed and not (now.over and (workspace.sliders or draws(workspace)))
    stage(workspace, evidence, settings, at.guess, moving=watching, live=now.moving, pad=pad)
    if before.snapshot != now.snapshot:
        st.rerun()  # a run began or ended, or an answer came; the update interval may change too


def on_player(workspace: Workspace, stored_results: StoredResults, at: LessonState) -> bool:
    """Returns whether the stage has a player in which the learner chooses a step.

    In this case the step needs no slider of its own.
    """
    view = st.session_state.get(url_state.key(workspace.slug, "view"))
    return workspace.turn is not None and view in (None, PICTURE) and workspace.is_player(stored_results(at, False))


def has_pad(workspace: Workspace) -> bool:
    """Returns whether the lesson's sheet is on the stage."""
    return bool(workspace.sheet and workspace.sheet.kind in PADS)


def draws(workspace: Workspace) -> bool:
    """Returns whether the learner draws on the lesson's sheet."""
    return bool(workspace.sheet and workspace.sheet.kind == "drawing")


@dataclass(frozen=True)
class RunStatus:
    """Holds the status of everything that a page waits for. It is made once for each update."""

    values: States  # all runs and measures that the page needs
    # the runs among them; empty until the learner presses Train, although others may have made the same runs
    runs: States
    answers: Results  # the answers about the sheet
    asked: bool  # the answers about the current input are still being computed
    seen: StageView
    soon: float  # seconds between two updates while something moves

    @property
    def moving(self) -> bool:
        """Returns whether a run goes on or is being played."""
        return is_alive(self.runs) or self.seen.playing

    @property
    def over(self) -> bool:
        """Returns whether the learner's runs are complete and have been played."""
        return bool(self.runs) and not self.moving and all(state.kind == "done" for _, state in self.runs)

    @property
    def poll_interval(self) -> float:
        """Returns the number of seconds until the next update, or 0 if nothing will change without a click.

        If the engine was too busy to accept a measure, the next update asks for it again.
        """
        if not (self.seen.playing or waits(self.values)):
            return 0
        ahead = [state.position for _, state in self.values if state.kind in ALIVE]
        # other learners come first
        return 3 * self.soon if ahead and all(ahead) and not self.seen.playing else self.soon

    @property
    def snapshot(self) -> tuple[float, bool, int]:
        """Returns what the rest of the page depends on.

        This is the update interval, whether there is something to stop, and the number of answers that are not
        complete.
        """
        still = sum(isinstance(piece.of, Measure) and state.kind != "done" for piece, state in self.values)
        return self.poll_interval, is_alive(self.runs), still


def poll(workspace: Workspace, at: LessonState) -> RunStatus:
    """Reads the status of everything once, and asks for the measures that need no button."""
    values = wanted_values(workspace, at.settings)
    runs = [(piece, state) for piece, state in values if isinstance(piece.of, Run)] if at.pressed else []
    asked = waits(states(input_measures(workspace, at.settings)))
    soon = 0.2 if has_pad(workspace) else 0.4  # a learner uses a pad while it updates, and waits for its answers
    return RunStatus(
        values, runs, known_answers(workspace, at.settings), asked, stage_view(workspace, runs, at.settings), soon
    )


def results(workspace: Workspace, settings: Settings, now: RunStatus) -> Results:
    """Returns the measures of the runs, once the runs are over."""
    return load_results(lesson_cache.after(workspace, settings)) if now.over else Results()


def waits(known: States) -> bool:
    """Returns whether something is under way. A run waits for its button, but a measure is asked for without one."""
    return any(
        state.kind in ALIVE or (state.kind == "absent" and isinstance(piece.of, Measure)) for piece, state in known
    )


def input_measures(workspace: Workspace, settings: Settings) -> Measures:
    """Returns the measures that answer the learner's input, if the weights of their runs are stored.

    To compute them, nothing is trained except for runs whose weights were removed from the store.
    """
    asked = lesson_cache.asks(workspace, settings)
    return [piece for piece in asked if store.complete(piece.of) or all(map(at_hand, piece.of.runs))]


def at_hand(run: Run) -> bool:
    """Returns whether the weights of a run are stored, or were evicted and can be made again."""
    return bool(store.weights(run)) or store.is_evicted(run)


def known_answers(workspace: Workspace, settings: Settings) -> Results:
    """Returns the answers about the sheet.

    Until the new answers are complete, those about the earlier input are included.
    """
    asked, at = input_measures(workspace, settings), url_state.key(workspace.slug, "answered")
    if all(store.complete(piece.of) for piece in asked):
        st.session_state[at] = settings.given
        return load_results(asked)
    last = replace(settings, given=st.session_state.get(at, settings.given))
    return load_results(input_measures(workspace, last)) | load_results(asked)


def wanted_values(workspace: Workspace, settings: Settings) -> States:
    """Returns the runs, the measures about the sheet, and, once the runs are complete, the measures of the runs.

    The function also asks the engine for these measures.
    """
    runs = states(lesson_cache.runs(workspace, settings))
    done = all(state.kind == "done" for _, state in runs)
    measures = states(
        [*input_measures(workspace, settings), *(lesson_cache.after(workspace, settings) if done else ())]
    )
    with suppress(Busy):  # the page works without them, and the next update asks again
        if absent := [piece.of for piece, state in measures if state.kind == "absent"]:
            engine().ask(absent, *me())
    return [*runs, *measures]


def ask(workspace: Workspace, settings: Settings) -> None:
    """Starts the runs. A callback of a button."""
    url_state.change(workspace.slug, url_state.DRAW, settings.draw)
    url_state.change(workspace.slug, url_state.PRESSED, 1)
    st.session_state[url_state.key(workspace.slug, "view")] = None
    try:
        begin(workspace, settings)
    except Busy as error:
        st.session_state["refused"] = str(error)


def begin(workspace: Workspace, settings: Settings) -> None:
    """Asks the engine to train the runs. From this moment stored runs are played. Raises Busy if its queue is full."""
    behind = engine().pending > 0  # a learner who has to wait sees an earlier run at once
    st.session_state[url_state.key(workspace.slug, "since")] = time.monotonic(), 0.0 if behind else PATIENCE
    engine().ask([piece.of for piece in lesson_cache.runs(workspace, settings)], *me())


def stop(runs: Sequence[Run]) -> None:
    """Stops the runs. A callback of a button."""
    engine().stop(runs, *me())


def buttons(workspace: Workspace, settings: Settings, known: States) -> None:
    """Draws the button that trains the runs, stops them, or runs them again."""
    runs = [piece.of for piece in lesson_cache.runs(workspace, settings)]
    kinds, slug = {state.kind for _, state in known}, workspace.slug
    seen, lacks = url_state.key(slug, "since") in st.session_state, ""
    with st.container(key="train"):
        if kinds & set(ALIVE) and engine().wants(runs, *me()):  # one learner cannot stop another learner's run
            st.button("Stop", icon=":material/stop:", on_click=stop, args=(runs,), key=f"{slug}.stop")
        elif kinds == {"done"} and seen:
            again, icon = (workspace, replace(settings, draw=settings.draw % 999 + 1)), ":material/replay:"
            st.button("Run again with new data", icon=icon, on_click=ask, args=again, key=f"{slug}.again")
        else:
            nets, now = sum(run.seeds for run in runs), (workspace, settings)
            said = f"Train {nets} nets now" if nets > 1 else "Train the net now"
            icon, lacks = ":material/play_arrow:", workspace.lacks(settings)
            st.button(said, icon=icon, type="primary", on_click=ask, args=now, key=f"{slug}.run", disabled=bool(lacks))
    if lacks:  # outside the container, which holds only the button
        st.caption(f":material/hourglass_empty: {lacks}")
    if refused := st.session_state.pop("refused", ""):
        st.warning(refused)
