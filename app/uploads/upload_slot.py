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


def files_uploader(
    label: str, at: str, most: int, take: Callable[[list[UploadedFile]], None], kinds: Sequence[str]
) -> None:
    """Draws an uploader for several files at once, and calls `take` with them. The arguments are those of
    `file_uploader`."""
    turn = st.session_state.setdefault(f"{at}.turn", 0)

    def given() -> None:
        files = [file for file in st.session_state[f"{at}.{turn}"] if isinstance(file, UploadedFile)]
        if files:
            st.session_state[f"{at}.turn"] = turn + 1
            take(files)

    st.file_uploader(
        label, kinds, accept_multiple_files=True, key=f"{at}.{turn}", on_change=given, max_upload_size=most
    )
