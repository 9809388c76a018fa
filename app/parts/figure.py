"""Draw a Figure. Charts keep their place on the page while their data grow, so zoom and hover survive."""

from __future__ import annotations

import streamlit as st

from app.parts.player import play
from lessons.kit.figures import Figure


def draw(figure: Figure, key: str) -> None:
    if figure.title:
        st.markdown(f"**{figure.title}**")
    if figure.kind == "chart":
        st.echarts_chart(figure.spec, key=key, height=figure.height, alt=figure.alt)
    elif figure.kind == "table":
        st.table(figure.spec)
    elif figure.kind == "plotly":
        import plotly.graph_objects as go  # half a second, which only pages with a landscape pay

        options = {"displaylogo": False, "scrollZoom": False}  # a wheel or two fingers move the page
        st.plotly_chart(go.Figure(figure.spec), key=key, height=figure.height, alt=figure.alt, config=options)
    elif figure.kind == "player":
        play(figure, key)
    else:
        st.html(figure.spec)
