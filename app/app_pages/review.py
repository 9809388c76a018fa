"""Ask me again: repeats questions that the learner once missed, one a visit, and saves their progress as a file."""

from __future__ import annotations

import sys

import streamlit as st

from app.beats.recall import ask_again
from app.state import browser_progress
from app.streamlit_fixes import UploadedFile
from app.uploads.upload_slot import file_uploader
from core.experiment.checks import BadValue
from lessons.kit.lesson import progress
from lessons.kit.lesson.progress import ENOUGH, Progress

TITLE = "Ask me again"
ASKED = "again.asked"  # the session's key for the questions of this visit
HOW = (
    "A question that you answer wrongly at the end of a lesson comes back here and at the end of later lessons. Each "
    "visit asks one question. A question is done when you have answered it correctly twice. You remember things better "
    "if you recall them after some time."
)


def show() -> None:
    """Draws the page."""
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
    done = browser_progress.all_progress()
    with st.container():  # the elements below keep their place, however many questions are asked
        question(done)
    st.caption(done.summary)
    take_along(done)
    browser_progress.remember(ask=True)


def question(done: Progress) -> None:
    """Draws the question of this visit, and a button for another one if there is one."""
    asked: list[str] = st.session_state.setdefault(ASKED, [])
    following = progress.question_to_repeat(done, before=sys.maxsize, asked=asked)
    if not asked and following:
        asked.append(following)
        following = progress.question_to_repeat(done, before=sys.maxsize, asked=asked)
    if not asked:
        st.markdown(HOW if not done.learned else f"There are no questions left. {HOW}")
    elif ask_again(asked[-1], "again"):
        st.markdown(progress_line(browser_progress.all_progress(), asked[-1]))
        if following:
            st.button("Another question", on_click=asked.append, args=(following,), icon=":material/arrow_forward:")


def progress_line(done: Progress, at: str) -> str:
    """Returns when the question will be asked again."""
    right = done.missed[at].right if at in done.missed else 0
    if right >= ENOUGH:
        return "You have answered this question correctly twice, so it does not come back."
    if right:
        return "You have answered this question correctly once. It comes back one more time, on another day."
    return "This question comes back on another day."


def take_along(done: Progress) -> None:
    """Draws the buttons that save progress as a file and open it in another browser."""
    with st.expander("Take your progress along", icon=":material/save:"):
        st.markdown("Only this browser stores your progress. Save it as a file to open it in another browser.")
        st.download_button(
            "Save my progress",
            progress.write(done),
            "headstart-progress.json",
            "application/json",
            on_click="ignore",
            disabled=done == Progress(),
        )
        file_uploader("Open saved progress", "again.file", 1, open_progress, ["json"])
        if refused := st.session_state.get("again.refused"):
            st.warning(refused)
        with st.popover("Delete my progress", icon=":material/delete:", type="tertiary"):
            st.markdown("This deletes everything that this browser knows about your lessons, answers and questions.")
            st.button("Yes, delete it", on_click=forget)


def open_progress(file: UploadedFile) -> None:
    """Adds the progress in a file to that of this session."""
    st.session_state.pop("again.refused", None)
    try:
        browser_progress.add(progress.read(file.getvalue()))
    except BadValue as error:
        st.session_state["again.refused"] = str(error)


def forget() -> None:
    """Deletes all progress. A callback of a button."""
    browser_progress.forget()
    st.session_state[ASKED] = []
