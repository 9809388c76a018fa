"""The server's one engine, and the session's name in its queue."""

from __future__ import annotations

import atexit
import uuid

import streamlit as st

from core.serve.engine import Engine


@st.cache_resource
def engine() -> Engine:
    started = Engine()
    atexit.register(started.close)
    return started


def me() -> str:
    """This browser tab's name, by which its runs are counted."""
    name: str = st.session_state.setdefault("me", uuid.uuid4().hex)
    return name
