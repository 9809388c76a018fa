"""The server's one engine, and the session's name in its queue."""

from __future__ import annotations

import atexit
import uuid
from functools import cache
from threading import Lock

import streamlit as st

from app.state.browser_key import COOKIE, is_secret
from core.serve.engine import Engine

ONE = Lock()  # at a time asks for it: the first makes it. Any browser can empty Streamlit's own caches


def engine() -> Engine:
    with ONE:
        return shared_engine()


@cache
def shared_engine() -> Engine:
    engine = Engine()
    atexit.register(engine.close)
    return engine


def me() -> tuple[str, str]:
    """This browser tab, which has one set of runs at a time, and its learner, to whom they belong. All tabs of a
    browser are one learner, also after a reload: they share the browser's secret (app/state/browser_key.py). Where
    there is none, a tab is a learner."""
    tab: str = st.session_state.setdefault("me", uuid.uuid4().hex)
    secret = st.context.cookies.get(COOKIE, "")
    return tab, secret if isinstance(secret, str) and is_secret(secret) else tab
