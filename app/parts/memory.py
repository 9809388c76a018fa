"""Where the learner was and what they found, kept by their own browser: no account, nothing on the server, there again
tomorrow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

LONGEST = 200  # characters of what a browser may say that somebody found
_NOTE = st.components.v2.component(
    "headstart_memory",
    html="<span></span>",
    js="""
export default function ({ data, setStateValue }) {
  try {
    const kept = JSON.parse(localStorage.getItem("headstart") || "null") ?? {}
    if (!data.keep) return kept.slug && setStateValue("place", kept) // else the page would be drawn twice for nothing
    localStorage.setItem("headstart", JSON.stringify({ ...data.keep, found: { ...kept.found, ...data.found } }))
  } catch (error) { /* a browser that keeps nothing: the lesson works all the same */ }
}
""",
)


@dataclass(frozen=True)
class Place:
    """What a browser noted. It comes from outside: settings are checked where they are read."""

    slug: str = ""  # of the last lesson
    query: dict[str, str] = field(default_factory=dict)  # what its URL said
    found: dict[str, str] = field(default_factory=dict)  # by lesson: what the learner said and what it was


def keep_place(slug: str, found: str = "") -> None:
    """Have the browser note this lesson, all its URL says, and at its end what was found."""
    query = {name: value for name, value in st.query_params.items() if name.startswith(f"{slug}.")}
    data = {"keep": {"slug": slug, "query": query}, "found": {slug: found} if found else {}}
    _NOTE(data=data, key="memory.keep", height=1)


def last_place() -> Place:
    told = _NOTE(data={}, key="memory.read", height=1, on_place_change=lambda: None).place
    if not isinstance(told, dict) or not isinstance(told.get("slug"), str):
        return Place()
    return Place(slug=told["slug"], query=texts(told.get("query")), found=texts(told.get("found")))


def texts(told: Any) -> dict[str, str]:
    """A dictionary of short texts; empty if it is none."""
    if not isinstance(told, dict):
        return {}
    return {str(name): str(value)[:LONGEST] for name, value in told.items()}
