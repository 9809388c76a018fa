"""Beat two: the learner commits before anything is shown."""

from __future__ import annotations

import streamlit as st

from app.parts import chosen
from app.parts.chosen import Chosen
from app.parts.figure import draw
from lessons.kit.catalogue import Lesson
from lessons.kit.values import Evidence


def predict(lesson: Lesson, evidence: Evidence, at: Chosen) -> None:
    """The picture with what is known and where the handles stand, and the handles."""
    draw(lesson.picture(evidence, at.settings, at.sliders), f"{lesson.slug}.predicting")
    st.markdown(f"**{lesson.prediction.asks}**")
    for slider in lesson.prediction.sliders:
        chosen.widget(lesson.slug, slider, at.sliders[slider])
