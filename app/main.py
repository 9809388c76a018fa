"""The way in. Start it with `make run`, or `streamlit run app/main.py`.

Streamlit runs this file to draw a page. Before, it imports it, to start the server: then all that pages need is loaded,
while the first browser still fetches Streamlit's own files.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # streamlit puts only this file's folder there

if __name__ == "__main__":
    from app import site

    site.show()
else:
    from starlette.middleware import Middleware
    from streamlit.starlette import App

    from app.start import started
    from app.state.browser_key import BrowserKey

    server = App(__file__, lifespan=started, middleware=[Middleware(BrowserKey)])
