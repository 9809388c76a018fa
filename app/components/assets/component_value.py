"""Reads the value that one of the app's components sent to its callback."""

from __future__ import annotations

from typing import Any

import streamlit as st


def component_value(key: str, name: str) -> Any:
    """Returns the value, or None if the component has just left the page.

    A component's value may arrive a moment after the click that removed the component.
    """
    return getattr(st.session_state.get(key), name, None)
