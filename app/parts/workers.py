"""The server's one engine, and the session's name in its queue."""

from __future__ import annotations

import atexit
import uuid
from functools import cache
from threading import Lock

import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from core.serve.engine import Engine

ONE = Lock()  # at a time asks for it: the first makes it. Any browser can empty Streamlit's own caches


def engine() -> Engine:
    with ONE:
        return begun()


@cache
def begun() -> Engine:
    engine = Engine()
    atexit.register(engine.close)
    return engine


def me() -> tuple[str, str]:
    """This browser tab, which has one set of runs at a time, and its learner, to whom they belong. All tabs of a
    browser are one learner, also after a reload: they share the secret that Streamlit gives every browser in a cookie
    against forged uploads. It stands in no link. Where there is none, a tab is a learner."""
    tab: str = st.session_state.setdefault("me", uuid.uuid4().hex)
    secret, _ = decode_xsrf_token_string(st.context.cookies.get(XSRF_COOKIE_NAME, ""))  # written differently each time
    return tab, secret.hex() if secret else tab
