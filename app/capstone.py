"""The capstone: briefs as an engineer meets them. Choose, say what you expect, run it, see where the choice stands."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.parts import chosen
from app.parts.live import live
from app.parts.once import once
from core.serve import store
from lessons.kit.capstone import weekly
from lessons.kit.capstone.advice import advice
from lessons.kit.capstone.bench import SLUG, bench
from lessons.kit.capstone.briefs import BRIEFS, Brief
from lessons.kit.capstone.told import RULES, facts, said, worth
from lessons.kit.catalogue import lessons
from lessons.kit.values import Control, Evidence

TITLE = "Capstone"


def show(today: date) -> None:
    """The six briefs and the one of the week; or that of another week, which a link names."""
    week = weekly.week_of(today)
    briefs = Control(
        name="brief",
        label="Brief",
        options=(*BRIEFS, week),
        default=next(iter(BRIEFS)),
        help="",
        known=weekly.known,
    )
    slug = chosen.setting(SLUG, briefs)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        more = () if slug in briefs.options else (slug,)
        chosen.widget(SLUG, briefs, slug, more, lambda one: "This week's" if one == week else title(one))
    brief = BRIEFS.get(slug) or weekly.brief_of(slug)
    if not brief or not brief.outcomes:
        st.warning("What was searched for this brief is not here. `python -m lessons.kit.capstone.search` makes it.")
        return
    st.markdown(f"{brief.story} {' '.join(facts(brief))}")
    live(bench(brief), lambda at, everything: Evidence())
    if over(brief):
        advised(brief)
    with st.expander("How points are counted, and whether the lessons' advice pays"):
        st.markdown(f"{RULES}\n\n{worth()}")


def title(slug: str) -> str:
    return BRIEFS[slug].title if slug in BRIEFS else slug


def over(brief: Brief) -> bool:
    """Whether the learner's own run is done."""
    at = chosen.read(bench(brief))
    return at.pressed and all(store.complete(piece.of) for piece in once(bench(brief), "runs", at.settings))


def advised(brief: Brief) -> None:
    """What somebody chooses who has done the lessons, step by step."""
    choice, steps = advice(brief)
    with st.expander("What the lessons advise here"):
        st.markdown(f"**{said(choice)}**")
        for step in steps:
            lesson = lessons()[step.lesson]
            st.markdown(f"- **{step.chosen}**: {step.why}. [{lesson.number}. {lesson.title}]({lesson.slug})")
