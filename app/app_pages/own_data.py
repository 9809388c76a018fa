"""Your own data: learners bring a table, pictures, photos or a text, and see whether a pretrained start helps to learn
them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.beats.run import live
from app.beats.take_home import saved
from app.state import url_state
from core.user_data import photo_album
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import load_results
from lessons.kit.runs.text_adaptation import LIVE
from lessons.kit.workspaces.own_data import BENCH, DATA, SEVERAL, is_text, own_data_workspace
from lessons.kit.workspaces.own_photos import NETS, PHOTOS

TITLE = "Your own data"
EXPLAINED = (
    f"Two kinds of nets learn your data: {SEVERAL} pretrained nets and {SEVERAL} nets from scratch. All of them have "
    "the same layers, and both kinds get the same labels and the same number of steps. A pretrained net for points has "
    "learned six spiral arms before, and a pretrained net for pictures has learned letters and symbols. The band shows "
    f"how much the {SEVERAL} nets of one kind differ, because each of them gets other labels.\n\nThe verdict compares "
    "pairs of nets that learned from the same labels. If its interval includes zero, your data show no clear "
    "difference. Pretraining can also hurt: what the net learned before may not fit your data, and a few hundred steps "
    "may be too few to unlearn it. The difference usually shrinks when you use more labels. A quarter of the examples "
    "of each class is used only for testing. In a class of four that is a single example, so trust the results of "
    "large classes more."
)
OF_TEXT = (
    f"Two kinds of nets read your text: {LIVE} pretrained nets and {LIVE} nets from scratch. All of them have the same "
    "layers and take the same number of steps, and each one reads a different slice of your text. A pretrained net has "
    "read general English before. The curves show how well each kind predicts pages that it has not read, in bits per "
    "character. Fewer bits are better.\n\nPretraining helps on your text if the curve of the pretrained nets stays "
    "below the other one. The third curve shows how well the pretrained nets still predict general English. If that "
    "curve rises, they are forgetting it."
)

OF_PHOTOS = (
    f"Three kinds of nets learn your photos, {NETS} nets of each kind. The pretrained net is EfficientNet-Lite0, which "
    "other people have trained on 1.2 million photos with a thousand names. It gets a new head for your classes, and "
    "only this head is trained. The same net, untrained, has random weights below its new head. The small net from "
    "scratch trains all its layers. The band shows how much the nets of one kind differ, because each of them gets "
    "other labels.\n\nThe verdict compares pairs of nets that learned from the same labels. “Gain and cost” shows what "
    "each kind of net cost you. The pretraining itself is not in this table: other people paid for it. A quarter of "
    "the photos of each class is used only for testing. If you took all photos of a cup in one place, the net may have "
    "learned the place. So take some photos elsewhere."
)


def show() -> None:
    """Draws the page."""
    name = url_state.setting(BENCH.slug, DATA)
    used = PHOTOS if photo_album.exists(name) else own_data_workspace(name)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        saved(used)
    live(used, partial(backdrop_results, used))
    with st.expander("How to read the result"):
        st.markdown(OF_TEXT if is_text(name) else OF_PHOTOS if used == PHOTOS else EXPLAINED)


def backdrop_results(used: Workspace, at: url_state.LessonState, everything: bool) -> Results:
    """Returns the stored results that the figures are drawn from."""
    return load_results(used.backdrop(at.settings))
