"""Draws the widget of a control, and where a learner may bring something of their own, the place to bring it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.controls import experiment_controls, pinned_runs
from app.state import url_state
from app.uploads import alphabet_upload, data_upload, text_upload
from lessons.kit.classes.class_plan import HIDDEN
from lessons.kit.model.values import Control

Widget = Callable[[str, Control[Any], Any], None]  # of a workspace's slug, the control and its value
WIDGETS: dict[str, Widget] = {  # by Control.kind
    "": url_state.widget,
    "text": text_upload.control,
    "alphabet": alphabet_upload.control,
    "data": data_upload.control,
    "experiment": lambda slug, control, value: experiment_controls.control(value),
    "pins": lambda slug, control, value: pinned_runs.control(value),
}


def control(slug: str, control: Control[Any], value: Any, held: str | None = None) -> None:
    """Draws a control. `held` says that a class's teacher has locked or hidden it."""
    if held == HIDDEN:
        return
    if held:
        st.markdown(f":material/lock: {control.label}: **{value}**", help="Your teacher has set this.")
        return
    WIDGETS[control.kind](slug, control, value)
