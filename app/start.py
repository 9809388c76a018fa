"""Defines what the server does on its own when it starts, before the first visitor, and when it ends."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st
from streamlit.starlette import App

from app.streamlit_fixes import check_version, open_browser

LATER = 2.0  # seconds until the workers start; until then the first page has the processor for itself


@asynccontextmanager
async def started(_: App) -> AsyncIterator[None]:
    """Runs while the server runs. It opens a browser, because Streamlit does so only for scripts that are not an
    `App`."""
    Thread(target=load, daemon=True).start()
    check_version()
    if not st.get_option("server.headless"):
        open_browser()
    yield
    await asyncio.to_thread(close)


def load() -> None:
    """Loads the pages and then starts the workers.

    Loading takes half a second. Meanwhile the first browser downloads Streamlit's own files.
    """
    gc.disable()  # modules that are loaded here are never freed
    from app import site
    from app.state.engine import engine

    gc.enable()
    site.settle()
    time.sleep(LATER)
    engine()


def close() -> None:
    """Stops the workers, if they were started."""
    from app.state.engine import shared_engine

    if shared_engine.cache_info().currsize:  # else the call would start workers only to stop them
        shared_engine().close()
