"""What a server does by itself: before anybody comes, and when it ends."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from streamlit import cli_util, config
from streamlit.starlette import App
from streamlit.web.server import server_util

LATER = 2.0  # seconds until workers are started: whoever waits for the first page has the processor


@asynccontextmanager
async def started(_: App) -> AsyncIterator[None]:
    """While the server runs. Streamlit opens a browser itself only for files that are no App."""
    Thread(target=load, daemon=True).start()
    if not config.get_option("server.headless"):
        cli_util.open_browser(server_util.get_url(config.get_option("browser.serverAddress")))
    yield
    await asyncio.to_thread(close)


def load() -> None:
    """Takes half a second: a browser fetches Streamlit's own files meanwhile."""
    gc.disable()  # nothing that is loaded dies
    from app import site
    from app.state.engine import engine

    gc.enable()
    site.settle()
    time.sleep(LATER)
    engine()


def close() -> None:
    from app.state.engine import shared_engine

    if shared_engine.cache_info().currsize:  # nobody's workers are started only to be ended
        shared_engine().close()
