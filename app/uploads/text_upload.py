"""A text of the learner's own where a control takes a subject: from a file or pasted, kept on this machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import streamlit as st

from app.state import url_state
from app.uploads import upload_popover
from app.uploads.markdown import escaped as escaped  # other pages take it from here
from app.uploads.upload_slot import a_file
from core.experiment.checks import BadValue
from core.user_data import corpus
from lessons.kit.model.values import Control

PASTED = "pasted text"  # its name
SHORT = f"A text (.txt) of {corpus.LEAST:,} to {corpus.MOST:,} characters, up to {corpus.MEGABYTES} MB."
LIMITS = (
    f"**A text** (.txt): {corpus.LEAST:,} to {corpus.MOST:,} characters in Latin letters: English, another language "
    "written so, or a program; accents are dropped. Cyrillic, Greek, Arabic, Chinese and other scripts it cannot read. "
    f"Every tenth page only tests.\n\n{upload_popover.KEPT}"
)


def control(slug: str, control: Control[Any], value: Any) -> None:
    """The subjects, and a place to give a text of the learner's own."""
    url_state.widget(slug, control, value, session_texts(slug, control, value), corpus.display_name)
    text_popover(slug, value, lambda subject: url_state.change(slug, control, subject))
    if value not in control.options:
        st.success(f"In use: **{escaped(corpus.display_name(value))}**.")
        with suppress(BadValue):  # where it is not here any more, the page says so
            st.caption(escaped(corpus.describe(value)))


def text_popover(slug: str, value: Any, take: Callable[[str], object]) -> None:
    """Where a text is given, and why the last was not taken."""
    at = url_state.key(slug, "corpus")
    with upload_popover.popover("Take a text of your own, in Latin letters", at):
        offer(slug, at, take, corpus.display_name(value))
    st.caption(SHORT)
    after_upload(slug, at, take, corpus.display_name(value))


def session_texts(slug: str, control: Control[Any], value: Any) -> tuple[Any, ...]:
    """The learner's own texts: those given in this session, and the one that is set."""
    given = st.session_state.setdefault(url_state.key(slug, "own"), [])
    if value not in (*control.options, *given):
        given.append(value)
    return tuple(given)


def forget_own(slug: str, value: str) -> None:
    """No longer lists something among what this session brought."""
    given = st.session_state.get(url_state.key(slug, "own"), [])
    st.session_state[url_state.key(slug, "own")] = [name for name in given if name != value]


def offer(slug: str, door: str, take: Callable[[str], object], still: str) -> None:
    """Where a text is given, its limits first, in the popover `door`. Afterwards the place is empty again: nothing of a
    refused text is left standing, but why it was refused is said there too."""
    at = url_state.key(slug, "corpus")
    turn = st.session_state.setdefault(f"{at}.turn", 0)

    def give(data: bytes, name: str) -> None:
        st.session_state[f"{at}.turn"] = turn + 1
        upload_popover.receive(at, door, data, name, corpus.keep, take)

    def pasted() -> None:
        if text := st.session_state[f"{at}.text.{turn}"]:
            give(text.encode(), PASTED)

    st.caption(LIMITS)
    a_file("A text file", f"{at}.file", corpus.MEGABYTES, lambda file: give(file.getvalue(), file.name))
    st.text_area("Or paste it here", key=f"{at}.text.{turn}", on_change=pasted, height=100)
    upload_popover.show_refusal(at, still)


def after_upload(slug: str, door: str, take: Callable[[str], object], still: str) -> None:
    """What is said below the popover: a question about the last text, or why it was not taken."""
    at = url_state.key(slug, "corpus")
    upload_popover.ask_encoding(at, door, corpus.keep, take)
    upload_popover.show_refusal(at, still)
