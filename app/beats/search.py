"""Draws the search of a page, and tests whether a text matches. The URL contains the words."""

from __future__ import annotations

import streamlit as st

from app.state import url_state
from core.experiment.checks import BadValue

LONGEST = 60  # characters


def search(page: str, label: str, example: str) -> str:
    """Draws the search field and returns the words in it."""
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
    """Returns the words of a search. Raises BadValue if they are too long or not on one line."""
    if len(text) > LONGEST or not text.isprintable():
        raise BadValue(f"A search may have at most {LONGEST} characters on one line. The search is empty instead.")
    return text.strip()


def fits(words: str, *texts: str) -> bool:
    """Returns whether every word occurs in at least one of the texts."""
    there = " ".join(texts).casefold()
    return all(word in there for word in words.casefold().split())
