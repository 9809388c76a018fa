"""Draw a Figure. Charts keep their place on the page while their data grow, so zoom and hover survive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Literal

import streamlit as st

from app.components.drag_handles.drag_handles import WITHIN, game, rows
from app.components.player.player import play
from app.i18n import outgoing_messages
from lessons.kit.figures import Figure

TALL = 540  # pixels of the stage's picture; on a phone the style sheet says less
TOOLS = {"displayModeBar": True, "modeBarButtonsToAdd": ["select2d", "lasso2d"]}  # of a chart to be worked with
FORMATS = ("PNG", "SVG")  # in which a chart is saved
SAVED_AS = "saved as"  # the key under which the session has what the learner chose of these
SMALL = 380  # a chart that asks for less has so many rows, and no use for more


def draw(
    figure: Figure,
    key: str,
    stage: bool = False,
    live: bool = False,
    sharp: bool = False,
    over: Callable[[], None] | None = None,
    left: Callable[[str], None] | None = None,
) -> None:
    """A chart on the stage takes the stage's height; anything else its own. live: more of it will come by itself.
    sharp: the page enlarges it. `over` draws what lies on the chart, rows that can be moved, or cards of which one is
    chosen. `left` is called with the mark of the frame at which a player is left."""
    if figure.title:
        st.markdown(f"**{figure.title}**")
    form = st.session_state.get(SAVED_AS) or FORMATS[0]
    # What is to be saved as SVG is drawn as SVG; otherwise charts are drawn on a canvas.
    renderer: Literal["svg", "canvas"] = "svg" if sharp or form == "SVG" else "canvas"
    if figure.kind == "chart" and stage and (over or figure.height >= SMALL):
        with st.container(key=WITHIN, height=TALL, border=False):
            st.echarts_chart(figure.spec, key=key, height="stretch", alt=figure.alt, renderer=renderer)
            if over:
                over()
    elif figure.kind == "chart":
        st.echarts_chart(figure.spec, key=key, height=figure.height, alt=figure.alt, renderer=renderer)
    elif figure.kind == "plotly":
        import plotly.graph_objects as go  # half a second, which only pages with a landscape pay

        options: dict[str, Any] = {"displaylogo": False, "scrollZoom": False, "responsive": True}
        saved = {"toImageButtonOptions": {"format": form.lower(), "filename": "headstart"}}
        options |= TOOLS | saved if figure.tools else {"displayModeBar": False}
        tall = {"height": "stretch"} if stage else {"height": figure.height}
        with st.container(key=WITHIN, height=TALL, border=False) if stage else nullcontext():
            st.plotly_chart(go.Figure(figure.spec), key=key, alt=figure.alt, config=options, **tall)
    elif figure.kind == "table":
        st.table(outgoing_messages.tabled(figure.spec))
    elif figure.kind == "player":
        play(figure, key, live, left)
    elif figure.kind in ("rows", "cards") and over:
        over()
    elif figure.kind == "rows":
        rows(figure, key)
    elif figure.kind == "game":
        game(figure, key)
    else:
        st.html(figure.spec)
