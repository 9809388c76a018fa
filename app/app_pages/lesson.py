"""Draws any lesson: a header line, a rail of words and controls, and the stage. Knows the types of a lesson, and no
lesson by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial

import streamlit as st

from app.beats.explain import explain
from app.beats.lesson_text import say
from app.beats.look import look
from app.beats.predict import on_picture, predict
from app.beats.recall import recall
from app.beats.run import live
from app.beats.watch import own_results
from app.classes import class_session
from app.state import browser_progress, lesson_cache, url_state
from app.state.url_state import NOT_YET, PREDICTED, SKIPPED, LessonState
from core.store.store import Absent
from lessons.kit.lesson.catalogue import BEATS, Lesson
from lessons.kit.lesson.progress import Progress
from lessons.kit.model.values import Results, Settings, visible
from lessons.kit.results.evidence import load_results

RAIL = 340  # pixels


def show(lesson: Lesson) -> None:
    at = url_state.read(lesson)
    with st.container(key="header", horizontal=True):
        st.title(lesson.title, anchor=False, width="content")
        st.caption(f"{lesson.chapter} · lesson {lesson.number}{class_session.plan_label(at.plan)}", width="content")
        url_state.widget(lesson.slug, url_state.BEAT, at.beat)
    too_early = (at.committed == NOT_YET and at.beat == "Run") or (not at.may_see and at.beat == "Explain")
    waits = at.waits and at.beat in ("Run", "Explain", "Recall")
    beats = {"Look": beat_look, "Predict": beat_predict, "Run": run, "Explain": beat_explain, "Recall": beat_recall}
    if not (too_early or waits):
        browser_progress.add(Progress(seen={lesson.slug: BEATS.index(at.beat) + 1}))  # the ending counts itself
    if at.predicted:
        browser_progress.add(Progress(guessed=frozenset([lesson.slug])))
    beat = wait if waits else ask_first if too_early else beats[at.beat]
    beat(lesson, at)
    if at.plan and at.waits:
        class_session.go_on_when_released(at.plan)
    if what := guess_and_truth(lesson, at):
        browser_progress.add(Progress(found={lesson.slug: what}))
    class_session.tell(lesson, at)
    browser_progress.remember(
        lesson.slug, ask=at.beat in ("Explain", "Recall")
    )  # where what was done earlier is spoken of


def guess_and_truth(lesson: Lesson, at: LessonState) -> str:
    """The first of what the learner said and what it was, once they have seen it explained."""
    if at.beat not in ("Explain", "Recall") or not (at.may_see and at.guess):
        return ""
    _, said, did = lesson.verdict(load_results(lesson_cache.backdrop(lesson, lesson.defaults)), at.guess)[0]
    return f"You said {said}; it was {did}."


@contextmanager
def rail() -> Iterator[None]:
    """Words and controls on the left; what is drawn afterwards stands to their right, on a phone above them."""
    with st.container(key="rail", width=RAIL):
        yield


def go(lesson: Lesson, beat: str, commit: int | None = None) -> None:
    """A button's callback: to another beat, perhaps with the prediction made, or skipped, which shows it all."""
    if commit is not None:
        url_state.change(lesson.slug, url_state.COMMITTED, commit)
    if commit == SKIPPED:
        url_state.change(lesson.slug, url_state.PRESSED, 1)
    url_state.change(lesson.slug, url_state.BEAT, beat)


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


def backdrop(lesson: Lesson, at: LessonState, everything: bool) -> Results:
    """The stored results that a page stands on, or those that may be seen before the prediction; where some are missing
    it says what brings them, and ends."""
    try:
        return backdrop_results(lesson, at.settings, everything)
    except Absent as absent:
        st.warning(f"{absent} of the results that this page stands on are not stored. `make shipped` computes them.")
        st.stop()


@lru_cache(maxsize=256)  # what is absent is raised, and so not remembered
def backdrop_results(lesson: Lesson, settings: Settings, everything: bool) -> Results:
    """Raises Absent with how many of the results are not stored."""
    values = lesson_cache.backdrop(lesson, settings)
    shown = values if everything else visible(values)
    evidence = load_results(shown)
    if absent := len({piece.key for piece in shown}) - len(evidence):
        raise Absent(absent)
    return evidence


def beat_look(lesson: Lesson, at: LessonState) -> None:
    look(lesson, backdrop(lesson, at, everything=False), partial(forward, lesson, "Make a prediction", "Predict"))


def beat_predict(lesson: Lesson, at: LessonState) -> None:
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


def wait(lesson: Lesson, at: LessonState) -> None:
    label = "Change my prediction" if at.predicted else "Make a prediction"
    onward = partial(forward, lesson, label, "Predict", primary=not at.predicted)
    class_session.wait(lesson, at, backdrop(lesson, at, everything=False), onward)


def ask_first(lesson: Lesson, at: LessonState) -> None:
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


def run(lesson: Lesson, at: LessonState) -> None:
    live(lesson, partial(backdrop, lesson), partial(forward, lesson, "What happened there?", "Explain"))


def beat_explain(lesson: Lesson, at: LessonState) -> None:
    plain = replace(lesson.defaults, draw=at.settings.draw, given=at.settings.given)  # what the words speak of
    evidence = backdrop(lesson, replace(at, settings=plain), everything=True) | own_results(lesson, plain)
    explain(lesson, at, plain, evidence, partial(forward, lesson, "Check what stays", "Recall"))


def beat_recall(lesson: Lesson, at: LessonState) -> None:
    recall(lesson)
    if lesson.slug not in browser_progress.all_progress().guessed:
        st.caption("This lesson counts as done once you have made a prediction and answered a question.")
