"""Starts the app. You can run it with `make run` or with `streamlit run app/main.py`.

Streamlit runs this file each time it draws a page. Before that, Streamlit imports the file to start the server. The
import loads everything that the pages need, while the first browser still downloads Streamlit's own files.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # Streamlit adds only the folder of this file

if __name__ == "__main__":
    from app import site

    site.show()
else:
    from starlette.middleware import Middleware
    from streamlit.starlette import App

    from app.start import started
    from app.state.browser_key import BrowserKey

    server = App(__file__, lifespan=started, middleware=[Middleware(BrowserKey)])
