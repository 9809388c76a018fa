"""Draws the first beat: one picture and one question.

If the learner makes something first, the sheet for it is on the stage.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.beats.lesson_text import draw_section
from app.beats.run import input_measures, known_answers, waits, wanted_values
from app.beats.watch import states
from app.components.drag_handles import drag_handles
from app.components.figure.figure import draw
from app.components.learner_input.learner_input import input_form
from app.state import url_state
from app.state.engine import engine, me
from app.state.url_state import LessonState
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.values import Results

EVERY = 0.4  # seconds between two updates while an answer is being computed


def look(lesson: Lesson, evidence: Results, onward: Callable[[], None]) -> None:
    """Draws the beat. `onward` draws the button that leads on."""
    at = url_state.read(lesson)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.subheader(lesson.question, anchor=False)
            draw_section(lesson, "hook")
            onward()
        with st.container(key="stage"):
            if lesson.sheet and lesson.sheet.beat == "Look":
                wanted_values(lesson, at.settings)  # also asks for the measures
                every = EVERY if waits(states(input_measures(lesson, at.settings))) else None
                st.fragment(hook_input, run_every=every)(lesson, evidence, every is not None)
            else:
                hooked(lesson, evidence, at)


def hooked(lesson: Lesson, evidence: Results, at: LessonState) -> None:
    """Draws the first picture.

    Choosing one of its cards sets the lesson's first control, unless a teacher has locked the control.
    """
    figure, key, first = lesson.hook(evidence, at.settings), f"{lesson.slug}.hook", lesson.controls[0]
    put = None if first.name in at.locked_controls else partial(url_state.change, lesson.slug, first)
    over = partial(drag_handles.cards, figure, key, str(at.settings[first]), put) if figure.kind == "cards" else None
    draw(figure, key, stage=True, over=over)


def hook_input(lesson: Lesson, evidence: Results, waited: bool) -> None:
    """Draws the sheet, and below it the answers about it. Updates itself while an answer is being computed."""
    settings = url_state.read(lesson).settings
    engine().watch([piece.of for piece, _ in wanted_values(lesson, settings)], *me())
    answers = known_answers(lesson, settings)
    input_form(lesson, settings, answers)
    if lesson.sheet and lesson.sheet.kind != "labels":
        draw(lesson.hook(evidence | answers, settings), f"{lesson.slug}.hook", stage=True)
    if waits(states(input_measures(lesson, settings))) != waited:
        st.rerun()
