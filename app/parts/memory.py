"""Where the learner was, kept by their own browser: no account, nothing on the server, there again tomorrow."""

from __future__ import annotations

import streamlit as st

_NOTE = st.components.v2.component(
    "headstart_memory",
    html="<span></span>",
    js="""
export default function ({ data, setStateValue }) {
  try {
    if (data.keep) localStorage.setItem("headstart", JSON.stringify(data.keep))
    else setStateValue("place", JSON.parse(localStorage.getItem("headstart") || "null"))
  } catch (error) { /* a browser that keeps nothing: the lesson works all the same */ }
}
""",
)


def keep_place(slug: str) -> None:
    """Have the browser note this lesson and all its URL says."""
    query = {name: value for name, value in st.query_params.items() if name.startswith(f"{slug}.")}
    _NOTE(data={"keep": {"slug": slug, "query": query}}, key="memory.keep", height=1)


def last_place() -> tuple[str, dict[str, str]]:
    """The lesson and URL the browser noted; ("", {}) if none. It comes from outside: every value is checked later."""
    found = _NOTE(data={}, key="memory.read", height=1, on_place_change=lambda: None).place
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("slug"), str)
        or not isinstance(found.get("query"), dict)
    ):
        return "", {}
    return found["slug"], {str(name): str(value) for name, value in found["query"].items()}
