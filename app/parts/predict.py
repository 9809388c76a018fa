"""Beat two: the learner commits before anything is shown. Nothing is chosen beforehand."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app.parts import chosen, hands
from app.parts.chosen import Chosen
from app.parts.figure import draw
from lessons.kit.catalogue import Lesson
from lessons.kit.values import Control, Evidence, Settings


def predict(lesson: Lesson, at: Chosen) -> None:
    """What is asked, and the sliders; those that are set on the picture are folded."""
    prediction = lesson.prediction

    def offer(slider: Control[Any]) -> None:
        chosen.handle(lesson.slug, slider, at.handles.values.get(slider.name))

    st.markdown(f"**{prediction.asks}**")
    for slider in prediction.sliders:
        if slider not in prediction.by_hand:
            offer(slider)
    if prediction.by_hand:
        with st.expander("Or set it with numbers", icon=":material/tune:"):
            for slider in prediction.by_hand:
                offer(slider)


def on_picture(lesson: Lesson, at: Chosen, evidence: Evidence) -> None:
    """The picture with what may be known beforehand, and the handles on it. They draw the guess themselves."""
    prediction = lesson.prediction
    guess = at.handles if at.said_all and not prediction.handles else Settings()
    figure = lesson.picture(evidence, at.settings, guess)
    over = None
    if prediction.handles and figure.ground:
        over = partial(hands.handles, lesson.slug, prediction, at.handles, figure.ground)
    draw(figure, f"{lesson.slug}.The picture.{figure.kind}", stage=True, over=over)
