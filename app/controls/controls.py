"""Draws the widget of a control, and an upload field where the control accepts a learner's own data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.controls import experiment_controls, pinned_runs
from app.state import url_state
from app.uploads import alphabet_upload, data_upload, text_upload
from lessons.kit.classes.class_plan import HIDDEN
from lessons.kit.model.values import Control

Widget = Callable[[str, Control[Any], Any], None]  # takes the slug of a workspace, the control and its value
WIDGETS: dict[str, Widget] = {  # by Control.kind
    "": url_state.widget,
    "text": text_upload.control,
    "alphabet": alphabet_upload.control,
    "data": data_upload.control,
    "experiment": lambda slug, control, value: experiment_controls.control(value),
    "pins": lambda slug, control, value: pinned_runs.control(value),
}


def control(slug: str, control: Control[Any], value: Any, held: str | None = None) -> None:
    """Draws a control. `held` is set if the teacher of a class has locked or hidden the control."""
    if held == HIDDEN:
        return
    if held:
        st.markdown(
            f":material/lock: {control.label}: **{control.label_of(value)}**", help="Your teacher has set this."
        )
        return
    WIDGETS[control.kind](slug, control, value)
