"""The time machine: go back to a step of a run that is over, let it go on another way, and see both futures."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from app.parts import chosen
from app.parts.live import live
from app.parts.once import once
from app.parts.take_home import saved
from app.parts.words import filled, prose
from core.serve import store
from core.spec import Run
from lessons.kit.catalogue import Bench, lessons
from lessons.kit.evidence import gather
from lessons.kit.sandbox.experiment import described
from lessons.kit.values import Evidence
from lessons.ways_to_remember import machine
from lessons.ways_to_remember.machine import pasts

TITLE = "Time machine"
LESSON = "ways_to_remember"  # whose words it has
SLUG = "time"
OWN = "a run of yours"


def show() -> None:
    past = chosen.setting(SLUG, pasts.PAST)
    own = past not in pasts.PAST.options
    lived = store.complete(pasts.past(past))
    bench = worded(past, lived)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        chosen.widget(SLUG, pasts.PAST, past, (past,) if own else (), called)
        saved(bench)
    if own:
        st.caption(f"{described(pasts.past(past))}.")
    live(bench, lambda at, everything: stood_on(bench, at))
    if lived:
        go_on(bench)
    with st.expander("What this shows"):
        prose(filled(lessons()[LESSON].words["machine explained"]), SLUG, "explained")


def called(past: str) -> str:
    return past if past in pasts.PAST.options else OWN


@lru_cache(maxsize=256)
def worded(past: str, lived: bool) -> Bench:
    bench = machine.bench(past) if lived else machine.before(past)
    return replace(bench, words={"run": lessons()[LESSON].words["machine" if lived else "machine before"]})


def stood_on(bench: Bench, at: chosen.Chosen) -> Evidence:
    return gather(bench.backdrop(at.settings))


def go_on(bench: Bench) -> None:
    """A future that is there can be the past of another."""
    _, future = (piece.of for piece in once(bench, "runs", chosen.read(bench).settings))
    if store.complete(future) and pasts.takes(future):
        st.button("Make this future the past", icon=":material/history:", on_click=enter, args=(future,))


def enter(run: Run) -> None:
    """From now on this run is the past."""
    for name in ("at", "draw", "pressed"):
        chosen.forget(chosen.key(SLUG, name))
    chosen.put(chosen.key(SLUG, pasts.PAST.name), pasts.text(run))
