"""Holds the one engine of the server, and the name of a session in the engine's queue."""

from __future__ import annotations

import atexit
import uuid
from functools import cache
from threading import Lock

import streamlit as st

from app.state.browser_key import COOKIE, is_secret
from core.serve.engine import Engine

# one thread at a time may create the engine. Streamlit's own cache is not used, because any browser can clear it
ONE = Lock()


def engine() -> Engine:
    """Returns the engine, and starts it at the first call."""
    with ONE:
        return shared_engine()


@cache
def shared_engine() -> Engine:
    """Creates the engine once in the process."""
    engine = Engine()
    atexit.register(engine.close)
    return engine


def me() -> tuple[str, str]:
    """Returns the name of this browser tab and the name of the learner who uses it.

    Each tab can have one set of runs at a time, and the runs belong to the learner. All tabs of a browser are the
    same learner, also after a reload, because they share the secret of the browser (app/state/browser_key.py). If
    there is no secret, each tab is a learner of its own.
    """
    tab: str = st.session_state.setdefault("me", uuid.uuid4().hex)
    secret = st.context.cookies.get(COOKIE, "")
    return tab, secret if isinstance(secret, str) and is_secret(secret) else tab
