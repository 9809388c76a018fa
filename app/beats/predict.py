"""Draws the second beat: the learner predicts before any result is shown. No answer is preselected."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app.components.drag_handles import drag_handles
from app.components.figure.figure import draw
from app.state import setting_widgets
from app.state.url_state import LessonState
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Order, Prediction
from lessons.kit.model.values import Control, Results, Settings


def predict(lesson: Lesson, at: LessonState) -> None:
    """Draws the question and its sliders. Sliders that can be set on the picture are in an expander."""
    prediction = asked_prediction(lesson, at)

    def offer(slider: Control[Any]) -> None:
        setting_widgets.handle(lesson.slug, slider, at.handles.values.get(slider.name))

    st.markdown(f"**{prediction.asks}**")
    for slider in prediction.sliders:
        if slider not in prediction.by_hand:
            offer(slider)
    if prediction.by_hand:
        with st.expander("Or choose numbers", icon=":material/tune:"):
            for slider in prediction.by_hand:
                offer(slider)


def asked_prediction(lesson: Lesson, at: LessonState) -> Prediction:
    """Returns the prediction, or the part of it that a class is asked for."""
    return lesson.prediction.only(at.plan.asked) if at.plan else lesson.prediction


def on_picture(lesson: Lesson, at: LessonState, evidence: Results) -> None:
    """Draws the picture before the prediction, and the handles that show the guess.

    The picture has only the results that may be seen before the prediction.
    """
    prediction = asked_prediction(lesson, at)
    guess = at.handles if at.said_all and at.whole and not prediction.by_hand else Settings()
    figure = lesson.picture(evidence, at.settings, guess)
    key = f"{lesson.slug}.The picture.{figure.kind}"
    order = next((one for one in prediction.sliders if isinstance(one, Order)), None)
    over = None
    if figure.kind == "rows" and order:
        said = at.handles[order] if order.name in at.handles.values else None
        over = partial(drag_handles.rows, figure, key, lesson.slug, order, said)
    elif prediction.handles and figure.ground:
        over = partial(drag_handles.handles, lesson.slug, prediction, at.handles, figure.ground)
    draw(figure, key, stage=True, over=over)
