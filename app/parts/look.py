"""Beat one: one picture and one question; where the learner makes something first, it stands on the stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.parts import chosen, hands
from app.parts.chosen import Chosen
from app.parts.figure import draw
from app.parts.live import about, answered, waits, wanted
from app.parts.sheet import sheet
from app.parts.watch import states
from app.parts.words import say
from app.parts.workers import engine, me
from lessons.kit.catalogue import Lesson
from lessons.kit.values import Evidence

EVERY = 0.4  # seconds between two looks while an answer is to come


def look(lesson: Lesson, evidence: Evidence, onward: Callable[[], None]) -> None:
    """`onward` draws the button that leads on."""
    at = chosen.read(lesson)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.subheader(lesson.question, anchor=False)
            say(lesson, "hook")
            onward()
        with st.container(key="stage"):
            if lesson.sheet and lesson.sheet.beat == "Look":
                wanted(lesson, at.settings)  # asks
                every = EVERY if waits(states(about(lesson, at.settings))) else None
                st.fragment(made, run_every=every)(lesson, evidence, every is not None)
            else:
                hooked(lesson, evidence, at)


def hooked(lesson: Lesson, evidence: Evidence, at: Chosen) -> None:
    """The hook; a card of it that is chosen sets the lesson's first control, unless that is held."""
    figure, key, first = lesson.hook(evidence, at.settings), f"{lesson.slug}.hook", lesson.controls[0]
    put = None if first.name in at.held else partial(chosen.change, lesson.slug, first)
    over = partial(hands.cards, figure, key, str(at.settings[first]), put) if figure.kind == "cards" else None
    draw(figure, key, stage=True, over=over)


def made(lesson: Lesson, evidence: Evidence, waited: bool) -> None:
    """The sheet, and below it what is asked about it. Drawn again by itself while an answer is to come."""
    settings = chosen.read(lesson).settings
    engine().watch([piece.of for piece, _ in wanted(lesson, settings)], *me())
    answers = answered(lesson, settings)
    sheet(lesson, settings, answers)
    if lesson.sheet and lesson.sheet.kind != "labels":
        draw(lesson.hook(evidence | answers, settings), f"{lesson.slug}.hook", stage=True)
    if waits(states(about(lesson, settings))) != waited:
        st.rerun()
