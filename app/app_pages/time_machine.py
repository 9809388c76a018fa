"""The time machine: learners go back to a step of a run that has ended, continue differently, and see both futures."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from app.beats.lesson_text import filled, prose
from app.beats.run import live
from app.beats.take_home import saved
from app.state import lesson_cache, setting_widgets, url_state
from core.experiment.spec import Run
from core.store import store
from lessons.kit.lesson.catalogue import Workspace, lessons
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import load_results
from lessons.kit.sandbox.experiment import describe_run
from lessons.ways_to_remember import machine
from lessons.ways_to_remember.machine import pasts

TITLE = "Time machine"
LESSON = "ways_to_remember"  # the lesson whose text.md has the words of this page
SLUG = "time"
OWN = "your own run"


def show() -> None:
    """Draws the page."""
    past = url_state.setting(SLUG, pasts.PAST)
    own = past not in pasts.PAST.options
    lived = store.complete(pasts.past(past))
    bench = with_words(past, lived)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        setting_widgets.widget(SLUG, pasts.PAST, past, (past,) if own else (), past_label)
        saved(bench)
    if own:
        st.caption(f"{describe_run(pasts.past(past))}.")
    live(bench, lambda at, everything: backdrop_results(bench, at))
    if lived:
        go_on(bench)
    with st.expander("What you can learn from this"):
        prose(filled(lessons()[LESSON].words["machine explained"]), SLUG, "explained")


def past_label(past: str) -> str:
    """Returns the label of a past. A learner's own run has a label of its own."""
    return past if past in pasts.PAST.options else OWN


@lru_cache(maxsize=256)
def with_words(past: str, lived: bool) -> Workspace:
    """Returns the workspace of this past with the words of the page. `lived` says whether the past is complete."""
    bench = machine.bench(past) if lived else machine.before(past)
    return replace(bench, words={"run": lessons()[LESSON].words["machine" if lived else "machine before"]})


def backdrop_results(bench: Workspace, at: url_state.LessonState) -> Results:
    """Returns the stored results that the figures are drawn from."""
    return load_results(bench.backdrop(at.settings))


def go_on(bench: Workspace) -> None:
    """Draws a button that makes a complete future the next past."""
    _, future = (piece.of for piece in lesson_cache.runs(bench, url_state.read(bench).settings))
    if store.complete(future) and pasts.takes(future):
        st.button("Use this future as the new past", icon=":material/history:", on_click=enter, args=(future,))


def enter(run: Run) -> None:
    """Makes this run the past. A callback of a button."""
    for name in ("at", "draw", "pressed"):
        url_state.forget(url_state.key(SLUG, name))
    url_state.set_parameter(url_state.key(SLUG, pasts.PAST.name), pasts.text(run))
