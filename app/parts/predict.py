"""Beat two: the learner commits before anything is shown."""

from __future__ import annotations

import streamlit as st

from app.parts import url
from app.parts.figure import draw
from lessons.kit.catalogue import Evidence, Lesson, Settings

NOT_YET, PREDICTED, SKIPPED = 0, 1, 2


def committed(lesson: Lesson) -> int:
    return url.number(lesson, "committed", NOT_YET, NOT_YET, SKIPPED)


def guess(lesson: Lesson) -> Settings:
    """What the learner predicted; empty where they did not."""
    if committed(lesson) != PREDICTED:
        return {}
    return {slider.name: url.setting(lesson.slug, slider) for slider in lesson.prediction.sliders}


def hide(lesson: Lesson, evidence: Evidence) -> Evidence:
    """What may be seen before a prediction."""
    return {label: one for label, one in evidence.items() if not label.startswith(lesson.prediction.hidden)}


def predict(lesson: Lesson, evidence: Evidence, settings: Settings) -> None:
    place = st.container()
    st.markdown(f"**{lesson.prediction.asks}**")
    said = {slider.name: url.choose(lesson.slug, slider) for slider in lesson.prediction.sliders}
    with place:
        draw(lesson.picture(hide(lesson, evidence), settings, said), f"{lesson.slug}.predicting")
