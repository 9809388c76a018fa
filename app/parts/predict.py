"""Beat two: the learner commits before anything is shown. Nothing is chosen beforehand."""

from __future__ import annotations

import streamlit as st

from app.parts import chosen
from app.parts.chosen import Chosen
from lessons.kit.catalogue import Lesson


def predict(lesson: Lesson, at: Chosen) -> None:
    """The handles."""
    st.markdown(f"**{lesson.prediction.asks}**")
    for slider in lesson.prediction.sliders:
        chosen.handle(lesson.slug, slider, at.handles.values.get(slider.name))
