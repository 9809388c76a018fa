"""A place that takes files: a popover that closes once one was taken, why the last one was refused, and a question
where only a person can tell in which encoding a file was written.

The session knows a place by `at`: its refusal stays until the same place takes another file.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import streamlit as st

from app.state import data_owner
from app.uploads.markdown import escaped
from core.experiment.checks import BadValue
from core.user_data import encoding, ownership

LARGEST = 10 * 2**20  # bytes of a file whose encoding is asked about; no larger one is a table or a text
KEPT = (
    "What is read and the file's name are kept on the computer that serves this app. Whoever has the link of this page "
    "can train on it, but only your browser can download or remove it. What nobody uses for "
    f"{ownership.DAYS} days is removed, with all that was trained on it."
)
NOT_YOURS = "Somebody else brought these data. You can train on them, but not download or remove them."
Keep = Callable[[bytes, str, str], str]  # of a file, its name, and an encoding or "": what it is kept as
Take = Callable[[str], object]


def popover(label: str, at: str) -> AbstractContextManager[object]:
    """The popover that holds a place. A key of another turn is another popover, which is closed."""
    turn = st.session_state.setdefault(f"{at}.opened", 0)
    return st.popover(label, icon=":material/upload_file:", width="stretch", key=f"{at}.popover.{turn}")


def close(at: str) -> None:
    """Have the popover closed when the page is drawn next."""
    st.session_state[f"{at}.opened"] = st.session_state.get(f"{at}.opened", 0) + 1


def receive(at: str, door: str, data: bytes, name: str, keep: Keep, take: Take, code: str = "") -> None:
    """Keep a file and use it; or say why not; or ask in which encoding it was written. `door`: the popover."""
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
    """Whether there are several plausible ways to read a file."""
    try:
        return len(data) <= LARGEST and len(encoding.readings(data)) > 1
    except BadValue:  # it is no text: whoever keeps it says what it is
        return False


def show_refusal(at: str, still: str) -> None:
    """Why the last file was not taken, and what is in use."""
    if refused := st.session_state.get(f"{at}.refused"):
        name, why = refused
        st.warning(f"{escaped(name)} was not taken. {why} Still in use: **{escaped(still)}**.")


def ask_encoding(at: str, door: str, keep: Keep, take: Take) -> None:
    """Ask in which encoding the last file was written, by the first line of each reading."""
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
            f"{escaped(name)} does not say how its letters are written. Which line is right?",
            [*found],
            format_func=lambda code: f"{found[code].name}: {escaped(found[code].opening)}",
            key=f"{at}.reading",
        )
        with st.container(horizontal=True):
            st.button("Take it so", type="primary", on_click=answered, key=f"{at}.answer")
            st.button("Leave it", type="tertiary", on_click=left, key=f"{at}.leave")
