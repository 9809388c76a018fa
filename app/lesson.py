"""Draws any lesson: its five beats, one screen each. Knows the types of a lesson, and no lesson by name."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.parts import url
from app.parts.badge import claim_card
from app.parts.corpus import choose
from app.parts.figure import draw
from app.parts.live import live
from app.parts.memory import keep_place
from app.parts.predict import NOT_YET, PREDICTED, SKIPPED, committed, guess, predict
from app.parts.recall import recall
from app.parts.words import say
from lessons.kit.catalogue import Evidence, Lesson, Settings
from lessons.kit.evidence import gather


def show(lesson: Lesson) -> None:
    st.caption(f"Lesson {lesson.number}")
    st.title(lesson.title, anchor=False)
    url.check(lesson)
    beat = url.choose(lesson.slug, url.BEAT)
    beats = {"Predict": beat_predict, "Run": beat_run, "Explain": beat_explain, "Recall": beat_recall}
    beats.get(str(beat), beat_hook)(lesson)
    keep_place(lesson.slug)


def go(lesson: Lesson, beat: str, commit: int | None = None) -> None:
    """A button's callback: to another beat, perhaps with the prediction made."""
    if commit is not None:
        url.remember(lesson, "committed", commit)
    st.session_state[url.key(lesson.slug, "beat")] = beat


def forward(lesson: Lesson, label: str, beat: str, commit: int | None = None, primary: bool = True) -> None:
    st.button(
        label,
        type="primary" if primary else "tertiary",
        on_click=go,
        args=(lesson, beat, commit),
        key=f"{lesson.slug}.to.{beat}.{label}",
    )


def backdrop(lesson: Lesson, settings: Settings) -> Evidence:
    """The stored results that a page stands on; without them it says what brings them, and ends."""
    values = lesson.backdrop(settings)
    found = gather(values)
    if absent := len(values) - len(found):
        st.warning(f"{absent} of the results that this page stands on are not stored. `make shipped` computes them.")
        st.stop()
    return found


def beat_hook(lesson: Lesson) -> None:
    st.subheader(lesson.question, anchor=False)
    say(lesson, "hook")
    settings = url.settings(lesson)
    draw(lesson.hook(backdrop(lesson, settings), settings), f"{lesson.slug}.hook")
    forward(lesson, "Make a prediction", "Predict")


def beat_predict(lesson: Lesson) -> None:
    say(lesson, "predict")
    settings = url.settings(lesson)
    predict(lesson, backdrop(lesson, settings), settings)
    with st.container(horizontal=True):
        forward(lesson, "That is my prediction", "Run", PREDICTED)
        forward(lesson, "Skip, show me", "Run", SKIPPED, primary=False)


def beat_run(lesson: Lesson) -> None:
    if committed(lesson) == NOT_YET:
        st.info("First say what you expect: people who predict learn more than people who watch.")
        with st.container(horizontal=True):
            forward(lesson, "Make a prediction", "Predict")
            forward(lesson, "Skip, show me", "Run", SKIPPED, primary=False)
        return
    say(lesson, "run")
    settings = url.settings(lesson) | {control.name: choose(lesson.slug, control) for control in lesson.controls}
    live(lesson, backdrop(lesson, settings), settings, guess(lesson))
    forward(lesson, "What happened there?", "Explain")


def beat_explain(lesson: Lesson) -> None:
    settings = url.settings(lesson)
    if committed(lesson) == NOT_YET:
        beat_run(lesson)
        return
    evidence, said = backdrop(lesson, settings), guess(lesson)
    rows = lesson.verdict(evidence, said or {slider.name: slider.default for slider in lesson.prediction.sliders})
    table = pd.DataFrame(rows, columns=["", "you said", "it did"]).set_index("")
    st.table(table if said else table[["it did"]])
    draw(lesson.picture(evidence, settings, said), f"{lesson.slug}.explain")
    say(lesson, "explain")
    for claim in lesson.claims:
        claim_card(claim)
    st.markdown("**Beyond this miniature**")
    say(lesson, "carry")
    with st.expander("Show me the PyTorch", icon=":material/code:"):
        st.caption("One seed of exactly the run you chose, in plain PyTorch.")
        st.code(lesson.script(settings), language="python")
    forward(lesson, "Check what stays", "Recall")


def beat_recall(lesson: Lesson) -> None:
    recall(lesson)
