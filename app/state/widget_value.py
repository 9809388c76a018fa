"""Sends the value of a widget to the browser only when the browser needs it, so that no click is undone."""

from __future__ import annotations

import math
import time
from typing import Any

import streamlit as st

CROSSING = 5.0  # seconds in which a click and a value that was sent may cross each other


def show_value(at: str, value: Any) -> None:
    """Has the widget with this key show a value. It is called before the widget is drawn.

    The value is sent only if the widget is new or the browser shows another value. A value that was sent at every
    update would arrive after the learner's next click and undo it. A click on the option that is then shown would do
    nothing, and the page would stay where an earlier click led. A value that is sent may cross a click all the same.
    For a while afterwards the value is therefore sent again, whatever the page has made of that click.
    """
    sent, now = f"{at} sent", time.monotonic()
    if at not in st.session_state:
        st.session_state[at] = value  # no click crosses it, because the widget is not on the page yet
    elif st.session_state[at] != value or now - st.session_state.get(sent, -math.inf) < CROSSING:
        st.session_state[at], st.session_state[sent] = value, now
