"""Your own data: learners bring a table, pictures or a text, and see whether a pretrained start helps to learn them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.beats.run import live
from app.beats.take_home import saved
from app.state import url_state
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import load_results
from lessons.kit.runs.text_adaptation import LIVE
from lessons.kit.workspaces.own_data import BENCH, DATA, SEVERAL, is_text, own_data_workspace

TITLE = "Your own data"
EXPLAINED = (
    f"Both sides are the same net, trained in as many steps on the same few labels, {SEVERAL} times each with other "
    f"labels; the band is how far the {SEVERAL} lie apart. The pretrained side begins with what it learned elsewhere: "
    "for points with six spiral arms, for pictures with letters and signs.\n\nThe verdict compares pairs of nets that "
    "learned from the same labels. If its interval includes zero, your data show no difference. Pretraining can also "
    "hurt: what the net learned elsewhere may not fit your data, and a few hundred steps may not unlearn it. With "
    "more labels the difference shrinks. A quarter of every class only tests: of a class of four that is one example, "
    "so believe large classes more."
)
OF_TEXT = (
    f"Both sides are the same net, trained in as many steps, {LIVE} times each on other slices of your text. "
    "The pretrained side begins with what it learned from general English. What is measured is surprise at pages that "
    "neither has seen, in bits a character: fewer are better.\n\nWhere its curve stays below the other, pretraining "
    "helps on your text. The third curve is what general English costs that net meanwhile: where it climbs, it forgets."
)


def show() -> None:
    """Draws the page."""
    name = url_state.setting(BENCH.slug, DATA)
    used = own_data_workspace(name)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        saved(used)
    live(used, partial(backdrop_results, used))
    with st.expander("What this shows"):
        st.markdown(OF_TEXT if is_text(name) else EXPLAINED)


def backdrop_results(used: Workspace, at: url_state.LessonState, everything: bool) -> Results:
    """Returns the stored results that the figures are drawn from."""
    return load_results(used.backdrop(at.settings))
