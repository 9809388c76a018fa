"""Beat five: questions that need inference, an explanation for every answer, and one that was once missed."""

from __future__ import annotations

import hashlib

import streamlit as st

from app.parts.words import filled
from lessons.kit.catalogue import Lesson, Question, lessons


def recall(lesson: Lesson) -> None:
    for number, question in enumerate(lesson.questions):
        ask(lesson.slug, number, question)
    if earlier := missed_earlier(lesson):
        slug, number = earlier
        st.caption(f"Once more, from “{lessons()[slug].title}”:")
        ask(slug, number, lessons()[slug].questions[number], again=True)


def missed() -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = st.session_state.setdefault("missed", set())
    return found


def missed_earlier(lesson: Lesson) -> tuple[str, int] | None:
    """One question of an earlier lesson that this learner once got wrong."""
    numbers = {slug: one.number for slug, one in lessons().items()}
    return min((one for one in missed() if numbers[one[0]] < lesson.number), default=None)


def ask(slug: str, number: int, question: Question, again: bool = False) -> None:
    with st.container(border=True):
        answer = st.radio(
            f"**{filled(question.asks)}**",
            mixed(question),
            index=None,
            key=f"{slug}.question.{number}{'.again' * again}",
            persist_state="session",
        )
        if answer is None:
            return
        if answer == question.right:
            st.success(filled(question.options[answer]), icon=":material/check:")
        else:
            missed().add((slug, number))
            st.error(filled(question.options[answer]), icon=":material/close:")
        with st.expander("What about the other answers?"):
            for option, why in question.options.items():
                if option != answer:
                    st.markdown(f"**{option}.** {filled(why)}")


def mixed(question: Question) -> list[str]:
    """The options in an order that says nothing about which is right, the same at every visit."""
    return sorted(question.options, key=lambda option: hashlib.sha256((question.asks + option).encode()).digest())
