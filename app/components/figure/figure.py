"""Draws a Figure. A chart keeps its place on the page while its data grow, so that zoom and hover stay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Literal

import streamlit as st

from app.components.drag_handles.drag_handles import WITHIN, game, rows
from app.components.player.player import play
from app.i18n import outgoing_messages
from lessons.kit.figures import Figure

TALL = 540  # the height of the stage's picture in pixels; the style sheet reduces it on a phone
TOOLS = {"displayModeBar": True, "modeBarButtonsToAdd": ["select2d", "lasso2d"]}  # for charts with tools
FORMATS = ("PNG", "SVG")  # the formats in which a chart can be saved
SAVED_AS = "saved as"  # the session's key for the format that the learner chose
SMALL = 380  # a chart with a smaller height has few rows and needs no more room


def draw(
    figure: Figure,
    key: str,
    stage: bool = False,
    live: bool = False,
    sharp: bool = False,
    over: Callable[[], None] | None = None,
    left: Callable[[str], None] | None = None,
) -> None:
    """Draws a figure. A chart on the stage has the height of the stage, and any other figure has its own height.

    `live` means that more data will come without a click. `sharp` means that the page enlarges the figure. `over`
    draws what lies on the chart, rows that can be moved, or cards to choose from. `left` is called with the mark of
    the frame at which the learner leaves a player.
    """
    if figure.title:
        st.markdown(f"**{figure.title}**")
    form = st.session_state.get(SAVED_AS) or FORMATS[0]
    # Charts are drawn on a canvas, unless they are to be saved as SVG.
    renderer: Literal["svg", "canvas"] = "svg" if sharp or form == "SVG" else "canvas"
    if figure.kind == "chart" and stage and (over or figure.height >= SMALL):
        with st.container(key=WITHIN, height=TALL, border=False):
            st.echarts_chart(figure.spec, key=key, height="stretch", alt=figure.alt, renderer=renderer)
            if over:
                over()
    elif figure.kind == "chart":
        st.echarts_chart(figure.spec, key=key, height=figure.height, alt=figure.alt, renderer=renderer)
    elif figure.kind == "plotly":
        import plotly.graph_objects as go  # the import takes half a second, so only pages with a landscape do it

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
