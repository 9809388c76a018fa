"""The drawing board: draw an alphabet of your own, have two kinds of nets learn it, and let them guess as you draw."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

import streamlit as st

from app.parts import chosen, hands, owner
from app.parts.alphabets import control, exchange, take
from app.parts.live import live
from app.parts.take_home import saved
from app.parts.words import filled, prose
from core import alphabet
from core.tasks import OWN as OWN_NAMES
from lessons.kit.catalogue import Bench, lessons
from lessons.kit.evidence import gather
from lessons.kit.values import Control, Evidence
from lessons.label_worth import board

TITLE = "Drawing board"
LESSON = "label_worth"  # whose words it has
SLUG = board.BENCH.slug
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
    step = chosen.setting(SLUG, STEP)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        chosen.widget(SLUG, STEP, step)
        if step == LEARN:
            saved(raced())
    if step == DRAW:
        drawing()
    else:
        learning()


def drawing() -> None:
    """Symbols are drawn on the stage; or ready-made ones are taken, or those in a file."""
    name = chosen.setting(SLUG, board.ALPHABET)
    follow(name)
    symbols, each = (chosen.setting(SLUG, one) for one in (SYMBOLS, board.EACH))
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            words("draw")
            chosen.widget(SLUG, SYMBOLS, symbols)
            chosen.widget(SLUG, board.EACH, each)
            control(SLUG, board.ALPHABET, name)
            ready = f"Let the nets learn “{alphabet.load(name).name}”"
            st.button(ready, type="primary", on_click=chosen.change, args=(SLUG, STEP, LEARN), key="draw.learn")
            exchange(SLUG, board.ALPHABET, name)
        with st.container(key="stage"):
            given = alphabet.write(alphabet.load(name)) if owner.owns(name) else ""
            put = partial(take, SLUG, board.ALPHABET)
            hands.board("", f"{SLUG}.board", put, symbols=symbols, each=each, given=given)


def follow(name: str) -> None:
    """Sets both sliders to the size of an own alphabet that has just been opened, so that all of it is shown. What the
    learner sets afterwards stays."""
    seen = f"{SLUG}.sliders follow"
    before = st.session_state.get(seen)
    st.session_state[seen] = name
    if name == before or not OWN_NAMES.fullmatch(name):
        return
    known = alphabet.load(name)
    each = next(option for option in board.EACH.options if option >= known.most)
    for slider, size in ((SYMBOLS, len(known.symbols)), (board.EACH, each)):
        if before or chosen.key(SLUG, slider.name) not in st.query_params:  # a link says how its sliders stood
            chosen.change(SLUG, slider, size)


def learning() -> None:
    """The race between the two sides; afterwards the learner draws and both guess."""
    live(raced(), stood_on)
    with st.expander("What this shows"):
        words("draw explained")


def raced() -> Bench:
    """What both sides learn, in words."""
    return worded(board.OWN if OWN_NAMES.fullmatch(chosen.setting(SLUG, board.ALPHABET)) else board.BENCH)


@cache
def worded(bench: Bench) -> Bench:
    return replace(bench, words={"run": lessons()[LESSON].words["draw run"]})


def stood_on(at: chosen.Chosen, everything: bool) -> Evidence:
    return gather(board.backdrop(at.settings))


def words(heading: str) -> None:
    prose(filled(lessons()[LESSON].words[heading]), SLUG, heading)
