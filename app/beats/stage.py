"""Draws the stage: the lesson's picture, or one of the views that may take its place. Nothing stands below it."""

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

PICTURE = "The picture"  # the value of the main view, as it was stored before
SHOWN = {PICTURE: "Prediction and result"}  # its name on the page: it shows both on the same axes
IN_SIGHT = 4  # views beside each other; the others are behind a button
PADS = {"points": "Your points", "drawing": "Your drawing"}  # the name of the view, by the kind of the sheet


def stage(
    workspace: Workspace,
    evidence: Results,
    settings: Settings,
    guess: Settings,
    moving: bool = False,
    live: bool = False,
    pad: Callable[[], None] | None = None,
    first: str = "",
    lit: Sequence[str] = (),
    scene: str = "Run",
) -> None:
    """Draws the picture, or the view that the learner has chosen.

    Until the learner chooses, the stage shows the view `first` if it is given. Otherwise it shows a moving view while
    `moving`, the pad if there is one, or else the picture. `live` means that the runs still go on. The parts named in
    `lit` stay, and the rest of the picture is dimmed. The choice of a view holds for one `scene`, such as a finding:
    the next one begins with its own view.
    """
    if st.session_state.get(scene_at := url_state.key(workspace.slug, "view is of")) != scene:
        st.session_state[scene_at], st.session_state[url_state.key(workspace.slug, "view")] = scene, None
    views = workspace.views(evidence, settings, guess)
    own = PADS[workspace.sheet.kind] if pad and workspace.sheet else ""
    still = own or PICTURE
    opening = first if first in views else next((name for name in workspace.moving if moving and name in views), still)
    name = names(workspace.slug, [*([own] if own else []), PICTURE, *views], opening)
    if pad and name == own:
        pad()
        return
    figure = views[name]() if name in views else workspace.picture(evidence, settings, guess)
    draw(
        lighted(figure, lit),
        f"{workspace.slug}.{name}.{figure.kind}",
        stage=True,
        live=live,
        left=partial(set_moment, workspace),
    )


def set_moment(workspace: Workspace, mark: str) -> None:
    """Sets the lesson's step to the option nearest to the frame at which the learner left a player."""
    if workspace.turn:
        step = float(mark.split()[-1])
        url_state.change(
            workspace.slug, workspace.turn, min(workspace.turn.options, key=lambda option: abs(option - step))
        )


def names(slug: str, options: list[str], first: str) -> str:
    """Draws the choice among the views. Returns the view that was chosen last, or the first.

    Four views are in sight, and the one that is shown. The others are behind the button "More".
    """
    at = url_state.key(slug, "view")
    if st.session_state.get(at) not in options:
        st.session_state[at] = None
    if len(options) == 1:
        return first
    shown: str | None = st.session_state[at]
    shape = f"{at}.shown"
    rest = options[IN_SIGHT:]
    near = [name for name in options if name not in rest or name == (shown or first)]
    now = (shown or first, *near)  # with other options the control is a new one
    if st.session_state.get(f"{shape} as") != now or st.session_state.get(shape) != now[0]:
        # only if it changed, because setting it at every update would undo a click that is on its way
        st.session_state[shape] = now[0]
    st.session_state[f"{shape} as"] = now

    def choose() -> None:
        st.session_state[at] = st.session_state[shape]

    def bring(name: str) -> None:
        st.session_state[at] = name

    with st.container(horizontal=True, key="views"):
        st.segmented_control(
            "View",
            near,
            key=shape,
            label_visibility="collapsed",
            on_change=choose,
            format_func=lambda name: outgoing_messages.translate_option(SHOWN.get(name, name)),
        )
        if rest:
            with st.popover("More", type="tertiary"):
                for name in rest:
                    st.button(name, key=f"{at}.{name}", on_click=bring, args=(name,), type="tertiary")
    return shown or first
