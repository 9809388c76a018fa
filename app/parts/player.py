"""Draws a player: frames scrubbed in the browser, without the server. What it is sent: lessons/kit/figures/player.py
and reading.py."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lessons.kit.figures import Figure

HERE = Path(__file__).parent
_PLAYER = st.components.v2.component(
    "headstart_player",
    html='<div class="player"></div>',
    js="\n".join((HERE / f"player{part}.js").read_text("utf-8") for part in ("_ink", "_panels", "_texts", "")),
    css=(HERE / "player.css").read_text("utf-8"),
)


def play(figure: Figure, key: str, live: bool = False) -> None:
    """The frame shown stays when the page is drawn again, also with other data if the frames have the same marks; while
    it is live the newest frame is shown, whichever come."""
    _PLAYER(data=figure.spec | {"key": key, "alt": figure.alt, "live": live}, key=key)
