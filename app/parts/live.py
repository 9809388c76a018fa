"""Beat three: ask for runs, watch them, stop them. The page only reads the store; the workers write it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.parts import chosen
from app.parts.aloud import aloud
from app.parts.chosen import Chosen
from app.parts.controls import control
from app.parts.once import once
from app.parts.sheet import sheet
from app.parts.stage import PADS, PICTURE, stage
from app.parts.watch import ALIVE, PATIENCE, Seen, States, failures, is_alive, mission, progress, states, watched
from app.parts.words import say
from app.parts.workers import engine, me
from core.serve import store
from core.serve.engine import Busy
from core.spec import Measure, Run
from lessons.kit.catalogue import Bench
from lessons.kit.evidence import gather
from lessons.kit.values import Evidence, Measures, Settings


def live(
    lesson: Bench, backdrop: Callable[[Chosen, bool], Evidence], onward: Callable[[], None] = lambda: None
) -> None:
    """The rail with its controls and the stage; `onward` draws what leads on from here. While something runs or plays,
    what changes by itself is drawn again by itself, less often when many watch; all else stays."""
    at = chosen.read(lesson)
    settings, now = at.settings, glance(lesson, at)
    by_hand = has_pad(lesson)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            if lesson.words["run"]:
                say(lesson, "run")
            if lesson.sheet and lesson.sheet.beat == "Run" and not by_hand:
                sheet(lesson, settings, now.answers, now.asked)
            scrubs = st.session_state[chosen.key(lesson.slug, "scrubs")] = on_player(lesson, backdrop, at)
            for near in lesson.controls[: lesson.in_reach]:
                if near is lesson.turn and scrubs:
                    how = "" if now.moving or now.over else ": move the slider under the picture"
                    st.markdown(f"{near.label} **{settings[near]}**{how}.")
                    continue
                control(lesson.slug, near, settings[near], at.held.get(near.name))
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
                        control(lesson.slug, other, settings[other], at.held.get(other.name))
        with st.container(key="stage"):
            every = max(now.every, now.every / 12 * engine().pending) or None  # all together look thirty times a second
            st.fragment(tick, run_every=every)(lesson, backdrop, told, at, now.stands, [now])


def tick(
    lesson: Bench,
    backdrop: Callable[[Chosen, bool], Evidence],
    told: DeltaGenerator,
    at: Chosen,
    before: tuple[float, bool, int],
    first: list[Now],
) -> None:
    """The stage, and what is told of the runs; drawn again by itself. What was seen as the page was drawn is there for
    the first look."""
    if lesson.turn and chosen.setting(lesson.slug, lesson.turn) != at.settings[lesson.turn]:
        st.rerun()  # a player was left at another step, which the rest of the page must show
    if on_player(lesson, backdrop, at) != st.session_state.get(chosen.key(lesson.slug, "scrubs")):
        st.rerun()  # another view was chosen, beside which the step has a slider, or has none
    at = chosen.read(lesson) if has_pad(lesson) else at  # nothing else is set without the rest of the page
    settings, now = at.settings, first.pop() if first else glance(lesson, at)
    with told:
        aloud(lesson, settings, now.moving, now.over, now.seen.evidence)
        progress(lesson, settings, now.runs, now.seen)
    evidence = backdrop(at, at.may_see and not now.moving) | now.seen.evidence
    evidence |= results(lesson, settings, now) | now.answers
    if headline := lesson.headline(evidence, settings):
        with st.container(key="headline"):
            st.markdown(headline)
    turn = now.over if draws(lesson) else has_pad(lesson)  # who draws waits for the nets that are to guess
    pad = partial(sheet, lesson, settings, now.answers, now.asked) if turn else None
    watching = at.pressed and not (turn and draws(lesson))
    stage(lesson, evidence, settings, at.guess, moving=watching, live=now.moving, pad=pad)
    if before != now.stands:
        st.rerun()  # begun, answered or ended since the page was drawn: the ticking changes too


def on_player(lesson: Bench, backdrop: Callable[[Chosen, bool], Evidence], at: Chosen) -> bool:
    """Whether a player is on the stage with which a step is chosen, so that it needs no slider of its own."""
    view = st.session_state.get(chosen.key(lesson.slug, "view"))
    return lesson.turn is not None and view in (None, PICTURE) and lesson.is_player(backdrop(at, False))


def has_pad(lesson: Bench) -> bool:
    return bool(lesson.sheet and lesson.sheet.kind in PADS)


def draws(lesson: Bench) -> bool:
    return bool(lesson.sheet and lesson.sheet.kind == "drawing")


@dataclass(frozen=True)
class Now:
    """How all stands that a page waits for, asked once a look."""

    values: States  # what is wanted
    runs: States  # of these the runs, none before the learner has asked for them: others may have made the same
    answers: Evidence  # about the sheet
    asked: bool  # answers about what stands on the sheet now are still to come
    seen: Seen
    soon: float  # seconds between two looks at what moves

    @property
    def moving(self) -> bool:
        return is_alive(self.runs) or self.seen.playing

    @property
    def over(self) -> bool:
        """Whether the learner's runs are done, and have been played."""
        return bool(self.runs) and not self.moving and all(state.kind == "done" for _, state in self.runs)

    @property
    def every(self) -> float:
        """Seconds between two looks; 0 where nothing will change by itself. A measure that nobody could be asked for
        yet is asked for again."""
        if not (self.seen.playing or waits(self.values)):
            return 0
        ahead = [state.position for _, state in self.values if state.kind in ALIVE]
        return 3 * self.soon if ahead and all(ahead) and not self.seen.playing else self.soon  # others come first

    @property
    def stands(self) -> tuple[float, bool, int]:
        """What the rest of the page depends on: how often it looks, whether there is something to stop, and how many
        answers are still to come."""
        still = sum(isinstance(piece.of, Measure) and state.kind != "done" for piece, state in self.values)
        return self.every, is_alive(self.runs), still


def glance(lesson: Bench, at: Chosen) -> Now:
    """Look at everything once, and ask for what is to be asked by itself."""
    values = wanted(lesson, at.settings)
    runs = [(piece, state) for piece, state in values if isinstance(piece.of, Run)] if at.pressed else []
    asked = waits(states(about(lesson, at.settings)))
    soon = 0.2 if has_pad(lesson) else 0.4  # a pad is used while it looks, and answers are awaited
    return Now(values, runs, answered(lesson, at.settings), asked, watched(lesson, runs), soon)


def results(lesson: Bench, settings: Settings, now: Now) -> Evidence:
    """What was asked of the runs, once these are over."""
    return gather(once(lesson, "after", settings)) if now.over else Evidence()


def waits(known: States) -> bool:
    """Whether something is under way; a run waits for its button, but a measure is asked for by itself."""
    return any(
        state.kind in ALIVE or (state.kind == "absent" and isinstance(piece.of, Measure)) for piece, state in known
    )


def about(lesson: Bench, settings: Settings) -> Measures:
    """What is asked about the sheet, of runs that are there already: asking trains nothing but what was let go."""
    asked = once(lesson, "asks", settings)
    return [piece for piece in asked if store.complete(piece.of) or all(map(at_hand, piece.of.runs))]


def at_hand(run: Run) -> bool:
    return bool(store.weights(run)) or store.let_go(run)


def answered(lesson: Bench, settings: Settings) -> Evidence:
    """What is known about the sheet; while the answers are still to come, about what stood there before."""
    asked, at = about(lesson, settings), chosen.key(lesson.slug, "answered")
    if all(store.complete(piece.of) for piece in asked):
        st.session_state[at] = settings.given
        return gather(asked)
    last = replace(settings, given=st.session_state.get(at, settings.given))
    return gather(about(lesson, last)) | gather(asked)


def wanted(lesson: Bench, settings: Settings) -> States:
    """The runs, what is asked about the sheet, and as soon as the runs are complete what is asked of them; asks for
    these measures itself."""
    runs = states(once(lesson, "runs", settings))
    done = all(state.kind == "done" for _, state in runs)
    measures = states([*about(lesson, settings), *(once(lesson, "after", settings) if done else ())])
    with suppress(Busy):  # the page is whole without them, and the next look asks again
        if absent := [piece.of for piece, state in measures if state.kind == "absent"]:
            engine().ask(absent, *me())
    return [*runs, *measures]


def ask(lesson: Bench, settings: Settings) -> None:
    """Called by the buttons, before the page is drawn again."""
    chosen.change(lesson.slug, chosen.DRAW, settings.draw)
    chosen.change(lesson.slug, chosen.PRESSED, 1)
    st.session_state[chosen.key(lesson.slug, "view")] = None
    try:
        begin(lesson, settings)
    except Busy as error:
        st.session_state["refused"] = str(error)


def begin(lesson: Bench, settings: Settings) -> None:
    """The runs are asked for, and what is stored is played from now on. Busy where no more can wait."""
    behind = engine().pending > 0  # whoever has to wait sees an earlier run at once
    st.session_state[chosen.key(lesson.slug, "since")] = time.monotonic(), 0.0 if behind else PATIENCE
    engine().ask([piece.of for piece in once(lesson, "runs", settings)], *me())


def stop(runs: Sequence[Run]) -> None:
    engine().stop(runs, *me())


def buttons(lesson: Bench, settings: Settings, known: States) -> None:
    runs = [piece.of for piece in once(lesson, "runs", settings)]
    kinds, slug = {state.kind for _, state in known}, lesson.slug
    seen, lacks = chosen.key(slug, "since") in st.session_state, ""
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
