"""Draws the fifth beat: questions about the lesson, and one question that the learner once missed.

Every answer has an explanation. When all questions are answered, the page says how many were right, compares the
learner's prediction with the result, and leads on to the next lesson.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import streamlit as st

from app.beats.lesson_text import filled
from app.i18n import outgoing_messages
from app.state import browser_progress
from lessons.kit.lesson import progress
from lessons.kit.lesson.catalogue import Lesson, Question
from lessons.kit.model.wording import count_noun


def recall(lesson: Lesson, ending: Callable[[], None]) -> None:
    """Draws the beat. `ending` draws what the learner predicted, what it was, and the way on."""
    keys = [f"{lesson.slug}.question.{number}" for number in range(len(lesson.questions))]
    answered = [ask(progress.question_id(lesson.slug, number), key) for number, key in enumerate(keys)]
    if earlier := once_more(lesson.slug, lesson.number):
        ask_again(earlier, lesson.slug)
    if all(answered):
        right = sum(st.session_state[first_answer_at(key)] for key in keys)
        with st.container(key="score"):
            st.subheader(f"You answered {right} of {count_noun(len(keys), 'question')} right.", anchor=False)
            ending()


def once_more(place: str, before: int) -> str | None:
    """Returns a missed question from lessons before this number. It stays the same until the learner visits again."""
    at = f"{place}.again"
    if st.session_state.get(at) is None:
        st.session_state[at] = progress.question_to_repeat(browser_progress.all_progress(), before)
    found: str | None = st.session_state[at]
    return found


def ask_again(at: str, place: str) -> bool:
    """Draws a missed question with the name of its lesson. Returns whether it is answered."""
    st.caption(f"A question you missed, from “{progress.questions()[at][0].title}”:")
    return ask(at, f"{place}.again.{at}")


def ask(at: str, key: str) -> bool:
    """Draws a question, and returns whether it is answered.

    The learner answers with a button, because arrow keys select each option that they pass. All options are then
    explained. After a wrong answer the learner may try again, but only the first answer counts.
    """
    lesson, number = progress.questions()[at]
    question, given = lesson.questions[number], f"{key}.given"

    def answer() -> None:
        st.session_state[given] = said = st.session_state[key]
        if first_answer_at(key) not in st.session_state:
            st.session_state[first_answer_at(key)] = said == question.right
            browser_progress.note_answer(at, said == question.right)

    def retry() -> None:
        del st.session_state[given]
        st.session_state[key] = None

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
            if st.session_state[given] != question.right:
                st.button("Try again", on_click=retry, key=f"{key}.retry", type="tertiary", icon=":material/replay:")
        else:
            st.button("That is my answer", on_click=answer, disabled=said is None, key=f"{key}.answer")
    return first_answer_at(key) in st.session_state


def first_answer_at(key: str) -> str:
    """Returns the key in the session that says whether the first answer to a question was right."""
    return f"{key}.first"


def explained(question: Question, said: str) -> None:
    """Draws whether the answer was right, and an explanation of each option."""
    if said == question.right:
        st.success(filled(question.options[said]), icon=":material/check:")
    else:
        st.error(filled(question.options[said]), icon=":material/close:")
        st.success(f"The right answer: **{question.right}**. {filled(question.options[question.right])}")
    with st.expander("Why are the other answers wrong?"):
        for option, why in question.options.items():
            if option not in (said, question.right):
                st.markdown(f"**{option}.** {filled(why)}")


def mixed(question: Question) -> list[str]:
    """Returns the options in an order that does not show which one is right, and that is the same at every visit."""
    return sorted(question.options, key=lambda option: hashlib.sha256((question.asks + option).encode()).digest())
