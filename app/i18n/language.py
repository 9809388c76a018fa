"""Finds the language of the learner: the URL decides first, then the session, then the browser's own language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.streamlit_fixes import forget_session_value, session_value

LANGUAGES = {"en": "English", "de": "Deutsch"}
OWN = "en"  # the language in which the app is written
AT = "lang"  # the name of the language in the URL and the session


@dataclass(frozen=True)
class Reader:
    """Holds the language for which a page is drawn."""

    language: str = OWN
    linked: str = ""  # the language that links must ask for, if it is not the browser's own


def language() -> str:
    """Returns the language of the learner who is looking at the page that is being drawn."""
    return reader().language


def reader(page: Any = None) -> Reader:
    """Returns the reader for whom a page is drawn. It is the page that is being drawn, unless another is passed.

    The session keeps the reader for the next page.
    """
    return session_value(AT, page) or Reader()


def settle() -> None:
    """Decides the language of the page each time that a page is drawn.

    If the language is not the browser's own, it is written into the URL, so that a copied link keeps it.
    """
    asked, browsers = st.query_params.get(AT), (st.context.locale or OWN)[:2]
    if asked is not None and asked not in LANGUAGES:
        spoken = " and ".join(f"{name} ({AT}={code})" for code, name in LANGUAGES.items())
        st.warning(f"Headstart speaks {spoken} only.", icon=":material/link_off:")
        del st.query_params[AT]
        asked = None
    own = browsers if browsers in LANGUAGES else OWN
    now = asked or st.session_state.get(AT, Reader(own)).language
    st.session_state[AT] = Reader(now, now if now != own else "")
    forget_session_value(AT)
    if now != own and asked is None:
        st.query_params[AT] = now


def other_languages() -> Iterator[tuple[str, str]]:
    """Yields the code and the name of every other language that the page could be read in."""
    return ((code, name) for code, name in LANGUAGES.items() if code != language())
