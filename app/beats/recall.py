"""Draws the fifth beat: questions about the lesson, and one question that the learner once missed.

Every answer has an explanation.
"""

from __future__ import annotations

import hashlib

import streamlit as st

from app.beats.lesson_text import filled
from app.i18n import outgoing_messages
from app.state import browser_progress
from lessons.kit.lesson import progress
from lessons.kit.lesson.catalogue import Lesson, Question


def recall(lesson: Lesson) -> None:
    """Draws the beat."""
    for number, question in enumerate(lesson.questions):
        ask(progress.question_id(lesson.slug, question), f"{lesson.slug}.question.{number}")
    if earlier := once_more(lesson.slug, lesson.number):
        ask_again(earlier, lesson.slug)


def once_more(place: str, before: int) -> str | None:
    """Returns a missed question from lessons before this number. It stays the same until the learner visits again."""
    at = f"{place}.again"
    if st.session_state.get(at) is None:
        st.session_state[at] = progress.question_to_repeat(browser_progress.all_progress(), before)
    found: str | None = st.session_state[at]
    return found


def ask_again(at: str, place: str) -> bool:
    """Draws a missed question with the name of its lesson. Returns whether it is answered."""
    st.caption(f"Once more, from “{progress.questions()[at][0].title}”:")
    return ask(at, f"{place}.again.{at}")


def ask(at: str, key: str) -> bool:
    """Draws a question, and returns whether it is answered.

    The learner answers with a button, because arrow keys select each option that they pass. The answer is final, and
    all options are then explained.
    """
    lesson, number = progress.questions()[at]
    question, given = lesson.questions[number], f"{key}.given"

    def answer() -> None:
        st.session_state[given] = st.session_state[key]
        browser_progress.note_answer(at, st.session_state[key] == question.right)

    with st.container(border=True):
        said = st.radio(
            f"**{filled(question.asks)}**",
            mixed(question),
            format_func=outgoing_messages.translate_option,
            index=None,
            key=key,
            persist_state="session",
            disabled=given in st.session_state,
        )
        if given in st.session_state:
            explained(question, st.session_state[given])
        else:
            st.button("That is my answer", on_click=answer, disabled=said is None, key=f"{key}.answer")
    return given in st.session_state


def explained(question: Question, said: str) -> None:
    """Draws whether the answer was right, and an explanation of each option."""
    if said == question.right:
        st.success(filled(question.options[said]), icon=":material/check:")
    else:
        st.error(filled(question.options[said]), icon=":material/close:")
    with st.expander("What about the other answers?"):
        for option, why in question.options.items():
            if option != said:
                st.markdown(f"**{option}.** {filled(why)}")


def mixed(question: Question) -> list[str]:
    """Returns the options in an order that does not show which one is right, and that is the same at every visit."""
    return sorted(question.options, key=lambda option: hashlib.sha256((question.asks + option).encode()).digest())
