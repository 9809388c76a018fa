"""A text of the learner's own where a control takes a subject: from a file or pasted, kept on this machine."""

from __future__ import annotations

import streamlit as st

from app.parts import url
from core import corpus
from core.check import BadValue
from lessons.kit.catalogue import Control, Setting

MEGABYTES = 10  # of a file, whose letters may take more than a byte each


def choose(slug: str, control: Control) -> Setting:
    """A control's widget, and where it takes a text of the learner's own, a place to give one."""
    if not control.own:
        return url.choose(slug, control)
    value = url.choose(slug, control, own(slug, control))
    with st.expander("Take a text of your own", icon=":material/upload_file:"):
        offer(slug, control)
    return value


def own(slug: str, control: Control) -> tuple[Setting, ...]:
    """The learner's own texts: those given in this session, and the one that the URL names."""
    given = st.session_state.setdefault(url.key(slug, "own"), [])
    asked = url.setting(slug, control)
    if asked not in (*control.options, *given):
        given.append(asked)
    return tuple(given)


def offer(slug: str, control: Control) -> None:
    at = url.key(slug, "corpus")

    def give(data: bytes, name: str) -> None:
        try:
            subject = corpus.keep(data, name)
        except BadValue as error:
            st.session_state["refused corpus"] = str(error)
            return
        given = st.session_state[url.key(slug, "own")]
        if subject not in given:
            given.append(subject)
        st.session_state[url.key(slug, control.name)] = subject

    def chosen() -> None:
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
    st.file_uploader("A text file", key=f"{at}.file", on_change=chosen, max_upload_size=MEGABYTES)
    st.text_area("Or paste it here", key=f"{at}.text", on_change=pasted, height=100)
    if refused := st.session_state.pop("refused corpus", ""):
        st.warning(refused)
