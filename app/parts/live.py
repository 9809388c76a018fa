"""Beat three: ask for runs, watch them, stop them. The page only reads the store; the workers write it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
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
from lessons.kit.evidence import gather, in_step
from lessons.kit.told import Mission
from lessons.kit.values import Evidence, Measures, Piece, Runs, Settings, Values

States = list[tuple[Piece[Run | Measure], State]]
ALIVE, OVER = ("queued", "running"), ("failed", "stopped", "absent")
SECONDS = 4.0  # in which a stored run is played
PATIENCE = 1.0  # seconds without a point, after which an earlier run of the same kind is played


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
    settings = at.settings
    runs = lesson.runs(settings) if at.pressed else ()  # what others have made of the same is not this learner's yet
    known, answers, seen = states(runs), answered(lesson, settings), watched(lesson, settings, at.pressed)
    moving = is_alive(known) or seen.playing
    points, on_sheet = bool(lesson.sheet and lesson.sheet.kind == "points"), (lesson, settings, answers)
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
            progress(lesson, settings, known, seen)
            for piece, state in states(wanted(lesson, settings)):
                if isinstance(piece.of, Measure) and state.kind == "failed":
                    st.error(f"{piece}: {state.message}")
            if over and lesson.mission:
                mission(lesson.mission, seen.evidence | results, settings)
            if others:
                with st.expander("Experiment", icon=":material/tune:"):
                    for other in others:
                        control(lesson.slug, other, settings[other])
            if at.may_see:
                onward()
        with st.container(key="stage"):
            evidence = backdrop(at, at.may_see and not moving) | seen.evidence | results | answers
            pad = partial(sheet, *on_sheet) if points else None
            stage(lesson, evidence, settings, at.guess, moving=at.pressed, live=moving, pad=pad)
    if before != ticks(lesson, at):
        st.rerun()  # begun, answered or ended since the page was drawn: the ticking changes too


@dataclass(frozen=True)
class Seen:
    """What of the runs is on the stage now."""

    evidence: Evidence
    playing: bool = False  # what is stored is being played, and more of it will come by itself
    recorded: bool = False  # it is an earlier run of the same kind, while the learner's own is prepared


def watched(lesson: Lesson, settings: Settings, pressed: bool) -> Seen:
    """The learner's own runs as far as they have come, all at the same step, paced so that everybody gets the moment;
    where nothing has come after PATIENCE, an earlier run of the same kind."""
    if not pressed:
        return Seen(Evidence())
    runs, since = lesson.runs(settings), st.session_state.get(chosen.key(lesson.slug, "since"))
    engine().watch(me())
    mine = in_step(gather(runs), going(runs))
    passed = time.monotonic() - since if since is not None else math.inf
    kinds = {state.kind for _, state in states(runs)}
    if len(mine) or not PATIENCE < passed < math.inf or not kinds & {*ALIVE, "failed"}:
        return paced(mine, runs, passed)
    earlier = lesson.runs(lesson.recorded)
    if not all(store.complete(piece.of) for piece in earlier):
        return Seen(mine)
    return replace(paced(in_step(gather(earlier), earlier), earlier, passed - PATIENCE), recorded=True)


def going(runs: Runs) -> Runs:
    """Those that may still come farther, or have come to their end: the others hold nobody up."""
    return [piece for piece, state in zip(runs, (engine().state(piece.of) for piece in runs)) if state.kind not in OVER]


def paced(evidence: Evidence, runs: Runs, passed: float) -> Seen:
    """No faster than a learner can follow: a run's tests come evenly within SECONDS, however soon they were made."""
    share = passed / SECONDS
    if share >= 1 or not len(evidence):
        return Seen(evidence)
    due = {piece.key: piece.of.tests[int(share * (len(piece.of.tests) - 1))] for piece in runs}
    return Seen(evidence.up_to(due), playing=True)


def own(lesson: Lesson, settings: Settings) -> Evidence:
    """The learner's own runs where they are complete, else those that ship, with what was asked of them."""
    for at in (settings, lesson.recorded):
        if all(store.complete(piece.of) for piece in lesson.runs(at)):
            return gather(lesson.runs(at)) | gather(lesson.after(at))
    return Evidence()


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
    playing = watched(lesson, at.settings, at.pressed).playing
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
    runs = [piece.of for piece in lesson.runs(settings)]
    st.session_state[chosen.key(lesson.slug, "since")] = time.monotonic()
    st.session_state[chosen.key(lesson.slug, "view")] = None
    try:
        engine().ask(runs, me())
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


def progress(lesson: Lesson, settings: Settings, known: States, seen: Seen) -> None:
    """One bar for all runs, one sentence on where they stand; a line of its own for each that went wrong."""
    runs = [(piece, piece.of, state) for piece, state in known if isinstance(piece.of, Run)]
    kinds = {state.kind for *_, state in runs}
    if not runs or ("absent" in kinds and not kinds & set(ALIVE)):
        return
    for piece, _, state in runs:
        if state.kind == "failed" and chosen.key(lesson.slug, "since") in st.session_state:
            st.error(f"{piece}: {state.message}")
        if state.restarted:
            st.info(f"{piece}: a worker was lost in the middle of this run. It was begun again; nothing is missing.")
    if any(state.kind == "failed" for *_, state in runs):
        if seen.recorded:
            st.caption("You see an earlier run of the same kind.")
        return
    tables = [seen.evidence.table(*piece.place) for piece, *_ in runs if seen.evidence.has(*piece.place)]
    made, all_steps = sum(int(table.step.max()) for table in tables), sum(run.steps for _, run, _ in runs)
    seconds = max((float(table.seconds.max()) for table in tables), default=0.0)
    st.progress(min(1.0, made / all_steps), standing_at([state for *_, state in runs], seen, made, all_steps, seconds))
    if said := lesson.tells(seen.evidence, settings):
        st.markdown(said)


def standing_at(states: list[State], seen: Seen, made: int, all_steps: int, seconds: float) -> str:
    """What the bar says."""
    kinds = {state.kind for state in states}
    if seen.recorded or not (made or kinds == {"done"}):
        ahead = max((state.position for state in states), default=0)
        waits = next((state.message for state in states if state.message), "")
        waits = waits or (f"{ahead} ahead of yours." if ahead else "Yours begins as soon as a worker is awake.")
        return f"Recorded earlier. {waits}" if seen.recorded else waits
    if "stopped" in kinds:
        return f"Stopped after {made:,} of {all_steps:,} steps"
    return f"{made:,} of {all_steps:,} steps, {seconds:.1f} s"


def mission(goal: Mission, evidence: Evidence, settings: Settings) -> None:
    """The lesson's goal, and whether the run that is over has met it."""
    met = goal.met(evidence, settings)
    st.markdown(f"{':material/check_circle: **Done:**' if met else ':material/flag: **Goal:**'} {goal.says}")
