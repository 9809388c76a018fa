"""Draws the words of a lesson.

Slots are filled with numbers from the stored runs of claims. The first occurrence of a term links to its glossary
entry.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import streamlit as st

from app.i18n import outgoing_messages
from app.i18n.language import language
from lessons.kit.lesson.catalogue import Lesson, Workspace, lessons
from lessons.kit.lesson.glossary import Term, first_of_each, terms
from lessons.kit.shipping.claims import Missing, shipped

NUMBER = re.compile(r"\{(\w+)\.(\w+)\}")  # {S1.k2} is the number k2 of claim S1
OTHER = re.compile(r"\{lesson:(\w+)\}")  # {lesson:the_bill} is the number of that lesson
GLOSS = re.compile(r"\{gloss:([^}]+)\}")  # {gloss:replay} is the entry of the glossary
# terms in formulas, code, links and headings get no entry
PLAIN = re.compile(r"(\$[^$]+\$|`[^`]+`|\[[^\]]*\]\([^)]*\)|^#.*$)", re.MULTILINE)
STYLE = Path(__file__).with_name("gloss.css").read_text("utf-8")


def filled(text: str) -> str:
    """Returns the text with every slot filled."""
    text = NUMBER.sub(lambda slot: number(*slot.groups()), text)
    text = GLOSS.sub(lambda slot: terms(language())[slot[1]].entry, text)
    return OTHER.sub(lambda slot: str(lessons()[slot[1]].number), text)


def number(claim: str, name: str) -> str:
    """Returns a number of a claim, or "(not stored)"."""
    try:
        return shipped(claim).numbers[name]
    except Missing:
        return "(not stored)"


def words(workspace: Workspace, heading: str) -> str:
    """Returns one section of the lesson's text.md."""
    return filled(workspace.words[heading])


def draw_section(workspace: Workspace, heading: str) -> None:
    """Draws one section of the lesson's text.md."""
    prose(words(workspace, heading), workspace.slug, heading)


def prose(text: str, slug: str, name: str) -> None:
    """Draws Markdown of a lesson in the learner's language.

    The first occurrence of every term opens its glossary entry. `name` must be unique among the texts of a page.
    """
    here = outgoing_messages.translate_option(text)
    shown = glossed(here, slug, name)
    if shown == here:
        st.markdown(text)
    else:
        st.markdown(f"{shown}\n\n<style>{STYLE}</style>", unsafe_allow_html=True)


def glossed(text: str, slug: str, name: str) -> str:
    """Returns the text with the first occurrence of each term as a button."""
    told: set[str] = set()

    def write(word: str, term: Term) -> str:
        return gloss(word, term, "-".join(f"gloss {slug} {name} {term.name}".split()), term.lesson != slug)

    parts = PLAIN.split(text)
    parts[::2] = [first_of_each(part, write, told, language()) for part in parts[::2]]
    return "".join(parts)


def gloss(word: str, term: Term, key: str, elsewhere: bool) -> str:
    """Returns a button that shows the entry of a term. The entry is an HTML popover, which Escape closes again."""
    link = to_lesson(lessons()[term.lesson]) if elsewhere else ""
    entry = f"<b>{escape(term.name)}</b> {escape(term.entry)} {link}"
    return (
        f'<span class="gloss"><button type="button" popovertarget="{escape(key)}">{word}</button>'
        f'<span popover id="{escape(key)}">{entry}</span></span>'
    )


def to_lesson(lesson: Lesson) -> str:
    """Returns an HTML link to a lesson. It opens a new tab, because the reader is in the middle of something."""
    title = outgoing_messages.translate_option(f"Lesson {lesson.number}: {lesson.title}")
    return f'<a href="{lesson.slug}" target="_blank">{escape(title)}</a>'
