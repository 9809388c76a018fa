"""The drawing board: learners draw their own alphabet and train two kinds of nets on it.

Afterwards both nets guess while the learner draws.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

import streamlit as st

from app.beats.lesson_text import filled, prose
from app.beats.run import live
from app.beats.take_home import saved
from app.components.drag_handles import drag_handles
from app.state import data_owner, setting_widgets, url_state
from app.uploads.alphabet_upload import control, exchange, take
from core.experiment.tasks import OWN as OWN_NAMES
from core.user_data import alphabet
from lessons.kit.lesson.catalogue import Workspace, lessons
from lessons.kit.model.values import Control, Results
from lessons.kit.results.evidence import load_results
from lessons.label_worth import drawing_board

TITLE = "Drawing board"
LESSON = "label_worth"  # the lesson whose text.md has the words of this page
SLUG = drawing_board.BENCH.slug
DRAW, LEARN = "Draw", "Learn and guess"
STEP = Control(name="step", label="Step", options=(DRAW, LEARN), default=DRAW, help="")
SYMBOLS = Control(
    name="symbols",
    label="How many symbols",
    options=tuple(range(alphabet.SYMBOLS[0], alphabet.SYMBOLS[1] + 1)),
    default=4,
    help="The more there are, the harder it is to tell them apart.",
    slider=True,
)


def show() -> None:
    """Draws the page at its first or second step."""
    step = url_state.setting(SLUG, STEP)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        setting_widgets.widget(SLUG, STEP, step)
        if step == LEARN:
            saved(raced())
    if step == DRAW:
        drawing()
    else:
        learning()


def drawing() -> None:
    """Draws the first step: the learner draws symbols, or takes an alphabet that ships or one from a file."""
    name = url_state.setting(SLUG, drawing_board.ALPHABET)
    follow(name)
    symbols, each = (url_state.setting(SLUG, one) for one in (SYMBOLS, drawing_board.EACH))
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            words("draw")
            setting_widgets.widget(SLUG, SYMBOLS, symbols)
            setting_widgets.widget(SLUG, drawing_board.EACH, each)
            control(SLUG, drawing_board.ALPHABET, name)
            ready = f"Let the nets learn “{alphabet.load(name).name}”"
            st.button(ready, type="primary", on_click=url_state.change, args=(SLUG, STEP, LEARN), key="draw.learn")
            exchange(SLUG, drawing_board.ALPHABET, name)
        with st.container(key="stage"):
            given = alphabet.write(alphabet.load(name)) if data_owner.owns(name) else ""
            put = partial(take, SLUG, drawing_board.ALPHABET)
            drag_handles.board("", f"{SLUG}.board", put, symbols=symbols, each=each, given=given)


def follow(name: str) -> None:
    """Sets both sliders to the size of an alphabet that was just opened, so that all of it is shown.

    A slider that the learner moves afterwards stays where it is.
    """
    seen = f"{SLUG}.sliders follow"
    before = st.session_state.get(seen)
    st.session_state[seen] = name
    if name == before or not OWN_NAMES.fullmatch(name):
        return
    known = alphabet.load(name)
    each = next(option for option in drawing_board.EACH.options if option >= known.most)
    for slider, size in ((SYMBOLS, len(known.symbols)), (drawing_board.EACH, each)):
        # a link contains the values of the sliders
        if before or url_state.key(SLUG, slider.name) not in st.query_params:
            url_state.change(SLUG, slider, size)


def learning() -> None:
    """Draws the second step: the race between the two sides. Afterwards the learner draws and both guess."""
    live(raced(), backdrop_results)
    with st.expander("What this shows"):
        words("draw explained")


def raced() -> Workspace:
    """Returns the workspace in which both sides learn the alphabet."""
    return with_words(
        drawing_board.OWN
        if OWN_NAMES.fullmatch(url_state.setting(SLUG, drawing_board.ALPHABET))
        else drawing_board.BENCH
    )


@cache
def with_words(bench: Workspace) -> Workspace:
    """Returns the workspace with the words of the page."""
    return replace(bench, words={"run": lessons()[LESSON].words["draw run"]})


def backdrop_results(at: url_state.LessonState, everything: bool) -> Results:
    """Returns the stored results that the figures are drawn from."""
    return load_results(drawing_board.backdrop(at.settings))


def words(heading: str) -> None:
    """Draws a section of the lesson's text.md."""
    prose(filled(lessons()[LESSON].words[heading]), SLUG, heading)
