"""A class on its pages: its name above the learners' lesson, what they say on its way to the teacher, and what all said
as its teacher's page and the projector draw it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape

import segno
import streamlit as st

from app.parts import chosen, memory
from app.parts.chosen import Chosen
from app.parts.corpus import escaped
from app.parts.figure import draw
from app.parts.once import once
from app.parts.workers import me
from core.check import BadValue
from core.serve.classroom import holds
from lessons.kit.catalogue import Lesson, lessons
from lessons.kit.classroom import Plan, Record, put
from lessons.kit.evidence import gather
from lessons.kit.figures import Figure
from lessons.kit.figures.crowd import crowd, tally
from lessons.kit.figures.crowd_numbers import quantile, summary
from lessons.kit.prediction import Order
from lessons.kit.progress import question_id
from lessons.kit.values import Evidence, Settings, visible

LOOKS = 2.0  # seconds between two looks of a learner who waits


def called(plan: Plan | None) -> str:
    """What stands behind the lesson's number."""
    return f" · {escaped(plan.name) or 'a class'}" if plan else ""


def tell(lesson: Lesson, at: Chosen) -> None:
    """Put the learner's prediction and the questions they missed into the class, whenever these have changed."""
    if not at.plan:
        return
    record = Record(said=at.said, missed=missed(lesson))
    told = chosen.key(lesson.slug, "told the class")
    if (record == Record() and told not in st.session_state) or st.session_state.get(told) == (at.plan.code, record):
        return
    try:
        put(at.plan, me()[1], record)
        st.session_state[told] = at.plan.code, record
    except BadValue as error:
        st.warning(str(error))


def missed(lesson: Lesson) -> tuple[int, ...]:
    """The lesson's questions that were answered wrongly in this session, by their place."""
    now = {at for at, one in memory.news().missed.items() if not one.right}
    return tuple(k for k, question in enumerate(lesson.questions) if question_id(lesson.slug, question) in now)


def wait(lesson: Lesson, at: Chosen, evidence: Evidence, onward: Callable[[], None]) -> None:
    """What a learner sees in place of the run while the teacher holds the class: their prediction, and nothing of the
    answer. `onward` draws the button that leads back to Predict."""
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.subheader("Your teacher will release the run.", anchor=False)
            if at.said:
                st.markdown("Your prediction is with the class. This page goes on by itself.")
            else:
                st.markdown("You have not made your prediction yet.")
            onward()
        with st.container(key="stage"), st.container():
            figure = lesson.picture(evidence, at.settings, at.guess)
            draw(figure, f"{lesson.slug}.The picture.{figure.kind}", stage=True)


def go_on_when_released(plan: Plan) -> None:
    """Draws the page again as soon as the teacher has released the class."""

    def look() -> None:
        if not holds(plan.code):
            st.rerun()

    st.fragment(look, run_every=LOOKS)()


# --- What all said --------------------------------------------------------------------------------------------------


def guessed(records: tuple[Record, ...]) -> tuple[Settings, ...]:
    return tuple(one.said for one in records if one.said)


def counted(number: int) -> str:
    return f"{number} guess{'es' * (number != 1)}" if number else "Nobody has predicted yet."


@lru_cache(maxsize=64)
def picture(slug: str, settings: Settings, guesses: tuple[Settings, ...]) -> Figure:
    """The lesson's own as it is before the run, with all guesses on it."""
    lesson = lessons()[slug]
    evidence = gather(visible(once(lesson, "backdrop", settings)))
    return crowd(lesson.picture(evidence, settings, Settings()), lesson.prediction, guesses)


def tallies(plan: Plan, guesses: tuple[Settings, ...]) -> None:
    """What was said, in numbers: of what stands on the picture its median and spread, of the rest all."""
    prediction = plan.of.prediction
    units = {control.name: handle.unit for handle in prediction.handles for control in handle.controls}
    for slider in prediction.sliders:
        if slider.name not in plan.asked or not any(slider.name in one.values for one in guesses):
            continue
        if slider not in prediction.by_hand:
            draw(tally(slider, guesses), f"class.tally.{slider.name}")
        elif not isinstance(slider, Order):
            values = [quantile(slider, guesses, share) for share in (0.25, 0.5, 0.75)]
            read = [f"{one}{units[slider.name] if isinstance(one, int | float) else ''}" for one in values]
            st.markdown(f"{slider.label.rstrip('?')}: {summary(slider, guesses, *read)}")


@lru_cache(maxsize=64)
def qr(address: str) -> str:
    """The link as a QR code, dark on light in any theme, so that every camera reads it."""
    drawn = segno.make(address, error="m").svg_data_uri(border=3, dark="#000", light="#fff", omitsize=True)
    return f'<img class="qr" src="{escape(drawn)}" alt="QR code of the link">'
