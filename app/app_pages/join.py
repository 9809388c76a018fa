"""Join a class: a learner types the short code that the teacher shows, and the class's lesson opens."""

from __future__ import annotations

import streamlit as st

from app.classes.class_entry import join_here

TITLE = "Join a class"
SLUG = "join"


def show() -> None:
    """Draws the page."""
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
    st.markdown("Type the six letters and digits that your teacher shows. Capitals and spaces do not matter.")
    join_here(SLUG)
