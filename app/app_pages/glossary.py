"""Shows the terms of the field with their definitions, and lets learners search for a term.

Each entry has two sentences and a link to the lesson that shows the term. The entries are in
lessons/kit/lesson/glossary.md.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from app.beats.lesson_text import to_lesson
from app.beats.search import fits, search
from app.i18n import outgoing_messages
from app.i18n.language import language
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.lesson.glossary import Term, terms

TITLE = "Glossary"
STYLE = Path(__file__).parent / "styles" / "glossary.css"


def show() -> None:
    """Draws the search and the terms."""
    st.title(TITLE, anchor=False)
    st.markdown(
        "What the words mean, in two sentences each, and the lesson that shows it. In the lessons a dotted line marks "
        "a word that stands here: point at it, tap it, or go to it with the Tab key and press Enter."
    )
    words = search("glossary", "Search the glossary", "replay, or forget, or text")
    found = [term for term in terms(language()).values() if fits(words, term.name, *term.also, *term.forms, term.entry)]
    found.sort(
        key=lambda term: bool(words) and not fits(words, term.name, *term.also)
    )  # terms whose name matches come first
    st.caption(f"{len(found)} of {len(terms())} terms" if words else f"{len(terms())} terms")
    if found:
        st.html(STYLE)
        st.html(f'<dl class="glossary">{"".join(map(entry, found))}</dl>')
    else:
        st.info("No entry has all of these words. Fewer words, or the beginning of one, may find it.")


def entry(term: Term) -> str:
    """Returns one term as HTML."""
    also = (
        f" <small>{outgoing_messages.translate_option('also:')} {escape(', '.join(term.also))}</small>"
        if term.also
        else ""
    )
    link = to_lesson(lessons()[term.lesson])
    return f"<div><dt>{escape(term.name)}{also}</dt><dd>{escape(term.entry)} {link}</dd></div>"
