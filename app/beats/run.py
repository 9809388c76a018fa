"""Beat three: ask for runs, watch them, stop them. The page only reads the store; the workers write it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.beats.lesson_text import say
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
from core.experiment.spec import Measure, Run
from core.serve.engine import Busy
from core.store import store
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.values import Measures, Results, Settings
from lessons.kit.results.evidence import load_results


def live(
    lesson: Workspace, backdrop: Callable[[LessonState, bool], Results], onward: Callable[[], None] = lambda: None
) -> None:
    """The rail with its controls and the stage; `onward` draws what leads on from here. While something runs or plays,
    what changes by itself is drawn again by itself, less often when many watch; all else stays."""
    at = url_state.read(lesson)
    settings, now = at.settings, poll(lesson, at)
    by_hand = has_pad(lesson)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            if lesson.words["run"]:
                say(lesson, "run")
            if lesson.sheet and lesson.sheet.beat == "Run" and not by_hand:
                input_form(lesson, settings, now.answers, now.asked)
            scrubs = st.session_state[url_state.key(lesson.slug, "scrubs")] = on_player(lesson, backdrop, at)
            for near in lesson.controls[: lesson.in_reach]:
                if near is lesson.turn and scrubs:
                    how = "" if now.moving or now.over else ": move the slider under the picture"
                    st.markdown(f"{near.label} **{settings[near]}**{how}.")
                    continue
                control(lesson.slug, near, settings[near], at.locked_controls.get(near.name))
            buttons(lesson, settings, now.runs)
            if at.may_see:
                onward()  # above all that comes and grows, so that it never moves away under a pointer
            told = st.container()
            said = {state.message for _, state in now.runs}
            failures([(p, s) for p, s in now.values if isinstance(p.of, Measure) and s.message not in said])
            if now.over and lesson.mission:
                mission(lesson.mission, now.seen.evidence | results(lesson, settings, now), settings)
            if others := list(filter(at.shows, lesson.controls[lesson.in_reach :])):
                with st.expander(lesson.folded, icon=":material/tune:"):
                    for other in others:
                        control(lesson.slug, other, settings[other], at.locked_controls.get(other.name))
        with st.container(key="stage"):
            every = (
                max(now.poll_interval, now.poll_interval / 12 * engine().pending) or None
            )  # all together look thirty times a second
            st.fragment(tick, run_every=every)(lesson, backdrop, told, at, now.snapshot, [now])


def tick(
    lesson: Workspace,
    backdrop: Callable[[LessonState, bool], Results],
    told: DeltaGenerator,
    at: LessonState,
    before: tuple[float, bool, int],
    first: list[RunStatus],
) -> None:
    """The stage, and what is told of the runs; drawn again by itself. What was seen as the page was drawn is there for
    the first look."""
    if lesson.turn and url_state.setting(lesson.slug, lesson.turn) != at.settings[lesson.turn]:
        st.rerun()  # a player was left at another step, which the rest of the page must show
    if on_player(lesson, backdrop, at) != st.session_state.get(url_state.key(lesson.slug, "scrubs")):
        st.rerun()  # another view was chosen, beside which the step has a slider, or has none
    at = url_state.read(lesson) if has_pad(lesson) else at  # nothing else is set without the rest of the page
    settings, now = at.settings, first.pop() if first else poll(lesson, at)
    with told:
        announce(lesson, settings, now.moving, now.over, now.seen.evidence)
        progress(lesson, settings, now.runs, now.seen)
    evidence = backdrop(at, at.may_see and not now.moving) | now.seen.evidence
    evidence |= results(lesson, settings, now) | now.answers
    if headline := lesson.headline(evidence, settings):
        with st.container(key="headline"):
            st.markdown(headline)
    turn = now.over if draws(lesson) else has_pad(lesson)  # who draws waits for the nets that are to guess
    pad = partial(input_form, lesson, settings, now.answers, now.asked) if turn else None
    watching = at.pressed and not (turn and draws(lesson))
    stage(lesson, evidence, settings, at.guess, moving=watching, live=now.moving, pad=pad)
    if before != now.snapshot:
        st.rerun()  # begun, answered or ended since the page was drawn: the ticking changes too


def on_player(lesson: Workspace, backdrop: Callable[[LessonState, bool], Results], at: LessonState) -> bool:
    """Whether a player is on the stage with which a step is chosen, so that it needs no slider of its own."""
    view = st.session_state.get(url_state.key(lesson.slug, "view"))
    return lesson.turn is not None and view in (None, PICTURE) and lesson.is_player(backdrop(at, False))


def has_pad(lesson: Workspace) -> bool:
    return bool(lesson.sheet and lesson.sheet.kind in PADS)


def draws(lesson: Workspace) -> bool:
    return bool(lesson.sheet and lesson.sheet.kind == "drawing")


@dataclass(frozen=True)
class RunStatus:
    """How all stands that a page waits for, asked once a look."""

    values: States  # what is wanted
    runs: States  # of these the runs, none before the learner has asked for them: others may have made the same
    answers: Results  # about the sheet
    asked: bool  # answers about what stands on the sheet now are still to come
    seen: StageView
    soon: float  # seconds between two looks at what moves

    @property
    def moving(self) -> bool:
        return is_alive(self.runs) or self.seen.playing

    @property
    def over(self) -> bool:
        """Whether the learner's runs are done, and have been played."""
        return bool(self.runs) and not self.moving and all(state.kind == "done" for _, state in self.runs)

    @property
    def poll_interval(self) -> float:
        """Seconds between two looks; 0 where nothing will change by itself. A measure that nobody could be asked for
        yet is asked for again."""
        if not (self.seen.playing or waits(self.values)):
            return 0
        ahead = [state.position for _, state in self.values if state.kind in ALIVE]
        return 3 * self.soon if ahead and all(ahead) and not self.seen.playing else self.soon  # others come first

    @property
    def snapshot(self) -> tuple[float, bool, int]:
        """What the rest of the page depends on: how often it looks, whether there is something to stop, and how many
        answers are still to come."""
        still = sum(isinstance(piece.of, Measure) and state.kind != "done" for piece, state in self.values)
        return self.poll_interval, is_alive(self.runs), still


def poll(lesson: Workspace, at: LessonState) -> RunStatus:
    """Look at everything once, and ask for what is to be asked by itself."""
    values = wanted_values(lesson, at.settings)
    runs = [(piece, state) for piece, state in values if isinstance(piece.of, Run)] if at.pressed else []
    asked = waits(states(input_measures(lesson, at.settings)))
    soon = 0.2 if has_pad(lesson) else 0.4  # a pad is used while it looks, and answers are awaited
    return RunStatus(values, runs, known_answers(lesson, at.settings), asked, stage_view(lesson, runs), soon)


def results(lesson: Workspace, settings: Settings, now: RunStatus) -> Results:
    """What was asked of the runs, once these are over."""
    return load_results(lesson_cache.after(lesson, settings)) if now.over else Results()


def waits(known: States) -> bool:
    """Whether something is under way; a run waits for its button, but a measure is asked for by itself."""
    return any(
        state.kind in ALIVE or (state.kind == "absent" and isinstance(piece.of, Measure)) for piece, state in known
    )


def input_measures(lesson: Workspace, settings: Settings) -> Measures:
    """What is asked about the sheet, of runs that are there already: asking trains nothing but what was let go."""
    asked = lesson_cache.asks(lesson, settings)
    return [piece for piece in asked if store.complete(piece.of) or all(map(at_hand, piece.of.runs))]


def at_hand(run: Run) -> bool:
    return bool(store.weights(run)) or store.is_evicted(run)


def known_answers(lesson: Workspace, settings: Settings) -> Results:
    """What is known about the sheet; while the answers are still to come, about what stood there before."""
    asked, at = input_measures(lesson, settings), url_state.key(lesson.slug, "answered")
    if all(store.complete(piece.of) for piece in asked):
        st.session_state[at] = settings.given
        return load_results(asked)
    last = replace(settings, given=st.session_state.get(at, settings.given))
    return load_results(input_measures(lesson, last)) | load_results(asked)


def wanted_values(lesson: Workspace, settings: Settings) -> States:
    """The runs, what is asked about the sheet, and as soon as the runs are complete what is asked of them; asks for
    these measures itself."""
    runs = states(lesson_cache.runs(lesson, settings))
    done = all(state.kind == "done" for _, state in runs)
    measures = states([*input_measures(lesson, settings), *(lesson_cache.after(lesson, settings) if done else ())])
    with suppress(Busy):  # the page is whole without them, and the next look asks again
        if absent := [piece.of for piece, state in measures if state.kind == "absent"]:
            engine().ask(absent, *me())
    return [*runs, *measures]


def ask(lesson: Workspace, settings: Settings) -> None:
    """Called by the buttons, before the page is drawn again."""
    url_state.change(lesson.slug, url_state.DRAW, settings.draw)
    url_state.change(lesson.slug, url_state.PRESSED, 1)
    st.session_state[url_state.key(lesson.slug, "view")] = None
    try:
        begin(lesson, settings)
    except Busy as error:
        st.session_state["refused"] = str(error)


def begin(lesson: Workspace, settings: Settings) -> None:
    """The runs are asked for, and what is stored is played from now on. Busy where no more can wait."""
    behind = engine().pending > 0  # whoever has to wait sees an earlier run at once
    st.session_state[url_state.key(lesson.slug, "since")] = time.monotonic(), 0.0 if behind else PATIENCE
    engine().ask([piece.of for piece in lesson_cache.runs(lesson, settings)], *me())


def stop(runs: Sequence[Run]) -> None:
    engine().stop(runs, *me())


def buttons(lesson: Workspace, settings: Settings, known: States) -> None:
    runs = [piece.of for piece in lesson_cache.runs(lesson, settings)]
    kinds, slug = {state.kind for _, state in known}, lesson.slug
    seen, lacks = url_state.key(slug, "since") in st.session_state, ""
    with st.container(key="train"):
        if kinds & set(ALIVE) and engine().wants(runs, *me()):  # another learner's is not for this one to stop
            st.button("Stop", icon=":material/stop:", on_click=stop, args=(runs,), key=f"{slug}.stop")
        elif kinds == {"done"} and seen:
            again = (lesson, replace(settings, draw=settings.draw % 999 + 1))
            st.button(
                "Again, with another draw", icon=":material/replay:", on_click=ask, args=again, key=f"{slug}.again"
            )
        else:
            said, now = f"Train {sum(run.seeds for run in runs)} nets now", (lesson, settings)
            icon, lacks = ":material/play_arrow:", lesson.lacks(settings)
            st.button(said, icon=icon, type="primary", on_click=ask, args=now, key=f"{slug}.run", disabled=bool(lacks))
    if lacks:  # below what holds the button alone
        st.caption(f":material/hourglass_empty: {lacks}")
    if refused := st.session_state.pop("refused", ""):
        st.warning(refused)
