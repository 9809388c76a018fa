"""Draws the page of any lesson.

It has a header line, a rail with the words and controls, and the stage with the picture.

This module knows the types that make up a lesson, but it does not know any lesson by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial

import streamlit as st

from app.beats.explain import explain, verdict, way_on
from app.beats.lesson_text import draw_section
from app.beats.look import look
from app.beats.predict import on_picture, predict
from app.beats.recall import recall
from app.beats.run import live
from app.beats.watch import own_results
from app.classes import class_session
from app.state import browser_progress, lesson_cache, setting_widgets, url_state
from app.state.url_state import NOT_YET, PREDICTED, SKIPPED, LessonState
from core.store.store import Absent
from lessons.kit.lesson.catalogue import BEATS, Lesson, tour
from lessons.kit.lesson.progress import Progress
from lessons.kit.model.values import Results, Settings, visible
from lessons.kit.results.evidence import load_results

RAIL = 340  # width in pixels


def show(lesson: Lesson) -> None:
    """Draws the lesson at the beat that the learner has opened, and records their progress."""
    at = url_state.read(lesson)
    with st.container(key="header", horizontal=True):
        st.title(lesson.title, anchor=False, width="content")
        line = lesson.chapter if at.beat == "Look" else lesson.question  # Look shows the question in large type
        where = f"Lesson {lesson.number}" if at.plan else tour_step(lesson) or f"Lesson {lesson.number}"
        st.caption(f"{where}{class_session.plan_label(at.plan)} · {line}", width="content")
        setting_widgets.widget(lesson.slug, url_state.BEAT, at.beat)
    too_early = (at.committed == NOT_YET and at.beat == "Run") or (not at.may_see and at.beat == "Explain")
    waits = at.waits and at.beat in ("Run", "Explain", "Recall")
    beats = {"Look": beat_look, "Predict": beat_predict, "Run": run, "Explain": beat_explain, "Recall": beat_recall}
    if not (too_early or waits):
        browser_progress.add(Progress(seen={lesson.slug: BEATS.index(at.beat) + 1}))  # the last beat counts too
    if at.predicted:
        browser_progress.add(Progress(guessed=frozenset([lesson.slug])))
    beat = wait if waits else ask_first if too_early else beats[at.beat]
    beat(lesson, at)
    if at.plan and at.waits:
        class_session.go_on_when_released(at.plan)
    if what := guess_and_truth(lesson, at):
        browser_progress.add(Progress(found={lesson.slug: what}))
    class_session.submit_answers(lesson, at)
    browser_progress.remember(lesson.slug, ask=at.beat in ("Explain", "Recall"))  # these beats show earlier progress


def tour_step(lesson: Lesson) -> str:
    """Returns where a lesson stands on the tour, or an empty string if it is not part of it."""
    stops = [stop.slug for stop in tour()]
    if lesson.slug not in stops:
        return ""
    return f":material/star: Lesson {lesson.number} · step {stops.index(lesson.slug) + 1} of {len(stops)} of the tour"


def guess_and_truth(lesson: Lesson, at: LessonState) -> str:
    """Returns a sentence with the learner's first guess and its result, once they have seen the explanation."""
    if at.beat not in ("Explain", "Recall") or not (at.may_see and at.guess):
        return ""
    _, said, did = lesson.verdict_rows(load_results(lesson_cache.backdrop(lesson, lesson.defaults)), at.guess)[0]
    return f"You said {said}; it was {did}."


@contextmanager
def rail() -> Iterator[None]:
    """Opens the column on the left for words and controls. The rest stands to its right, and above it on a phone."""
    with st.container(key="rail", width=RAIL):
        yield


def go(lesson: Lesson, beat: str, commit: int | None = None) -> None:
    """Opens another beat. A callback of a button.

    `commit` also makes the prediction, or skips it. Skipping shows everything.
    """
    if commit is not None:
        url_state.change(lesson.slug, url_state.COMMITTED, commit)
    if commit == SKIPPED:
        url_state.change(lesson.slug, url_state.PRESSED, 1)
    url_state.change(lesson.slug, url_state.BEAT, beat)


def forward(
    lesson: Lesson, label: str, beat: str, commit: int | None = None, primary: bool = True, ready: bool = True
) -> None:
    """Draws a button that leads to another beat."""
    st.button(
        label,
        type="primary" if primary else "tertiary",
        on_click=partial(go, lesson, beat, commit),
        key=f"{lesson.slug}.to.{beat}.{label}",
        disabled=not ready,
    )


def stored_results(lesson: Lesson, at: LessonState, everything: bool) -> Results:
    """Returns the stored results of the page.

    Without `everything`, the function returns only those that may be seen before the prediction. If some are missing,
    the page shows which command computes them, and stops.
    """
    try:
        return backdrop_results(lesson, at.settings, everything)
    except Absent as absent:
        st.warning(f"{absent} of the results that this page stands on are not stored. `make shipped` computes them.")
        st.stop()


@lru_cache(maxsize=256)  # missing results raise an error, which is not cached
def backdrop_results(lesson: Lesson, settings: Settings, everything: bool) -> Results:
    """Returns the stored results. Raises Absent with the number of results that are missing."""
    values = lesson_cache.backdrop(lesson, settings)
    shown = values if everything else visible(values)
    evidence = load_results(shown)
    if absent := len({piece.key for piece in shown}) - len(evidence):
        raise Absent(absent)
    return evidence


def beat_look(lesson: Lesson, at: LessonState) -> None:
    """Draws the first beat."""
    look(lesson, stored_results(lesson, at, everything=False), partial(forward, lesson, "Make a prediction", "Predict"))


def beat_predict(lesson: Lesson, at: LessonState) -> None:
    """Draws the second beat."""
    with st.container(key="frame", horizontal=True):
        with rail():
            draw_section(lesson, "predict")
            predict(lesson, at)
            with st.container(horizontal=True):
                forward(lesson, "That is my prediction", "Run", PREDICTED, ready=at.said_all)
                if not at.waits:
                    forward(lesson, "Skip, show me", "Run", SKIPPED, primary=False)
            if at.waits:
                st.caption("Your teacher will release the run.")
        with st.container(key="stage"), st.container():
            on_picture(lesson, at, stored_results(lesson, at, everything=False))


def wait(lesson: Lesson, at: LessonState) -> None:
    """Draws the page on which the learner waits for their teacher."""
    label = "Change my prediction" if at.predicted else "Make a prediction"
    onward = partial(forward, lesson, label, "Predict", primary=not at.predicted)
    class_session.wait(lesson, at, stored_results(lesson, at, everything=False), onward)


def ask_first(lesson: Lesson, at: LessonState) -> None:
    """Draws what a learner sees in place of the answer before they have predicted and pressed Run."""
    if at.committed == NOT_YET:
        st.info("Make a prediction first. People who predict learn more than people who only watch.")
        with st.container(horizontal=True):
            forward(lesson, "Make a prediction", "Predict")
            forward(lesson, "Skip, show me", at.beat, SKIPPED, primary=False)
    else:
        st.info("You have made your prediction. Now run the experiment.")
        with st.container(horizontal=True):
            forward(lesson, "To the run", "Run")
            forward(lesson, "Skip, show me", at.beat, SKIPPED, primary=False)


def run(lesson: Lesson, at: LessonState) -> None:
    """Draws the third beat."""
    live(lesson, partial(stored_results, lesson), partial(forward, lesson, "What happened?", "Explain"))


def beat_explain(lesson: Lesson, at: LessonState) -> None:
    """Draws the fourth beat. Its words describe the default settings, and so does its picture."""

    def results(settings: Settings) -> Results:
        return stored_results(lesson, replace(at, settings=settings), everything=True) | own_results(lesson, settings)

    plain = replace(lesson.defaults, draw=at.settings.draw, given=at.settings.given)
    explain(lesson, at, plain, results, partial(forward, lesson, "Check what you remember", "Recall"))


def beat_recall(lesson: Lesson, at: LessonState) -> None:
    """Draws the fifth beat."""

    def ending() -> None:
        if at.may_see:
            verdict(lesson, at, stored_results(lesson, replace(at, settings=lesson.defaults), everything=True))
        way_on(lesson)

    recall(lesson, ending)
    if lesson.slug not in browser_progress.all_progress().guessed:
        st.caption("This lesson is done once you have made a prediction and answered a question.")
