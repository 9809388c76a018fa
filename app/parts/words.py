"""A lesson's words with their slots filled: every number in prose comes from a claim's stored runs."""

from __future__ import annotations

import re

import streamlit as st

from lessons.kit.catalogue import Lesson, lessons
from lessons.kit.claims import Missing, shipped

NUMBER = re.compile(r"\{(\w+)\.(\w+)\}")  # {S1.k2} is the number k2 of claim S1
OTHER = re.compile(r"\{lesson:(\w+)\}")  # {lesson:the_bill} is the number of that lesson


def filled(text: str) -> str:
    text = NUMBER.sub(lambda slot: number(*slot.groups()), text)
    return OTHER.sub(lambda slot: str(lessons()[slot[1]].number), text)


def number(claim: str, name: str) -> str:
    try:
        return shipped(claim).numbers[name]
    except Missing:
        return "(not stored)"


def words(lesson: Lesson, heading: str) -> str:
    """One section of the lesson's text.md."""
    return filled(lesson.words[heading])


def say(lesson: Lesson, heading: str) -> None:
    st.markdown(words(lesson, heading))
