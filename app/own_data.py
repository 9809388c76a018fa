"""Your own data: bring a table, pictures or a text, and see whether a pretrained start helps to learn them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.parts import chosen
from app.parts.live import live
from app.parts.take_home import saved
from lessons.kit.catalogue import Bench
from lessons.kit.evidence import gather
from lessons.kit.own_data import BENCH, DATA, SEVERAL, bench, is_text
from lessons.kit.texts import LIVE
from lessons.kit.values import Evidence

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
    name = chosen.setting(BENCH.slug, DATA)
    used = bench(name)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        saved(used)
    live(used, partial(stood_on, used))
    with st.expander("What this shows"):
        st.markdown(OF_TEXT if is_text(name) else EXPLAINED)


def stood_on(used: Bench, at: chosen.Chosen, everything: bool) -> Evidence:
    return gather(used.backdrop(at.settings))
