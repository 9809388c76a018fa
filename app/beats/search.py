"""A page's search: a few words in a box and in the URL, and whether a text has them all."""

from __future__ import annotations

import streamlit as st

from app.state import url_state
from core.experiment.checks import BadValue

LONGEST = 60  # letters


def search(page: str, label: str, example: str) -> str:
    """What the reader searches for on this page."""
    at = url_state.key(page, "find")
    words = url_state.read_parameter(at, read, "")

    def changed() -> None:
        if typed := st.session_state[at].strip():
            url_state.set_parameter(at, typed)
        else:
            url_state.forget(at)

    st.session_state[at] = words
    st.text_input(label, key=at, max_chars=LONGEST, placeholder=example, icon=":material/search:", on_change=changed)
    return words


def read(text: str) -> str:
    if len(text) > LONGEST or not text.isprintable():
        raise BadValue(f"A search has at most {LONGEST} letters on one line; it is empty instead.")
    return text.strip()


def fits(words: str, *texts: str) -> bool:
    """Whether every word stands somewhere in these texts."""
    there = " ".join(texts).casefold()
    return all(word in there for word in words.casefold().split())
