"""A file uploader that clears itself after each upload, so a rejected file does not stay listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.streamlit_fixes import UploadedFile


def file_uploader(
    label: str, at: str, most: int, take: Callable[[UploadedFile], None], kinds: Sequence[str] | None = None
) -> None:
    """Draws the uploader and calls `take` once with each file.

    `at` is the key of the uploader in the session, and `most` is the largest file in MB.
    """
    turn = st.session_state.setdefault(f"{at}.turn", 0)

    def given() -> None:
        file = st.session_state[f"{at}.{turn}"]
        if isinstance(file, UploadedFile):  # the server may have dropped the file already
            st.session_state[f"{at}.turn"] = turn + 1
            take(file)

    st.file_uploader(label, kinds, key=f"{at}.{turn}", on_change=given, max_upload_size=most)
