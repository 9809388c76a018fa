"""Beat three: ask for runs, watch them, stop them. The page only reads the store; the workers write it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from app.parts import chosen
from app.parts.chosen import Chosen
from app.parts.figure import draw
from app.parts.sheet import sheet
from app.parts.workers import engine, me
from core.serve import store
from core.serve.engine import Busy, State
from core.spec import Measure, Run
from lessons.kit.catalogue import Lesson
from lessons.kit.evidence import gather
from lessons.kit.values import Evidence, Measures, Piece, Runs, Settings, Values

ALIVE = ("queued", "running")
MANY = 4  # runs; of more, only those that are neither waiting nor done have a line of their own


def live(lesson: Lesson, backdrop: Evidence, at: Chosen) -> None:
    """What the learner places or types, the runs with their live pictures, and the others below them. Looks again by
    itself only while something runs, less often when many watch; only the live part is drawn again then."""
    settings, runs = at.settings, lesson.runs(at.settings)
    asked = wanted(lesson, settings)
    before = ticks(asked)
    answers = answered(lesson, settings)
    sheet(lesson, settings, answers)
    for piece, state in states(asked):
        if isinstance(piece.of, Measure) and state.kind == "failed":
            st.error(f"{piece}: {state.message}")
    every = max(0.4, 0.1 * engine().pending) if before[0] else None
    st.fragment(watch, run_every=every)(lesson, backdrop, at, before)
    results = gather([*runs, *lesson.after(settings)]) if finished(runs) else Evidence()
    for number, figure in enumerate(lesson.pictures(backdrop | results | answers, settings, at.guess)):
        draw(figure, f"{lesson.slug}.picture.{number}.{figure.kind}")


def watch(lesson: Lesson, backdrop: Evidence, at: Chosen, before: tuple[bool, int]) -> None:
    settings = at.settings
    if chosen.setting(lesson.slug, chosen.DRAW) != settings.draw:
        st.rerun()  # another draw was asked for: a button here draws only this part again, still about the old one
    runs = lesson.runs(settings)
    known = states(runs)
    buttons(lesson, settings, known)
    progress = gather(runs)
    for piece, state in known:
        if len(runs) <= MANY or state.kind not in ("queued", "done"):
            line(piece, state, progress)
    shown = backdrop | progress | answered(lesson, settings)
    for number, figure in enumerate(lesson.live(shown, settings, at.guess)):
        draw(figure, f"{lesson.slug}.live.{number}")
    if before != ticks(wanted(lesson, settings)):
        st.rerun()  # begun, answered or ended since the page was drawn: the rest of it changes too, as does the ticking


def states(values: Values) -> list[tuple[Piece[Run | Measure], State]]:
    return [(piece, engine().state(piece.of)) for piece in values]


def finished(runs: Runs) -> bool:
    return all(state.kind == "done" for _, state in states(runs))


def ticks(values: Values) -> tuple[bool, int]:
    """What the rest of the page depends on: whether something will change by itself, and how many answers are still to
    come. A measure that nobody could be asked for yet is asked for again."""
    alive = (
        state.kind in ALIVE or (state.kind == "absent" and isinstance(piece.of, Measure))
        for piece, state in states(values)
    )
    return any(alive), sum(isinstance(piece.of, Measure) and not store.complete(piece.of) for piece in values)


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
    try:
        engine().ask([piece.of for piece in lesson.runs(settings)], me())
    except Busy as error:
        st.session_state["refused"] = str(error)


def stop(runs: Sequence[Run]) -> None:
    engine().stop(runs, me())


def buttons(lesson: Lesson, settings: Settings, known: Sequence[tuple[Piece[Run | Measure], State]]) -> None:
    runs = [piece.of for piece, _ in known if isinstance(piece.of, Run)]
    kinds, slug = {state.kind for _, state in known}, lesson.slug
    if kinds & set(ALIVE):
        st.button("Stop", icon=":material/stop:", on_click=stop, args=(runs,), key=f"{slug}.stop")
    elif kinds == {"done"}:
        again = (lesson, replace(settings, draw=settings.draw % 999 + 1))
        st.button("Again, with another draw", icon=":material/replay:", on_click=ask, args=again, key=f"{slug}.again")
    else:
        said = f"Train {sum(run.seeds for run in runs)} nets now"
        now = (lesson, settings)
        st.button(said, icon=":material/play_arrow:", type="primary", on_click=ask, args=now, key=f"{slug}.run")
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
