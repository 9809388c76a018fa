"""Lets learners pin runs, give them names, and remove them.

The pins are part of the link, and the browser stores them too.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.state import url_state
from core.experiment.checks import BadValue
from core.experiment.spec import Run
from lessons.kit.sandbox import pins
from lessons.kit.sandbox.workspace import PINS, SLUG

_NOTE = st.components.v2.component(
    "headstart_pins",
    html="<span></span>",
    js="""
export default function ({ data, setStateValue }) {
  try {
    if (data.keep !== null) return localStorage.setItem("headstart pins", data.keep)
    const kept = localStorage.getItem("headstart pins")
    if (kept) setStateValue("pins", kept) // else the page would be drawn twice for nothing
  } catch (error) { /* a browser that keeps nothing: the link has them all the same */ }
}
""",
)


def read() -> pins.Pins:
    """Returns the pins in the URL."""
    return pins.read(url_state.setting(SLUG, PINS))


def remember() -> None:
    """Stores the pins in the browser.

    At the first visit of a session, a link without pins takes the pins that the browser has stored.
    """
    now, first = url_state.setting(SLUG, PINS), f"{SLUG}.remembered"
    if now or st.session_state.get(first):
        st.session_state[first] = True
        _NOTE(data={"keep": now}, key="pins.keep", height=1)
        return
    told = _NOTE(data={"keep": None}, key="pins.read", height=1, on_pins_change=lambda: None).pins
    if isinstance(told, str):
        st.session_state[first] = True
        # the browser's answer is checked in the same way as a link; an invalid one changes nothing
        url_state.change(SLUG, PINS, told)
        st.rerun()


def set_pins(text: pins.Pins) -> None:
    """Replaces the pins."""
    st.session_state[f"{SLUG}.remembered"] = True
    url_state.change(SLUG, PINS, pins.write(text))


def pin(run: Run) -> None:
    """Pins a run. A callback of a button."""
    try:
        set_pins(pins.add_pin(read(), run))
    except BadValue as error:
        st.session_state[f"{SLUG}.pins.refused"] = str(error)


def control(text: str) -> None:
    """Draws the pins, each with its name and a button that removes it."""
    there = pins.read(text)
    if not there:
        st.caption("You have not pinned a run yet. Pin a run to compare it with later runs.")
    for k, one in enumerate(there):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            at = f"{SLUG}.pin.{k}"
            st.session_state[at] = one.name
            st.text_input(f"Name of pinned run {k + 1}", key=at, max_chars=pins.NAME, on_change=partial(rename, k, at))
            st.button("Unpin", icon=":material/close:", key=f"{at}.gone", type="tertiary", on_click=partial(unpin, k))
    if refused := st.session_state.pop(f"{SLUG}.pins.refused", ""):
        st.warning(refused)


def rename(place: int, at: str) -> None:
    """Renames a pin. A callback of a text field."""
    try:
        set_pins(pins.rename_pin(read(), place, st.session_state[at]))
    except BadValue as error:
        st.session_state[f"{SLUG}.pins.refused"] = str(error)


def unpin(place: int) -> None:
    """Removes a pin. A callback of a button."""
    set_pins(pins.remove_pin(read(), place))
