"""What this is, in one screen; the map of lessons; continue where you were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lessons.catalogue import lessons


def show(pages: Mapping[str, Any]) -> None:
    st.title("Headstart", anchor=False)
    st.markdown(
        "**See what a head start is worth.** Small neural networks train here while you watch, on real handwriting: "
        "some begin with what they learned elsewhere, some from nothing. You say what will happen, then you see it. "
        "Every curve is a real run in PyTorch on this computer, with its band over seeds."
    )
    last = st.session_state.get("last")
    first = next(iter(lessons()))
    with st.container(horizontal=True):
        st.page_link(pages[last or first], label="Continue where you were" if last else "Start here", icon=":material/play_arrow:")
    st.subheader("Lessons", anchor=False)
    for slug, lesson in lessons().items():
        with st.container(border=True):
            st.page_link(pages[slug], label=f"**{lesson.number}. {lesson.title}**")
            st.markdown(lesson.question)
            st.caption("Each takes about ten minutes: look, predict, run, explain, recall.")
