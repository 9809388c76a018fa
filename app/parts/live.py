"""Beat three: ask for runs, watch them, stop them. The page only reads the store; the workers write it."""

from __future__ import annotations

import time
from contextlib import suppress

import streamlit as st

from app.parts import url
from app.parts.figure import draw
from app.parts.predict import hide
from app.parts.sheet import sheet
from app.parts.workers import engine, me
from core.serve import store
from core.serve.engine import Busy, State
from core.spec import Measure, Run
from lessons.kit.catalogue import Evidence, Given, Lesson, Settings, Values
from lessons.kit.evidence import gather

ALIVE = ("queued", "running")
PATIENCE = 0.6  # seconds
MANY = 4  # runs; of more, only those that are neither waiting nor done have a line of their own


def live(lesson: Lesson, backdrop: Evidence, settings: Settings, guess: Settings) -> None:
    """What the learner places or types, the runs with their live pictures, and the others below them. Looks again by
    itself only while something runs, less often when many watch; only the live part is drawn again then."""
    given, place = url.given(lesson), st.container()
    asked = wanted(lesson, settings, given)
    wait(asked)
    before = ticks(asked)
    answers = gather(about(lesson, settings, given))
    with place:
        sheet(lesson, settings, given, answers)
    for label, state in states(asked).items():
        if isinstance(asked[label], Measure) and state.kind == "failed":
            st.error(f"{label}: {state.message}")
    every = max(0.4, 0.1 * engine().pending) if before[0] else None
    st.fragment(watch, run_every=every)(lesson, backdrop, settings, given, guess, before)
    runs = lesson.runs(settings)
    found = gather(runs | lesson.after(settings))
    evidence = backdrop | found if finished(runs) else hide(lesson, backdrop)
    for number, figure in enumerate(lesson.pictures(evidence | answers, settings, guess)):
        draw(figure, f"{lesson.slug}.picture.{number}.{figure.kind}")


def watch(
    lesson: Lesson, backdrop: Evidence, settings: Settings, given: Given, guess: Settings, before: tuple[bool, int]
) -> None:
    if url.settings(lesson)["draw"] != settings["draw"]:
        st.rerun()  # another draw was asked for: a button here draws only this part again, still about the old one
    runs = lesson.runs(settings)
    known = states(runs)
    buttons(lesson, settings, runs, known)
    found, answers = gather(runs), gather(about(lesson, settings, given))
    for label, run in runs.items():
        if len(runs) <= MANY or known[label].kind not in ("queued", "done"):
            progress(label, run, known[label], found)
    for number, figure in enumerate(lesson.live(backdrop | found | answers, settings, guess)):
        draw(figure, f"{lesson.slug}.live.{number}")
    if before != ticks(wanted(lesson, settings, given)):
        st.rerun()  # begun, answered or ended since the page was drawn: the rest of it changes too, as does the ticking


def finished(runs: Values) -> bool:
    return all(state.kind == "done" for state in states(runs).values())


def states(values: Values) -> dict[str, State]:
    return {label: engine().state(value) for label, value in values.items()}


def busy(values: Values) -> bool:
    """Whether something will change by itself. A measure that nobody could be asked for yet is asked for again."""
    known = states(values)
    return any(s.kind in ALIVE or (s.kind == "absent" and isinstance(values[v], Measure)) for v, s in known.items())


def ticks(values: Values) -> tuple[bool, int]:
    """What the rest of the page depends on: whether it ticks, and how many answers are still to come."""
    return busy(values), sum(isinstance(one, Measure) and not store.complete(one) for one in values.values())


def about(lesson: Lesson, settings: Settings, given: Given) -> Values:
    """What is asked about the sheet, of runs that are there already: asking trains nothing."""
    asked = lesson.asks(settings, given) if lesson.sheet else {}
    return {
        label: one
        for label, one in asked.items()
        if isinstance(one, Measure) and (store.complete(one) or all(map(store.weights, one.runs)))
    }


def wait(values: Values) -> None:
    """A measure mostly takes a few tenths of a second: wait for it rather than draw the page twice."""
    measures: Values = {label: value for label, value in values.items() if isinstance(value, Measure)}
    until = time.monotonic() + PATIENCE
    while busy(measures) and time.monotonic() < until:
        time.sleep(0.02)


def wanted(lesson: Lesson, settings: Settings, given: Given) -> Values:
    """The runs, what is asked about the sheet, and as soon as the runs are complete what is asked of them; asks for
    these measures itself."""
    runs = lesson.runs(settings)
    measures = about(lesson, settings, given) | (lesson.after(settings) if finished(runs) else {})
    with suppress(Busy):  # the page is whole without them, and the next look asks again
        if absent := [measures[label] for label, state in states(measures).items() if state.kind == "absent"]:
            engine().ask(absent, me())
    return runs | measures


def ask(lesson: Lesson, settings: Settings, draw_labels: int) -> None:
    """Called by the buttons, before the page is drawn again."""
    url.remember(lesson, "draw", draw_labels)
    try:
        engine().ask(list(lesson.runs(settings | {"draw": draw_labels}).values()), me())
    except Busy as error:
        st.session_state["refused"] = str(error)


def stop(runs: Values) -> None:
    engine().stop(list(runs.values()), me())


def buttons(lesson: Lesson, settings: Settings, runs: Values, known: dict[str, State]) -> None:
    nets = sum(run.seeds for run in runs.values() if isinstance(run, Run))
    if any(state.kind in ALIVE for state in known.values()):
        st.button("Stop", icon=":material/stop:", on_click=stop, args=(runs,), key=f"{lesson.slug}.stop")
    elif all(state.kind == "done" for state in known.values()):
        again = (lesson, settings, settings["draw"] + 1)
        st.button(
            "Again, with another draw", icon=":material/replay:", on_click=ask, args=again, key=f"{lesson.slug}.again"
        )
    else:
        now = (lesson, settings, settings["draw"])
        said = f"Train {nets} nets now"
        st.button(said, icon=":material/play_arrow:", type="primary", on_click=ask, args=now, key=f"{lesson.slug}.run")
    if refused := st.session_state.pop("refused", ""):
        st.warning(refused)


def progress(label: str, run: object, state: State, found: Evidence) -> None:
    """One line a run: how far it is, or how it ended."""
    if not isinstance(run, Run) or state.kind == "absent":
        return
    if state.kind == "failed":
        st.error(f"{label}: {state.message}")
        return
    table = found.get(label)
    step, seconds = (0, 0.0) if table is None else (int(table.step.max()), float(table.seconds.max()))
    said = {
        "queued": state.message
        or (f"waiting, {state.position} ahead" if state.position else "about to start, as soon as a worker is awake"),
        "running": f"step {step:,} of {run.steps:,}, {seconds:.1f} s",
        "done": f"{run.seeds} net{'s' * (run.seeds > 1)}, {run.steps:,} steps, {seconds:.1f} s",
        "stopped": f"stopped at step {step:,}",
    }[state.kind]
    st.progress(1.0 if state.kind == "done" else step / run.steps, f"{label}: {said}")
    if state.restarted:
        st.info(f"{label}: a worker was lost in the middle of this run. It was begun again; nothing is missing.")
