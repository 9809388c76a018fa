"""A text of the learner's own where a control takes a subject: from a file or pasted, kept on this machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from app.parts import chosen
from app.parts.given import a_file
from core import corpus
from core.check import BadValue
from lessons.kit.values import Control

PASTED = "pasted text"  # its name


def control(slug: str, control: Control[Any], value: Any) -> None:
    """The subjects, and a place to give a text of the learner's own."""
    chosen.widget(slug, control, value, own(slug, control, value), corpus.called)
    taken(slug, value, lambda subject: chosen.change(slug, control, subject))
    if value not in control.options:
        st.success(f"In use: **{escaped(corpus.called(value))}**.")


def taken(slug: str, value: Any, take: Callable[[str], object]) -> None:
    """Where a text is given, and why the last was not taken."""
    with st.popover("Take a text of your own, in Latin letters", icon=":material/upload_file:", width="stretch"):
        refusal(slug, corpus.called(value))
        offer(slug, take)
    refusal(slug, corpus.called(value))


def own(slug: str, control: Control[Any], value: Any) -> tuple[Any, ...]:
    """The learner's own texts: those given in this session, and the one that is set."""
    given = st.session_state.setdefault(chosen.key(slug, "own"), [])
    if value not in (*control.options, *given):
        given.append(value)
    return tuple(given)


def refusal(slug: str, still: str) -> None:
    """Why the last text was not taken, and what is in use."""
    if refused := st.session_state.get(f"{chosen.key(slug, 'corpus')}.refused"):
        name, why = refused
        st.warning(f"{escaped(name)} was not taken. {why} Still in use: **{escaped(still)}**.")


def offer(slug: str, take: Callable[[str], object]) -> None:
    """Where a text is given, its limits first. Afterwards the place is empty again: nothing of a refused text is left
    standing."""
    at = chosen.key(slug, "corpus")
    turn = st.session_state.setdefault(f"{at}.turn", 0)

    def give(data: bytes, name: str) -> None:
        st.session_state[f"{at}.turn"] = turn + 1
        try:
            subject = corpus.keep(data, name)
        except BadValue as error:
            st.session_state[f"{at}.refused"] = name, str(error)
            return
        st.session_state.pop(f"{at}.refused", None)
        take(subject)

    def pasted() -> None:
        if text := st.session_state[f"{at}.text.{turn}"]:
            give(text.encode(), PASTED)

    st.caption(
        f"**A text** (.txt): {corpus.LEAST:,} to {corpus.MOST:,} characters in Latin letters: English, another "
        "language written so, or a program; accents are dropped. Cyrillic, Greek, Arabic, Chinese and other scripts it "
        "cannot read. Every tenth page only tests. The text and its name are kept on the machine that runs this app; "
        "whoever has the link of this page can train on it."
    )
    a_file("A text file", f"{at}.file", corpus.MEGABYTES, lambda file: give(file.getvalue(), file.name))
    st.text_area("Or paste it here", key=f"{at}.text.{turn}", on_change=pasted, height=100)


def escaped(name: str) -> str:
    """A file's name as it is, not as Markdown."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:])", r"\\\1", name)
