"""What a component of ours says, as its callbacks hear it."""

from __future__ import annotations

from typing import Any

import streamlit as st


def component_value(key: str, name: str) -> Any:
    """None where the component has just left the page: what it said may come a moment later, with the click that took
    it away."""
    return getattr(st.session_state.get(key), name, None)
