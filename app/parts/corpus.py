"""A text of the learner's own where a control takes a subject: from a file or pasted, kept on this machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import streamlit as st

from app.parts import chosen, upload
from app.parts.given import a_file
from app.parts.markdown import escaped as escaped  # other pages take it from here
from core import corpus
from core.check import BadValue
from lessons.kit.values import Control

PASTED = "pasted text"  # its name
SHORT = f"A text (.txt) of {corpus.LEAST:,} to {corpus.MOST:,} characters, up to {corpus.MEGABYTES} MB."
LIMITS = (
    f"**A text** (.txt): {corpus.LEAST:,} to {corpus.MOST:,} characters in Latin letters: English, another language "
    "written so, or a program; accents are dropped. Cyrillic, Greek, Arabic, Chinese and other scripts it cannot read. "
    f"Every tenth page only tests.\n\n{upload.KEPT}"
)


def control(slug: str, control: Control[Any], value: Any) -> None:
    """The subjects, and a place to give a text of the learner's own."""
    chosen.widget(slug, control, value, own(slug, control, value), corpus.called)
    taken(slug, value, lambda subject: chosen.change(slug, control, subject))
    if value not in control.options:
        st.success(f"In use: **{escaped(corpus.called(value))}**.")
        with suppress(BadValue):  # where it is not here any more, the page says so
            st.caption(escaped(corpus.says(value)))


def taken(slug: str, value: Any, take: Callable[[str], object]) -> None:
    """Where a text is given, and why the last was not taken."""
    at = chosen.key(slug, "corpus")
    with upload.popover("Take a text of your own, in Latin letters", at):
        offer(slug, at, take, corpus.called(value))
    st.caption(SHORT)
    after_upload(slug, at, take, corpus.called(value))


def own(slug: str, control: Control[Any], value: Any) -> tuple[Any, ...]:
    """The learner's own texts: those given in this session, and the one that is set."""
    given = st.session_state.setdefault(chosen.key(slug, "own"), [])
    if value not in (*control.options, *given):
        given.append(value)
    return tuple(given)


def forget_own(slug: str, value: str) -> None:
    """No longer lists something among what this session brought."""
    given = st.session_state.get(chosen.key(slug, "own"), [])
    st.session_state[chosen.key(slug, "own")] = [name for name in given if name != value]


def offer(slug: str, door: str, take: Callable[[str], object], still: str) -> None:
    """Where a text is given, its limits first, in the popover `door`. Afterwards the place is empty again: nothing of a
    refused text is left standing, but why it was refused is said there too."""
    at = chosen.key(slug, "corpus")
    turn = st.session_state.setdefault(f"{at}.turn", 0)

    def give(data: bytes, name: str) -> None:
        st.session_state[f"{at}.turn"] = turn + 1
        upload.receive(at, door, data, name, corpus.keep, take)

    def pasted() -> None:
        if text := st.session_state[f"{at}.text.{turn}"]:
            give(text.encode(), PASTED)

    st.caption(LIMITS)
    a_file("A text file", f"{at}.file", corpus.MEGABYTES, lambda file: give(file.getvalue(), file.name))
    st.text_area("Or paste it here", key=f"{at}.text.{turn}", on_change=pasted, height=100)
    upload.show_refusal(at, still)


def after_upload(slug: str, door: str, take: Callable[[str], object], still: str) -> None:
    """What is said below the popover: a question about the last text, or why it was not taken."""
    at = chosen.key(slug, "corpus")
    upload.ask_encoding(at, door, corpus.keep, take)
    upload.show_refusal(at, still)
