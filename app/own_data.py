"""Your own data: bring a table or pictures, and see whether a pretrained start helps to learn them."""

from __future__ import annotations

import streamlit as st

from app.parts import chosen
from app.parts.camera import saved
from app.parts.live import live
from lessons.kit.evidence import gather
from lessons.kit.own_data import BENCH, SEVERAL
from lessons.kit.values import Evidence

TITLE = "Your own data"
EXPLAINED = (
    f"Both sides are the same net, trained in as many steps on the same few labels, {SEVERAL} times each with other "
    f"labels; the band is how far the {SEVERAL} lie apart. The pretrained side begins with what it learned elsewhere: "
    "for points with six spiral arms, for pictures with letters and signs.\n\nWhere its curve stays above the other, "
    "pretraining helps on your data; where the bands overlap, nothing is shown. With more labels the difference "
    "shrinks. A quarter of every class only tests: of a class of four that is one example, so believe large classes "
    "more."
)


def show() -> None:
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        saved(BENCH.slug)
    live(BENCH, stood_on, nothing_more)
    with st.expander("What this shows"):
        st.markdown(EXPLAINED)


def stood_on(at: chosen.Chosen, everything: bool) -> Evidence:
    return gather(BENCH.backdrop(at.settings))


def nothing_more() -> None:
    """Nothing leads on from here."""
