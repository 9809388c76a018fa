"""Lets learners use a text of their own, which they upload as a file or paste into a field.

The server stores the text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import streamlit as st

from app.state import setting_widgets, url_state
from app.uploads import upload_popover
from app.uploads.markdown import escaped as escaped  # other modules import it from here
from app.uploads.upload_slot import file_uploader
from core.experiment.checks import BadValue
from core.user_data import corpus
from lessons.kit.model.values import Control

PASTED = "pasted text"  # the name of a text that was pasted
SHORT = f"You can upload a text (.txt) of {corpus.LEAST:,} to {corpus.MOST:,} characters (up to {corpus.MEGABYTES} MB)."
LIMITS = (
    f"**A text** (.txt) needs {corpus.LEAST:,} to {corpus.MOST:,} characters in Latin letters. It can be English, "
    "another language in Latin letters, or a program. Accents are dropped. The nets cannot read Cyrillic, Greek, "
    f"Arabic, Chinese or other scripts. Every tenth page is used only for testing.\n\n{upload_popover.KEPT}"
)


def control(slug: str, control: Control[Any], value: Any) -> None:
    """Draws the choice of the subject, and an upload field for a text."""
    setting_widgets.widget(slug, control, value, session_texts(slug, control, value), corpus.display_name)
    still = control.labels.get(value, corpus.display_name(value))
    text_popover(slug, still, lambda subject: url_state.change(slug, control, subject))
    if value not in control.options:
        st.success(f"You are using **{escaped(corpus.display_name(value))}**.")
        with suppress(BadValue):  # a text that was removed is reported by the page itself
            st.caption(escaped(corpus.describe(value)))


def text_popover(slug: str, still: str, take: Callable[[str], object]) -> None:
    """Draws the upload field for a text, and why the last text was rejected. `still` names the text in use."""
    at = url_state.key(slug, "corpus")
    with upload_popover.popover("Upload your own text, in Latin letters", at):
        offer(slug, at, take, still)
    st.caption(SHORT)
    after_upload(slug, at, take, still)


def session_texts(slug: str, control: Control[Any], value: Any) -> tuple[Any, ...]:
    """Returns the learner's own data: those of this session, and the one in the URL."""
    given = st.session_state.setdefault(url_state.key(slug, "own"), [])
    if value not in (*control.options, *given):
        given.append(value)
    return tuple(given)


def forget_own(slug: str, value: str) -> None:
    """Removes data from the list of those that this session brought."""
    given = st.session_state.get(url_state.key(slug, "own"), [])
    st.session_state[url_state.key(slug, "own")] = [name for name in given if name != value]


def offer(slug: str, door: str, take: Callable[[str], object], still: str) -> None:
    """Draws the fields for a text in the popover `door`, with the limits above them.

    The fields are cleared after each text, so a rejected text does not stay there. The reason for the rejection is
    shown.
    """
    at = url_state.key(slug, "corpus")
    turn = st.session_state.setdefault(f"{at}.turn", 0)

    def give(data: bytes, name: str) -> None:
        st.session_state[f"{at}.turn"] = turn + 1
        upload_popover.receive(at, door, data, name, corpus.keep, take)

    def pasted() -> None:
        if text := st.session_state[f"{at}.text.{turn}"]:
            give(text.encode(), PASTED)

    st.caption(LIMITS)
    file_uploader("A text file", f"{at}.file", corpus.MEGABYTES, lambda file: give(file.getvalue(), file.name))
    st.text_area("Or paste a text here", key=f"{at}.text.{turn}", on_change=pasted, height=100)
    upload_popover.show_refusal(at, still)


def after_upload(slug: str, door: str, take: Callable[[str], object], still: str) -> None:
    """Draws below the popover: a question about the encoding of the last text, or why it was rejected."""
    at = url_state.key(slug, "corpus")
    upload_popover.ask_encoding(at, door, corpus.keep, take)
    upload_popover.show_refusal(at, still)
