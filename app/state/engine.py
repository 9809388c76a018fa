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
    """Returns the name of this browser tab and the name of its learner.

    A tab has one set of runs at a time, and runs belong to a learner. All tabs of a browser are one learner, also
    after a reload, because they share the browser's secret (app/state/browser_key.py). Without a secret, each tab is
    a learner.
    """
    tab: str = st.session_state.setdefault("me", uuid.uuid4().hex)
    secret = st.context.cookies.get(COOKIE, "")
    return tab, secret if isinstance(secret, str) and is_secret(secret) else tab
