"""Connects the pages to a class.

Shows the name of the class above the lesson, sends the learner's answers to the teacher, and draws the answers of all
learners for the teacher's page and for the projector.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape

import segno
import streamlit as st

from app.components.figure.figure import draw
from app.state import browser_progress, lesson_cache, url_state
from app.state.engine import me
from app.state.url_state import LessonState
from app.uploads.text_upload import escaped
from core.experiment.checks import BadValue
from core.store.class_records import is_waiting
from lessons.kit.classes.class_plan import Plan, Record, submit_record
from lessons.kit.figures import Figure
from lessons.kit.figures.class_numbers import quantile, summary
from lessons.kit.figures.class_predictions import class_predictions, tally
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.lesson.progress import question_id
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Results, Settings, visible
from lessons.kit.model.wording import count_noun
from lessons.kit.results.evidence import load_results

LOOKS = 2.0  # seconds between two checks while a learner waits


def plan_label(plan: Plan | None) -> str:
    """Returns the name of the class to show behind the lesson's number."""
    return f" · {escaped(plan.name) or 'a class'}" if plan else ""


def submit_answers(lesson: Lesson, at: LessonState) -> None:
    """Sends the learner's prediction and their missed questions to the class, if either has changed."""
    if not at.plan:
        return
    record = Record(said=at.predicted, missed=missed_questions(lesson))
    told = url_state.key(lesson.slug, "told the class")
    if (record == Record() and told not in st.session_state) or st.session_state.get(told) == (at.plan.code, record):
        return
    try:
        submit_record(at.plan, me()[1], record)
        st.session_state[told] = at.plan.code, record
    except BadValue as error:
        st.warning(str(error))


def missed_questions(lesson: Lesson) -> tuple[int, ...]:
    """Returns the indices of the lesson's questions that the learner answered wrongly in this session."""
    now = {at for at, one in browser_progress.news().missed.items() if not one.right}
    return tuple(number for number in range(len(lesson.questions)) if question_id(lesson.slug, number) in now)


def wait(lesson: Lesson, at: LessonState, evidence: Results, onward: Callable[[], None]) -> None:
    """Draws the page that a learner sees instead of the run while the teacher holds the class.

    The page shows the learner's prediction and nothing of the answer. `onward` draws the button that leads back to
    Predict.
    """
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.subheader("Your teacher will start the next part.", anchor=False)
            if at.predicted:
                st.markdown("Your class has your prediction. This page continues by itself.")
            else:
                st.markdown("You have not made your prediction yet.")
            onward()
        with st.container(key="stage"), st.container():
            figure = lesson.picture(evidence, at.settings, at.guess)
            draw(figure, f"{lesson.slug}.The picture.{figure.kind}", stage=True)


def go_on_when_released(plan: Plan) -> None:
    """Draws the page again as soon as the teacher has released the class."""

    def look() -> None:
        if not is_waiting(plan.code):
            st.rerun()

    st.fragment(look, run_every=LOOKS)()


# --- The answers of all learners --------------------------------------------------------------------------------------


def class_guesses(records: tuple[Record, ...]) -> tuple[Settings, ...]:
    """Returns the prediction of every learner who made one."""
    return tuple(one.said for one in records if one.said)


def learner_count(number: int) -> str:
    """Returns a sentence with the number of predictions."""
    return count_noun(number, "prediction") if number else "Nobody has made a prediction yet."


@lru_cache(maxsize=64)
def picture(slug: str, settings: Settings, guesses: tuple[Settings, ...]) -> Figure:
    """Returns the lesson's picture as it is before the run, with the guesses of all learners on it."""
    lesson = lessons()[slug]
    evidence = load_results(visible(lesson_cache.backdrop(lesson, settings)))
    return class_predictions(lesson.picture(evidence, settings, Settings()), lesson.prediction, guesses)


def tallies(plan: Plan, guesses: tuple[Settings, ...]) -> None:
    """Draws the guesses of the class as numbers.

    For a handle on the picture it shows the median and the spread. For any other question it shows the number of
    learners for each answer.
    """
    prediction = plan.lesson_of.prediction
    handles = {control.name: handle for handle in prediction.handles for control in handle.controls}
    for slider in prediction.sliders:
        if slider.name not in plan.asked or not any(slider.name in one.values for one in guesses):
            continue
        if slider not in prediction.by_hand:
            draw(tally(slider, guesses), f"class.tally.{slider.name}")
        elif not isinstance(slider, Order):
            values = [quantile(slider, guesses, share) for share in (0.25, 0.5, 0.75)]
            read = [handles[slider.name].option_text(slider, one) for one in values]
            st.markdown(f"{slider.label.rstrip('?')}: {summary(slider, guesses, *read)}")


@lru_cache(maxsize=64)
def qr(address: str) -> str:
    """Returns the link as a QR code. It is dark on a light ground in every theme, so that every camera can read it."""
    drawn = segno.make(address, error="m").svg_data_uri(border=3, dark="#000", light="#fff", omitsize=True)
    return f'<img class="qr" src="{escape(drawn)}" alt="QR code of the link">'
