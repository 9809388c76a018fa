"""Draws any lesson: its five beats, one screen each. Knows the types of a lesson, and no lesson by name."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from app.parts import chosen
from app.parts.badge import claim_card
from app.parts.chosen import NOT_YET, PREDICTED, SKIPPED, Chosen
from app.parts.corpus import control
from app.parts.figure import draw
from app.parts.live import live
from app.parts.memory import keep_place
from app.parts.predict import predict
from app.parts.recall import recall
from app.parts.words import say
from lessons.kit.catalogue import Lesson
from lessons.kit.evidence import gather
from lessons.kit.values import Evidence, visible


def show(lesson: Lesson) -> None:
    st.caption(f"Lesson {lesson.number}")
    st.title(lesson.title, anchor=False)
    at = chosen.read(lesson)
    chosen.widget(lesson.slug, chosen.BEAT, at.beat)
    locked = at.committed == NOT_YET and at.beat in ("Run", "Explain")
    beats = {"Look": look, "Predict": beat_predict, "Run": run, "Explain": explain, "Recall": beat_recall}
    (ask_first if locked else beats[at.beat])(lesson, at)
    keep_place(lesson.slug)


def go(lesson: Lesson, beat: str, commit: int | None = None) -> None:
    """A button's callback: to another beat, perhaps with the prediction made."""
    if commit is not None:
        chosen.change(lesson.slug, chosen.COMMITTED, commit)
    chosen.change(lesson.slug, chosen.BEAT, beat)


def forward(lesson: Lesson, label: str, beat: str, commit: int | None = None, primary: bool = True) -> None:
    st.button(
        label,
        type="primary" if primary else "tertiary",
        on_click=partial(go, lesson, beat, commit),
        key=f"{lesson.slug}.to.{beat}.{label}",
    )


def backdrop(lesson: Lesson, at: Chosen) -> Evidence:
    """The stored results that a page stands on, without what is hidden until the learner has predicted; where some are
    missing it says what brings them, and ends."""
    values = lesson.backdrop(at.settings)
    shown = visible(values) if at.committed == NOT_YET else values
    evidence = gather(shown)
    if absent := len({piece.key for piece in shown}) - len(evidence):
        st.warning(f"{absent} of the results that this page stands on are not stored. `make shipped` computes them.")
        st.stop()
    return evidence


def look(lesson: Lesson, at: Chosen) -> None:
    st.subheader(lesson.question, anchor=False)
    say(lesson, "hook")
    draw(lesson.hook(backdrop(lesson, at), at.settings), f"{lesson.slug}.hook")
    forward(lesson, "Make a prediction", "Predict")


def beat_predict(lesson: Lesson, at: Chosen) -> None:
    say(lesson, "predict")
    predict(lesson, gather(visible(lesson.backdrop(at.settings))), at)
    with st.container(horizontal=True):
        forward(lesson, "That is my prediction", "Run", PREDICTED)
        forward(lesson, "Skip, show me", "Run", SKIPPED, primary=False)


def ask_first(lesson: Lesson, at: Chosen) -> None:
    """Where the answer would stand, before the learner has predicted."""
    st.info("First say what you expect: people who predict learn more than people who watch.")
    with st.container(horizontal=True):
        forward(lesson, "Make a prediction", "Predict")
        forward(lesson, "Skip, show me", "Run", SKIPPED, primary=False)


def run(lesson: Lesson, at: Chosen) -> None:
    say(lesson, "run")
    for each in lesson.controls:
        control(lesson.slug, each, at.settings[each])
    live(lesson, backdrop(lesson, at), at)
    forward(lesson, "What happened there?", "Explain")


def explain(lesson: Lesson, at: Chosen) -> None:
    evidence = backdrop(lesson, at)
    table = pd.DataFrame(lesson.verdict(evidence, at.sliders), columns=["", "you said", "it did"]).set_index("")
    st.table(table if at.guess else table[["it did"]])
    draw(lesson.picture(evidence, at.settings, at.guess), f"{lesson.slug}.explain")
    say(lesson, "explain")
    for claim in lesson.claims:
        claim_card(claim)
    st.markdown("**Beyond this miniature**")
    say(lesson, "carry")
    with st.expander("Show me the PyTorch", icon=":material/code:"):
        st.caption("One seed of exactly the run you chose, in plain PyTorch.")
        st.code(lesson.script(at.settings), language="python")
    forward(lesson, "Check what stays", "Recall")


def beat_recall(lesson: Lesson, at: Chosen) -> None:
    recall(lesson)
