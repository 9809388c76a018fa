"""A text of the learner's own where a control takes a subject: from a file or pasted, kept on this machine."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.parts import chosen
from core import corpus
from core.check import BadValue
from lessons.kit.values import Control

MEGABYTES = 10  # of a file, whose letters may take more than a byte each


def control(slug: str, control: Control[Any], value: Any) -> None:
    """A control's widget, and where it takes a text of the learner's own, a place to give one."""
    if not control.own:
        chosen.widget(slug, control, value)
        return
    chosen.widget(slug, control, value, own(slug, control, value))
    with st.expander("Take a text of your own", icon=":material/upload_file:"):
        offer(slug, control)


def own(slug: str, control: Control[Any], value: Any) -> tuple[Any, ...]:
    """The learner's own texts: those given in this session, and the one that is set."""
    given = st.session_state.setdefault(chosen.key(slug, "own"), [])
    if value not in (*control.options, *given):
        given.append(value)
    return tuple(given)


def offer(slug: str, control: Control[Any]) -> None:
    at = chosen.key(slug, "corpus")

    def give(data: bytes, name: str) -> None:
        try:
            subject = corpus.keep(data, name)
        except BadValue as error:
            st.session_state["refused corpus"] = str(error)
            return
        chosen.change(slug, control, subject)

    def uploaded() -> None:
        if file := st.session_state[f"{at}.file"]:
            give(file.getvalue(), file.name)

    def pasted() -> None:
        if text := st.session_state[f"{at}.text"]:
            give(text.encode(), "pasted")

    st.caption(
        f"From {corpus.LEAST:,} to {corpus.MOST:,} characters, in any language that is written in Latin letters, or a "
        "program. Accents are dropped: the vocabulary knows plain letters only. Every tenth page of it only tests. The "
        "text is kept on the machine that runs this app, and whoever has the link of this page can train on it."
    )
    st.file_uploader("A text file", key=f"{at}.file", on_change=uploaded, max_upload_size=MEGABYTES)
    st.text_area("Or paste it here", key=f"{at}.text", on_change=pasted, height=100)
    if refused := st.session_state.pop("refused corpus", ""):
        st.warning(refused)
