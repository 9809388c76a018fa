"""Draws a popover in which learners upload files.

The popover closes once a file was accepted, and it shows why the last file was rejected. If the encoding of a file is
ambiguous, the learner is asked. The argument `at` is the key of the upload field in the session. A rejection is shown
until another file is uploaded in the same field.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

import streamlit as st

from app.state import data_owner
from app.uploads.markdown import escaped
from core.experiment.checks import BadValue
from core.user_data import encoding, ownership

LARGEST = 10 * 2**20  # bytes; larger files are neither tables nor texts, so their encoding is never asked about
KEPT = (
    "Your data and the name of the file are stored on the computer that serves this app. Anyone who has the link of "
    "this page can train on your data, but only your browser can download or remove them. If nobody uses them for "
    f"{ownership.DAYS} days, they are removed, and so is everything that was trained on them."
)
NOT_YOURS = "Someone else uploaded these data. You can train on them, but you cannot download or remove them."
# takes a file, its name, and an encoding or ""; returns the name under which it is stored
Keep = Callable[[bytes, str, str], str]
Take = Callable[[str], object]


def popover(
    label: str, at: str, icon: str = ":material/upload_file:", width: Literal["stretch", "content"] = "stretch"
) -> AbstractContextManager[object]:
    """Returns the popover that contains an upload field. To close it, `close` gives it a new key."""
    turn = st.session_state.setdefault(f"{at}.opened", 0)
    return st.popover(label, icon=icon, width=width, key=f"{at}.popover.{turn}")


def close(at: str) -> None:
    """Closes the popover when the page is drawn next."""
    st.session_state[f"{at}.opened"] = st.session_state.get(f"{at}.opened", 0) + 1


def receive(at: str, door: str, data: bytes, name: str, keep: Keep, take: Take, code: str = "") -> None:
    """Stores a file and selects it, or shows why it was rejected, or asks for its encoding.

    `door` is the popover to close.
    """
    st.session_state.pop(f"{at}.refused", None)
    st.session_state.pop(f"{at}.doubt", None)
    if not code and is_doubtful(data):
        st.session_state[f"{at}.doubt"] = name, data
        close(door)
        return
    try:
        thing = keep(data, name, code)
        data_owner.claim(thing)
    except BadValue as error:
        st.session_state[f"{at}.refused"] = name, str(error)
        return
    take(thing)
    close(door)


def is_doubtful(data: bytes) -> bool:
    """Returns whether a file can be read in several plausible encodings."""
    try:
        return len(data) <= LARGEST and len(encoding.readings(data)) > 1
    except BadValue:  # it is not a text; `keep` reports what is wrong with it
        return False


def show_refusal(at: str, still: str) -> None:
    """Draws why the last file was rejected, and which data are still in use."""
    if refused := st.session_state.get(f"{at}.refused"):
        name, why = refused
        st.warning(f"{escaped(name)} cannot be used. {why} You are still using **{escaped(still)}**.")


def ask_encoding(at: str, door: str, keep: Keep, take: Take) -> None:
    """Asks for the encoding of the last file, by showing its first line in each possible encoding."""
    doubt = st.session_state.get(f"{at}.doubt")
    if not doubt:
        return
    name, data = doubt
    found = {one.encoding: one for one in encoding.readings(data)}

    def answered() -> None:
        receive(at, door, data, name, keep, take, st.session_state[f"{at}.reading"])

    def left() -> None:
        st.session_state.pop(f"{at}.doubt", None)

    with st.container(border=True):
        st.radio(
            f"{escaped(name)} does not say which encoding it uses. Which line looks right?",
            [*found],
            format_func=lambda code: f"{found[code].name}: {escaped(found[code].opening)}",
            key=f"{at}.reading",
        )
        with st.container(horizontal=True):
            st.button("Use this encoding", type="primary", on_click=answered, key=f"{at}.answer")
            st.button("Cancel the upload", type="tertiary", on_click=left, key=f"{at}.leave")
