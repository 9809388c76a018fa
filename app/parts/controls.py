"""A control's widget, and where it takes something of the learner's own, the place to give it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.parts import alphabets, chosen, corpus, dials, own, pinned
from core import alphabet
from core.corpus import known
from lessons.kit import own_data
from lessons.kit.classroom import HIDDEN
from lessons.kit.sandbox import bench
from lessons.kit.values import Control


def control(slug: str, control: Control[Any], value: Any, held: str | None = None) -> None:
    """held: a class's teacher has locked or hidden it."""
    if held == HIDDEN:
        return
    if held:
        st.markdown(f":material/lock: {control.label}: **{value}**", help="Your teacher has set this.")
    elif control is bench.EXPERIMENT:
        dials.control(value)
    elif control is bench.PINS:
        pinned.control(value)
    elif control.known == known:
        corpus.control(slug, control, value)
    elif control.known == alphabet.known:
        alphabets.control(slug, control, value)
    elif control.known == own_data.known:
        own.control(slug, control, value)
    else:
        chosen.widget(slug, control, value)
