"""The time machine: go back to a step of a run that is over, let it go on another way, and see both futures."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import streamlit as st

from app.parts import chosen
from app.parts.live import live
from app.parts.words import filled, prose
from lessons.kit.catalogue import Bench, lessons
from lessons.kit.evidence import gather
from lessons.kit.values import Evidence
from lessons.ways_to_remember import machine

TITLE = "Time machine"
LESSON = "ways_to_remember"  # whose words it has
SLUG = "time"


def show() -> None:
    past = chosen.setting(SLUG, machine.PAST)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        chosen.widget(SLUG, machine.PAST, past)
    bench = worded(past)
    live(bench, lambda at, everything: stood_on(bench, at), lambda: None)
    with st.expander("What this shows"):
        prose(filled(lessons()[LESSON].words["machine explained"]), SLUG, "explained")


@cache
def worded(past: str) -> Bench:
    return replace(machine.bench(past), words={"run": lessons()[LESSON].words["machine"]})


def stood_on(bench: Bench, at: chosen.Chosen) -> Evidence:
    return gather(bench.backdrop(at.settings))
