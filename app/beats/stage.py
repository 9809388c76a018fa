"""The picture that stays, and the views that may take its place, by name. Nothing is stacked below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from app.components.figure.figure import draw
from app.i18n import outgoing_messages
from app.state import url_state
from lessons.kit.figures.highlight import highlight as lighted
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.values import Results, Settings

PICTURE = "The picture"
PADS = {"points": "Your points", "drawing": "Your drawing"}  # by the kind of sheet


def stage(
    lesson: Workspace,
    evidence: Results,
    settings: Settings,
    guess: Settings,
    moving: bool = False,
    live: bool = False,
    pad: Callable[[], None] | None = None,
    first: str = "",
    lit: Sequence[str] = (),
) -> None:
    """The picture, or the view that the learner has chosen. Before they choose: `first` where that is named, what moves
    once runs were begun (live: they still go on), where points are placed the pad, else the picture. What is `lit`
    stays while the rest of the picture steps back."""
    views = lesson.views(evidence, settings, guess)
    own = PADS[lesson.sheet.kind] if pad and lesson.sheet else ""
    still = own or PICTURE
    opening = first if first in views else next((name for name in lesson.moving if moving and name in views), still)
    name = names(lesson.slug, [*([own] if own else []), PICTURE, *views], opening)
    if pad and name == own:
        pad()
        return
    figure = views[name]() if name in views else lesson.picture(evidence, settings, guess)
    draw(
        lighted(figure, lit),
        f"{lesson.slug}.{name}.{figure.kind}",
        stage=True,
        live=live,
        left=partial(set_moment, lesson),
    )


def set_moment(lesson: Workspace, mark: str) -> None:
    """A player was left at a frame: the nearest moment that can be chosen is."""
    if lesson.turn:
        step = int(mark.split()[-1])
        url_state.change(lesson.slug, lesson.turn, min(lesson.turn.options, key=lambda option: abs(option - step)))


def names(slug: str, options: list[str], first: str) -> str:
    """The views' names to choose from; what was chosen last, or the first."""
    at = url_state.key(slug, "view")
    if st.session_state.get(at) not in options:
        st.session_state[at] = None
    if len(options) == 1:
        return first
    shown: str | None = st.session_state[at]
    shape = f"{at}.shown"
    now = (shown or first, *options)  # with other options it is another control
    if st.session_state.get(f"{shape} as") != now or st.session_state.get(shape) != now[0]:
        st.session_state[shape] = now[0]  # not at every look: that would undo a click which is on its way
    st.session_state[f"{shape} as"] = now

    def choose() -> None:
        st.session_state[at] = st.session_state[shape]

    st.segmented_control(
        "View",
        options,
        key=shape,
        label_visibility="collapsed",
        on_change=choose,
        format_func=outgoing_messages.translate_option,
    )
    return shown or first
