"""A lesson's words with their numbers: every number in prose comes from a claim's stored runs."""

from __future__ import annotations

import re

import streamlit as st

from lessons.kit.catalogue import Lesson
from lessons.kit.claims import Missing, shipped

SLOT = re.compile(r"\{(\w+)\.(\w+)\}")


def words(lesson: Lesson, heading: str) -> str:
    """One section of text.md with its slots filled: {S1.k2} is the number k2 of claim S1."""
    return SLOT.sub(lambda slot: number(*slot.groups()), lesson.words.get(heading, ""))


def number(claim: str, name: str) -> str:
    try:
        return shipped(claim).numbers[name]
    except Missing:
        return "(not stored)"


def say(lesson: Lesson, heading: str) -> None:
    st.markdown(words(lesson, heading))
