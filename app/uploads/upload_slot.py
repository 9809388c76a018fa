"""A place to give a file, which is empty again once one was given: nothing of a refused one is left standing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile


def a_file(
    label: str, at: str, most: int, take: Callable[[UploadedFile], None], kinds: Sequence[str] | None = None
) -> None:
    """`take` has each file once. `at` is where the session knows the place, `most` its size in MB."""
    turn = st.session_state.setdefault(f"{at}.turn", 0)

    def given() -> None:
        file = st.session_state[f"{at}.{turn}"]
        if isinstance(file, UploadedFile):  # and not one that this server has no more
            st.session_state[f"{at}.turn"] = turn + 1
            take(file)

    st.file_uploader(label, kinds, key=f"{at}.{turn}", on_change=given, max_upload_size=most)
