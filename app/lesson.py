"""Draws any lesson: a header line, a rail of words and controls, and the stage. Knows the types of a lesson, and no
lesson by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial

import streamlit as st

from app.parts import chosen, classroom, memory
from app.parts.chosen import NOT_YET, PREDICTED, SKIPPED, Chosen
from app.parts.explain import explain
from app.parts.live import live
from app.parts.look import look
from app.parts.once import once
from app.parts.predict import on_picture, predict
from app.parts.recall import recall
from app.parts.watch import own
from app.parts.words import say
from core.serve.store import Absent
from lessons.kit.catalogue import BEATS, Lesson
from lessons.kit.evidence import gather
from lessons.kit.progress import Progress
from lessons.kit.values import Evidence, Settings, visible

RAIL = 340  # pixels


def show(lesson: Lesson) -> None:
    at = chosen.read(lesson)
    with st.container(key="header", horizontal=True):
        st.title(lesson.title, anchor=False, width="content")
        st.caption(f"{lesson.chapter} · lesson {lesson.number}{classroom.called(at.plan)}", width="content")
        chosen.widget(lesson.slug, chosen.BEAT, at.beat)
    too_early = (at.committed == NOT_YET and at.beat == "Run") or (not at.may_see and at.beat == "Explain")
    waits = at.waits and at.beat in ("Run", "Explain", "Recall")
    beats = {"Look": beat_look, "Predict": beat_predict, "Run": run, "Explain": beat_explain, "Recall": beat_recall}
    if not (too_early or waits):
        memory.add(Progress(seen={lesson.slug: BEATS.index(at.beat) + 1}))  # the ending counts itself
    if at.said:
        memory.add(Progress(guessed=frozenset([lesson.slug])))
    beat = wait if waits else ask_first if too_early else beats[at.beat]
    beat(lesson, at)
    if at.plan and at.waits:
        classroom.go_on_when_released(at.plan)
    if what := found(lesson, at):
        memory.add(Progress(found={lesson.slug: what}))
    classroom.tell(lesson, at)
    memory.remember(lesson.slug, ask=at.beat in ("Explain", "Recall"))  # where what was done earlier is spoken of


def found(lesson: Lesson, at: Chosen) -> str:
    """The first of what the learner said and what it was, once they have seen it explained."""
    if at.beat not in ("Explain", "Recall") or not (at.may_see and at.guess):
        return ""
    _, said, did = lesson.verdict(gather(once(lesson, "backdrop", lesson.defaults)), at.guess)[0]
    return f"You said {said}; it was {did}."


@contextmanager
def rail() -> Iterator[None]:
    """Words and controls on the left; what is drawn afterwards stands to their right, on a phone above them."""
    with st.container(key="rail", width=RAIL):
        yield


def go(lesson: Lesson, beat: str, commit: int | None = None) -> None:
    """A button's callback: to another beat, perhaps with the prediction made, or skipped, which shows it all."""
    if commit is not None:
        chosen.change(lesson.slug, chosen.COMMITTED, commit)
    if commit == SKIPPED:
        chosen.change(lesson.slug, chosen.PRESSED, 1)
    chosen.change(lesson.slug, chosen.BEAT, beat)


def forward(
    lesson: Lesson, label: str, beat: str, commit: int | None = None, primary: bool = True, ready: bool = True
) -> None:
    st.button(
        label,
        type="primary" if primary else "tertiary",
        on_click=partial(go, lesson, beat, commit),
        key=f"{lesson.slug}.to.{beat}.{label}",
        disabled=not ready,
    )


def backdrop(lesson: Lesson, at: Chosen, everything: bool) -> Evidence:
    """The stored results that a page stands on, or those that may be seen before the prediction; where some are missing
    it says what brings them, and ends."""
    try:
        return stood_on(lesson, at.settings, everything)
    except Absent as absent:
        st.warning(f"{absent} of the results that this page stands on are not stored. `make shipped` computes them.")
        st.stop()


@lru_cache(maxsize=256)  # what is absent is raised, and so not remembered
def stood_on(lesson: Lesson, settings: Settings, everything: bool) -> Evidence:
    """Raises Absent with how many of the results are not stored."""
    values = once(lesson, "backdrop", settings)
    shown = values if everything else visible(values)
    evidence = gather(shown)
    if absent := len({piece.key for piece in shown}) - len(evidence):
        raise Absent(absent)
    return evidence


def beat_look(lesson: Lesson, at: Chosen) -> None:
    look(lesson, backdrop(lesson, at, everything=False), partial(forward, lesson, "Make a prediction", "Predict"))


def beat_predict(lesson: Lesson, at: Chosen) -> None:
    with st.container(key="frame", horizontal=True):
        with rail():
            say(lesson, "predict")
            predict(lesson, at)
            with st.container(horizontal=True):
                forward(lesson, "That is my prediction", "Run", PREDICTED, ready=at.said_all)
                if not at.waits:
                    forward(lesson, "Skip, show me", "Run", SKIPPED, primary=False)
            if at.waits:
                st.caption("Your teacher will release the run.")
        with st.container(key="stage"), st.container():
            on_picture(lesson, at, backdrop(lesson, at, everything=False))


def wait(lesson: Lesson, at: Chosen) -> None:
    label = "Change my prediction" if at.said else "Make a prediction"
    onward = partial(forward, lesson, label, "Predict", primary=not at.said)
    classroom.wait(lesson, at, backdrop(lesson, at, everything=False), onward)


def ask_first(lesson: Lesson, at: Chosen) -> None:
    """Where the answer would stand, before the learner has predicted and pressed."""
    if at.committed == NOT_YET:
        st.info("First say what you expect: people who predict learn more than people who watch.")
        with st.container(horizontal=True):
            forward(lesson, "Make a prediction", "Predict")
            forward(lesson, "Skip, show me", at.beat, SKIPPED, primary=False)
    else:
        st.info("You have said what you expect. Now let it run.")
        with st.container(horizontal=True):
            forward(lesson, "To the run", "Run")
            forward(lesson, "Skip, show me", at.beat, SKIPPED, primary=False)


def run(lesson: Lesson, at: Chosen) -> None:
    live(lesson, partial(backdrop, lesson), partial(forward, lesson, "What happened there?", "Explain"))


def beat_explain(lesson: Lesson, at: Chosen) -> None:
    plain = replace(lesson.defaults, draw=at.settings.draw, given=at.settings.given)  # what the words speak of
    evidence = backdrop(lesson, replace(at, settings=plain), everything=True) | own(lesson, plain)
    explain(lesson, at, plain, evidence, partial(forward, lesson, "Check what stays", "Recall"))


def beat_recall(lesson: Lesson, at: Chosen) -> None:
    recall(lesson)
    if lesson.slug not in memory.known().guessed:
        st.caption("This lesson counts as done once you have made a prediction and answered a question.")
