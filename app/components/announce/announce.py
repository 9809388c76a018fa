"""Announces to screen readers that a run has started and, once, how it ended."""

from __future__ import annotations

import streamlit as st

from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.values import Results, Settings

_ALOUD = st.components.v2.component(
    "headstart_aloud",
    html='<p role="status" style="position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden"></p>',
    js="""
export default function ({ data, parentElement }) {
  const says = parentElement.querySelector("p") // it stays: only a change within it is read out
  if (says.textContent !== data.says) says.textContent = data.says
}
""",
)


def announce(workspace: Workspace, settings: Settings, moving: bool, over: bool, evidence: Results) -> None:
    """Announces the start and the end of the runs.

    The progress between them is on the page for learners who look for it. A screen reader would read it four times a
    second.
    """
    said = f"Done. {workspace.tells(evidence, settings)}" if over else "Training." if moving else ""
    _ALOUD(data={"says": said.replace("*", "").strip()}, key=f"{workspace.slug}.aloud", height=1)
