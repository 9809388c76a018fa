"""Compares few-label learning on a model that people really use. The results ship, and the model itself is optional."""

from __future__ import annotations

import streamlit as st

from app.beats.claim_badge import claim_card
from app.beats.lesson_text import draw_section
from app.components.figure.figure import draw
from app.state import setting_widgets, url_state
from core.fetch.sources import SOURCES
from lessons.kind_words import real
from lessons.kit.lesson.catalogue import claims
from lessons.kit.model.values import Seeds
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping.claims import Missing, compute_finding

TITLE = "Real model"


def show() -> None:
    """Draws the page."""
    lesson, claim = claims()["T2"]
    st.title(TITLE, anchor=False)
    draw_section(lesson, "real")
    about = url_state.setting("real", real.ABOUT)
    setting_widgets.widget("real", real.ABOUT, about)
    try:
        compute_finding(claim, Seeds())
    except Missing as error:
        st.warning(str(error))
        return
    draw(real.picture(load_results(claim.runs(Seeds())), about), "real.picture")
    draw_section(lesson, "real explained")
    claim_card(claim)
    state()


def state() -> None:
    """Draws whether the model is on this machine, and how to use it or to get it."""
    source = next(one for one in SOURCES if one.package == real.PACKAGE)
    if source.size() is None:
        st.info("The figure shows stored results. The model itself is not on this machine. This command downloads it:")
        st.code(source.command, language="bash")
    else:
        st.success("The model is on this machine. This command computes the figure again, with other labels:")
        st.code("python -m lessons.claims T2 --check", language="bash")
    st.caption(f"{source.what}. {source.origin} · {source.terms}. {source.note}")
