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
from app.parts.words import say
from app.parts.workers import engine, me
from core.serve import store
from core.serve.engine import Busy, State
from core.spec import Measure, Run
from lessons.kit.catalogue import Lesson
from lessons.kit.evidence import gather
from lessons.kit.values import Evidence, Measures, Piece, Runs, Settings, Values

States = list[tuple[Piece[Run | Measure], State]]
ALIVE = ("queued", "running")
SECONDS = 4.0  # in which a stored run is played
MANY = 4  # runs; of more, only those that are neither waiting nor done have a line of their own


def live(lesson: Lesson, backdrop: Callable[[Chosen, bool], Evidence], onward: Callable[[], None]) -> None:
    """The rail with its controls and the stage. Looks again by itself only while something runs or plays, less often
    when many watch."""
    at = chosen.read(lesson)
    before = ticks(lesson, at)
    every = max(0.4, 0.1 * engine().pending) if before[0] else None
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
    settings, share = at.settings, played(lesson)
    runs = lesson.runs(settings) if at.pressed else ()  # what others have made of the same is not this learner's yet
    known, answers = states(runs), answered(lesson, settings)
    over = all(state.kind == "done" for _, state in known)
    moving = is_alive(known) or share < 1
    points, on_sheet = bool(lesson.sheet and lesson.sheet.kind == "points"), (lesson, settings, answers)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            say(lesson, "run")
            if not points:
                sheet(*on_sheet)
            first, *others = lesson.controls
            control(lesson.slug, first, settings[first])
            buttons(lesson, settings, known)
            progress = cut(gather(runs), share)
            for piece, state in known:
                if len(runs) <= MANY or state.kind not in ("queued", "done"):
                    line(piece, state, progress)
            for piece, state in states(wanted(lesson, settings)):
                if isinstance(piece.of, Measure) and state.kind == "failed":
                    st.error(f"{piece}: {state.message}")
            if others:
                with st.expander("Experiment", icon=":material/tune:"):
                    for other in others:
                        control(lesson.slug, other, settings[other])
            if at.may_see:
                onward()
        with st.container(key="stage"):
            results = gather(lesson.after(settings)) if over and at.pressed and not moving else Evidence()
            evidence = backdrop(at, at.may_see and not moving) | progress | results | answers
            stage(lesson, evidence, settings, at.guess, moving, partial(sheet, *on_sheet) if points else None)
    if before != ticks(lesson, at):
        st.rerun()  # begun, answered or ended since the page was drawn: the ticking changes too


def played(lesson: Lesson) -> float:
    """How much of what is stored is shown: all of it comes within SECONDS after the learner's click, as if it was made
    now, so that everybody gets the moment."""
    since = st.session_state.get(chosen.key(lesson.slug, "since"))
    return 1.0 if since is None else min(1.0, (time.monotonic() - since) / SECONDS)


def cut(evidence: Evidence, share: float) -> Evidence:
    """The first share of every run's tests."""
    return evidence if share >= 1 else evidence.begun(share)


def is_alive(known: States) -> bool:
    return any(state.kind in ALIVE for _, state in known)


def states(values: Values) -> States:
    return [(piece, engine().state(piece.of)) for piece in values]


def finished(runs: Runs) -> bool:
    return all(state.kind == "done" for _, state in states(runs))


def ticks(lesson: Lesson, at: Chosen) -> tuple[bool, int]:
    """What the rest of the page depends on: whether something will change by itself, and how many answers are still to
    come. A measure that nobody could be asked for yet is asked for again."""
    values = wanted(lesson, at.settings)
    return played(lesson) < 1 or waits(values), sum(
        isinstance(piece.of, Measure) and not store.complete(piece.of) for piece in values
    )


def waits(values: Values) -> bool:
    """Whether something is under way; a run waits for its button, but a measure is asked for by itself."""
    return any(
        state.kind in ALIVE or (state.kind == "absent" and isinstance(piece.of, Measure))
        for piece, state in states(values)
    )


def about(lesson: Lesson, settings: Settings) -> Measures:
    """What is asked about the sheet, of runs that are there already: asking trains nothing."""
    asked = lesson.asks(settings) if lesson.sheet else ()
    return [piece for piece in asked if store.complete(piece.of) or all(map(store.weights, piece.of.runs))]


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
            engine().ask(absent, me())
    return [*runs, *measures]


def ask(lesson: Lesson, settings: Settings) -> None:
    """Called by the buttons, before the page is drawn again."""
    chosen.change(lesson.slug, chosen.DRAW, settings.draw)
    chosen.change(lesson.slug, chosen.PRESSED, 1)
    st.session_state[chosen.key(lesson.slug, "since")] = time.monotonic()
    st.session_state[chosen.key(lesson.slug, "view")] = None
    try:
        engine().ask([piece.of for piece in lesson.runs(settings)], me())
    except Busy as error:
        st.session_state["refused"] = str(error)


def stop(runs: Sequence[Run]) -> None:
    engine().stop(runs, me())


def buttons(lesson: Lesson, settings: Settings, known: States) -> None:
    runs = [piece.of for piece in lesson.runs(settings)]
    kinds, slug = {state.kind for _, state in known}, lesson.slug
    seen = chosen.key(slug, "since") in st.session_state
    with st.container(key="train"):
        if kinds & set(ALIVE):
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


def line(piece: Piece[Run | Measure], state: State, progress: Evidence) -> None:
    """One line a run: how far it is, or how it ended."""
    run = piece.of
    if not isinstance(run, Run) or state.kind == "absent":
        return
    if state.kind == "failed":
        st.error(f"{piece}: {state.message}")
        return
    step, seconds = 0, 0.0
    if progress.has(*piece.place):
        table = progress.table(*piece.place)
        step, seconds = int(table.step.max()), float(table.seconds.max())
    said = {
        "queued": state.message
        or (f"waiting, {state.position} ahead" if state.position else "about to start, as soon as a worker is awake"),
        "running": f"step {step:,} of {run.steps:,}, {seconds:.1f} s",
        "done": f"{run.seeds} net{'s' * (run.seeds > 1)}, {run.steps:,} steps, {seconds:.1f} s",
        "stopped": f"stopped at step {step:,}",
    }[state.kind]
    st.progress(1.0 if state.kind == "done" else step / run.steps, f"{piece}: {said}")
    if state.restarted:
        st.info(f"{piece}: a worker was lost in the middle of this run. It was begun again; nothing is missing.")
