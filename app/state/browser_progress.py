"""Keeps a learner's progress in their own browser.

The browser stores the last page, what the learner has done, and which questions they missed. There is no account, the
server stores nothing, and the progress is still there the next day.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from app.components.assets.component_value import component_value
from core.experiment.checks import BadValue
from lessons.kit.lesson import progress
from lessons.kit.lesson.progress import MissedQuestion, Progress

AT = "memory"
_NOTE = st.components.v2.component(
    "headstart_memory",
    html="<span></span>",
    js="""
const all = (kept, more, chosen) =>
  Object.fromEntries(Object.keys({ ...kept, ...more }).map(name => [name, chosen(kept?.[name], more?.[name])]))
const doneBefore = kept => // older progress counts a lesson as done when its findings were seen: it stays done
  Object.fromEntries(Object.entries(kept.seen ?? {}).filter(([, far]) => far > 3).map(([slug]) => [slug, 1]))
const later = (one, other) => (!other || one?.asked > other.asked ? one : other)

export default function ({ data, setStateValue }) {
  try {
    if (data.forget) localStorage.removeItem("headstart")
    const kept = JSON.parse(localStorage.getItem("headstart") || "null") ?? {}
    const some = Object.keys(kept).length
    if (data.ask && some) setStateValue("kept", kept) // else the page would be drawn twice for nothing
    if (!data.place && !data.more) return
    const { seen, found, missed, guessed, answered } = data.more ?? {}
    const isNew = kept.guessed || kept.answered
    localStorage.setItem("headstart", JSON.stringify({
      ...kept, ...data.place,
      seen: all(kept.seen, seen, (one, other) => Math.max(one || 0, other || 0)),
      found: { ...kept.found, ...found },
      missed: all(kept.missed, missed, later),
      guessed: { ...(isNew ? kept.guessed : doneBefore(kept)), ...guessed },
      answered: { ...(isNew ? kept.answered : doneBefore(kept)), ...answered },
    }))
  } catch (error) { /* a browser that keeps nothing: the lesson works all the same */ }
}
""",
)


@dataclass(frozen=True)
class BrowserNotes:
    """Contains the progress that a browser has stored.

    It comes from outside, so settings are checked when they are read.
    """

    slug: str = ""  # the last lesson that was open
    query: dict[str, str] = field(default_factory=dict)  # the parameters of its URL
    progress: Progress = field(default_factory=Progress)


def remember(slug: str = "", ask: bool = False) -> None:
    """Stores this session's progress in the browser, and on a lesson's page also the parameters of its URL.

    With `ask`, the browser also sends the progress of earlier sessions, once a session. The page is then drawn again.
    """
    data: dict[str, Any] = {"ask": ask and "kept" not in st.session_state, "forget": st.session_state.pop("forget", 0)}
    if slug:
        query = {name: value for name, value in st.query_params.items() if name.startswith(f"{slug}.")}
        data["place"] = {"slug": slug, "query": query}
    if (new := news()) != Progress():
        data["more"] = json.loads(progress.write(new))
    _NOTE(data=data, key=AT, height=1, on_kept_change=hear)


def hear() -> None:
    """Stores the browser's answer in the session. A callback of the component."""
    told = component_value(AT, "kept")
    if isinstance(told, dict):
        st.session_state["kept"] = parse_kept(told)


def parse_kept(told: dict[str, Any]) -> BrowserNotes:
    """Reads the browser's answer. Parts that are invalid are left out."""
    done = Progress()
    with suppress(BadValue):
        done = progress.parse_progress(told)
    slug, query = told.get("slug"), told.get("query")
    if not isinstance(slug, str) or not isinstance(query, dict):
        return BrowserNotes(progress=done)
    own = [name for name in query if name.startswith(f"{slug}.")]  # only parameters of this lesson are stored
    return BrowserNotes(slug, {name: str(query[name])[: progress.LONGEST] for name in own}, done)


def kept_by_browser() -> BrowserNotes:
    """Returns what the browser has sent of earlier sessions."""
    found: BrowserNotes = st.session_state.get("kept", BrowserNotes())
    return found


def news() -> Progress:
    """Returns the progress of this session."""
    found: Progress = st.session_state.setdefault("news", Progress())
    return found


def all_progress() -> Progress:
    """Returns all progress of the learner, as far as the browser has sent it."""
    return kept_by_browser().progress | news()


def add(more: Progress) -> None:
    """Adds to the progress of this session."""
    st.session_state["news"] = news() | more


def note_answer(at: str, rightly: bool) -> None:
    """Records that a question was answered. A question is recorded as missed only if it was missed now or before."""
    add(Progress(answered=frozenset([progress.questions()[at][0].slug])))
    before = all_progress().missed.get(at)
    if before or not rightly:
        add(Progress(missed={at: (before or MissedQuestion()).after_answer(rightly, int(time.time()))}))


def forget() -> None:
    """Deletes all progress, in this session and in the browser."""
    st.session_state["news"], st.session_state["kept"] = Progress(), BrowserNotes()
    st.session_state["forget"] = 1
