"""Beat three: ask for runs, watch them, stop them. The page only reads the store; the workers write it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import streamlit as st

from app.parts import chosen
from app.parts.chosen import Chosen
from app.parts.corpus import control
from app.parts.sheet import sheet
from app.parts.stage import stage
from app.parts.watch import ALIVE, States, failures, finished, is_alive, mission, progress, states, watched
from app.parts.words import say
from app.parts.workers import engine, me
from core.serve import store
from core.serve.engine import Busy
from core.spec import Measure, Run
from lessons.kit.catalogue import Lesson
from lessons.kit.evidence import gather
from lessons.kit.values import Evidence, Measures, Settings, Values


def live(lesson: Lesson, backdrop: Callable[[Chosen, bool], Evidence], onward: Callable[[], None]) -> None:
    """The rail with its controls and the stage. Looks again by itself only while something runs or plays, less often
    when many watch."""
    at = chosen.read(lesson)
    before = ticks(lesson, at)
    points = bool(lesson.sheet and lesson.sheet.kind == "points")  # which are moved: their answers are awaited
    every = max(0.2 if points else 0.4, engine().pending / 30) if before[0] else None
    st.fragment(beat, run_every=every)(lesson, backdrop, onward, before)


def beat(
    lesson: Lesson,
    backdrop: Callable[[Chosen, bool], Evidence],
    onward: Callable[[], None],
    before: tuple[bool, int],
) -> None:
    """Drawn again by itself: what the learner has set is read anew."""
    at = chosen.read(lesson)
    if at.beat != "Run":
        st.rerun()  # a button here draws only this part again, and they are going on
    settings = at.settings
    runs = lesson.runs(settings) if at.pressed else ()  # what others have made of the same is not this learner's yet
    known, answers = states(runs), answered(lesson, settings)
    seen = watched(lesson, known)
    moving = is_alive(known) or seen.playing
    points = bool(lesson.sheet and lesson.sheet.kind == "points")
    on_sheet = lesson, settings, answers, waits(about(lesson, settings))
    on_run = bool(lesson.sheet and lesson.sheet.beat == "Run")
    over = at.pressed and not moving and all(state.kind == "done" for _, state in known)
    results = gather(lesson.after(settings)) if over else Evidence()
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            say(lesson, "run")
            if not points and on_run:
                sheet(*on_sheet)
            others = lesson.controls[lesson.in_reach :]
            for near in lesson.controls[: lesson.in_reach]:
                control(lesson.slug, near, settings[near])
            buttons(lesson, settings, known)
            if at.may_see:
                onward()  # above all that comes and grows, so that it never moves away under a pointer
            progress(lesson, settings, known, seen)
            told = {state.message for _, state in known}
            measures = [each for each in states(wanted(lesson, settings)) if isinstance(each[0].of, Measure)]
            failures([(piece, state) for piece, state in measures if state.message not in told])
            if over and lesson.mission:
                mission(lesson.mission, seen.evidence | results, settings)
            if others:
                with st.expander("Experiment", icon=":material/tune:"):
                    for other in others:
                        control(lesson.slug, other, settings[other])
        with st.container(key="stage"):
            evidence = backdrop(at, at.may_see and not moving) | seen.evidence | results | answers
            pad = partial(sheet, *on_sheet) if points else None
            stage(lesson, evidence, settings, at.guess, moving=at.pressed, live=moving, pad=pad)
    if before != ticks(lesson, at):
        st.rerun()  # begun, answered or ended since the page was drawn: the ticking changes too


def ticks(lesson: Lesson, at: Chosen) -> tuple[bool, int]:
    """What the rest of the page depends on: whether something will change by itself, and how many answers are still to
    come. A measure that nobody could be asked for yet is asked for again."""
    values = wanted(lesson, at.settings)
    playing = watched(lesson, states(lesson.runs(at.settings) if at.pressed else ())).playing
    return playing or waits(values), sum(
        isinstance(piece.of, Measure) and not store.complete(piece.of) for piece in values
    )


def waits(values: Values) -> bool:
    """Whether something is under way; a run waits for its button, but a measure is asked for by itself."""
    return any(
        state.kind in ALIVE or (state.kind == "absent" and isinstance(piece.of, Measure))
        for piece, state in states(values)
    )


def about(lesson: Lesson, settings: Settings) -> Measures:
    """What is asked about the sheet, of runs that are there already: asking trains nothing but what was let go."""
    asked = lesson.asks(settings) if lesson.sheet else ()
    return [piece for piece in asked if store.complete(piece.of) or all(map(at_hand, piece.of.runs))]


def at_hand(run: Run) -> bool:
    return bool(store.weights(run)) or store.let_go(run)


def answered(lesson: Lesson, settings: Settings) -> Evidence:
    """What is known about the sheet; while the answers are still to come, about what stood there before."""
    asked, at = about(lesson, settings), chosen.key(lesson.slug, "answered")
    if all(store.complete(piece.of) for piece in asked):
        st.session_state[at] = settings.given
        return gather(asked)
    last = replace(settings, given=st.session_state.get(at, settings.given))
    return gather(about(lesson, last)) | gather(asked)


def wanted(lesson: Lesson, settings: Settings) -> Values:
    """The runs, what is asked about the sheet, and as soon as the runs are complete what is asked of them; asks for
    these measures itself."""
    runs = lesson.runs(settings)
    measures = [*about(lesson, settings), *(lesson.after(settings) if finished(runs) else ())]
    with suppress(Busy):  # the page is whole without them, and the next look asks again
        if absent := [piece.of for piece, state in states(measures) if state.kind == "absent"]:
            engine().ask(absent, *me())
    return [*runs, *measures]


def ask(lesson: Lesson, settings: Settings) -> None:
    """Called by the buttons, before the page is drawn again."""
    chosen.change(lesson.slug, chosen.DRAW, settings.draw)
    chosen.change(lesson.slug, chosen.PRESSED, 1)
    runs = [piece.of for piece in lesson.runs(settings)]
    st.session_state[chosen.key(lesson.slug, "since")] = time.monotonic()
    st.session_state[chosen.key(lesson.slug, "view")] = None
    try:
        engine().ask(runs, *me())
    except Busy as error:
        st.session_state["refused"] = str(error)


def stop(runs: Sequence[Run]) -> None:
    engine().stop(runs, *me())


def buttons(lesson: Lesson, settings: Settings, known: States) -> None:
    runs = [piece.of for piece in lesson.runs(settings)]
    kinds, slug = {state.kind for _, state in known}, lesson.slug
    seen = chosen.key(slug, "since") in st.session_state
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
            icon = ":material/play_arrow:"
            st.button(said, icon=icon, type="primary", on_click=ask, args=now, key=f"{slug}.run")
    if refused := st.session_state.pop("refused", ""):
        st.warning(refused)
