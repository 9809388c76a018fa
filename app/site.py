"""Defines all pages of the app: one page for each lesson, and the pages beside the lessons."""

from __future__ import annotations

import gc
from datetime import date
from functools import cache, partial
from pathlib import Path

import streamlit as st

from app.app_pages import (
    bundle,
    capstone,
    data_sources,
    drawing_board,
    evidence,
    glossary,
    home,
    join,
    lesson,
    own_data,
    real_model,
    review,
    sandbox,
    teach,
    time_machine,
)
from app.components.document.document import document, tell_language
from app.i18n import language, outgoing_messages
from app.state import url_state
from app.streamlit_fixes import mend
from lessons.kit.lesson.catalogue import CHAPTERS, lessons


@cache
def page_style() -> str:
    """Returns the style sheets that every page needs, as HTML. The rules for parts of Streamlit come last."""
    sheets = (Path(__file__).with_name(name).read_text("utf-8") for name in ("style.css", "streamlit.css"))
    return f"<style>{''.join(sheets)}</style>"


@cache
def settle() -> None:
    """Prepares the process once, before the first page is drawn.

    Applies the fixes for Streamlit, starts the translation of messages, and excludes objects that live as long as the
    process from garbage collection. A setting in .streamlit/config.toml keeps the collector from running during
    steps.
    """
    mend()
    outgoing_messages.listen()
    gc.freeze()


def show() -> None:
    """Draws the page that the browser asks for."""
    url_state.note_history()
    st.set_page_config(page_title="Headstart", page_icon=str(Path(__file__).with_name("icon.png")), layout="wide")
    st.html(page_style())
    settle()
    document()
    language.settle()
    pages = {
        one.slug: st.Page(partial(lesson.show, one), title=f"{one.number}. {one.title}", url_path=one.slug)
        for one in lessons().values()
    }
    hands_on = {
        "draw": st.Page(drawing_board.show, title=drawing_board.TITLE, icon=":material/draw:", url_path="draw"),
        "sandbox": st.Page(sandbox.show, title=sandbox.TITLE, icon=":material/tune:", url_path="sandbox"),
        "capstone": st.Page(
            partial(capstone.show, date.today()), title=capstone.TITLE, icon=":material/flag:", url_path="capstone"
        ),
        "own": st.Page(own_data.show, title=own_data.TITLE, icon=":material/upload_file:", url_path="own"),
        "time": st.Page(time_machine.show, title=time_machine.TITLE, icon=":material/history:", url_path="time"),
        "join": st.Page(join.show, title=join.TITLE, icon=":material/login:", url_path=join.SLUG),
        "teach": st.Page(teach.show, title=teach.TITLE, icon=":material/groups:", url_path="teach"),
    }
    brought = st.Page(bundle.show, title=bundle.TITLE, icon=":material/inventory_2:", url_path="bundle")
    done = st.Page(review.show, title=review.TITLE, icon=":material/replay:", url_path="again")
    first = st.Page(
        partial(home.show, pages | hands_on | {"again": done}),
        title="Headstart",
        icon=":material/home:",
        default=True,
        url_path="home",
    )
    model = st.Page(real_model.show, title=real_model.TITLE, icon=":material/neurology:", url_path="real")
    proof = st.Page(evidence.show, title=evidence.TITLE, icon=":material/fact_check:", url_path="evidence")
    words = st.Page(glossary.show, title=glossary.TITLE, icon=":material/dictionary:", url_path="glossary")
    data = st.Page(data_sources.show, title=data_sources.TITLE, icon=":material/inventory_2:", url_path="data")
    chapters = {name: [pages[one.slug] for one in lessons().values() if one.chapter == name] for name in CHAPTERS}
    about = [done, proof, words, model, data]
    page = st.navigation(
        {"": [first], **chapters, "Hands on": [*hands_on.values(), brought], "About": about}, position="top"
    )
    url_state.follow_url(page.url_path)
    with outgoing_messages.count_letters() as letters:
        try:
            page.run()
        finally:  # a page may stop before its end
            tell_language(outgoing_messages.main_language(letters))
