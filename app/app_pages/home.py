"""The first page: what the app is, in a picture that works; two ways in; and the map of the lessons."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from app.classes.class_entry import join_here
from app.components.figure.figure import draw
from app.i18n.language import AT, other_languages
from app.state import browser_progress
from app.state.browser_progress import BrowserNotes
from core.store.store import Absent
from lessons.kit.capstone.briefs import BRIEFS
from lessons.kit.figures import Figure
from lessons.kit.lesson.catalogue import BEATS, CHAPTERS, Lesson, lessons
from lessons.kit.lesson.progress import Progress
from lessons.kit.model.values import visible
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping import thumbnails

Pages = Mapping[str, st.Page]
SHOWN = "small_step"  # the lesson whose first picture newcomers can use at once, because it shows what fine-tuning is
STYLE = Path(__file__).parent / "styles" / "home.css"
HANDS_ON = {
    "draw": ("Draw an alphabet of your own", ":material/draw:"),
    "sandbox": ("Set up any experiment", ":material/tune:"),
    "own": ("Bring data of your own", ":material/upload_file:"),
    "time": ("Go back in time and prevent the forgetting", ":material/history:"),
    "teach": ("Teach a class with it", ":material/groups:"),
}


def show(pages: Pages) -> None:
    """Draws the page."""
    st.html(STYLE)
    place, done = browser_progress.kept_by_browser(), browser_progress.all_progress()
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=380):
            st.title("See what a head start is worth", anchor=False)
            st.markdown(
                "This net knows six spiral arms. Here they are turned, and nearly half of its answers are wrong. "
                "**Drag the slider**: a small step in its weights turns its whole map. That is fine-tuning.\n\n"
                "Small networks train here while you watch, on real handwriting and real English. You say what will "
                "happen; then you see it."
            )
            begin(pages, place)
            progress_link(pages["again"], done)
            join_here("home")
            language_links()
        with st.container(key="stage"):
            spirals(lessons()[SHOWN])
    st.html('<div id="lessons"></div>')
    for chapter in CHAPTERS:
        st.subheader(chapter, anchor=False)
        with st.container(horizontal=True, key=f"chapter {chapter}"):
            for lesson in lessons().values():
                if lesson.chapter == chapter:
                    card(lesson, pages[lesson.slug], done)
    with st.container(key="capstone"):
        st.subheader("In the end", anchor=False)
        st.page_link(pages["capstone"], label=f"**Capstone**: {len(BRIEFS)} briefs, and a new one each week")
        st.markdown("Labels, time and old skills have a price. Choose what to do, and see what the best known does.")
    browser_progress.remember(ask=True)


def spirals(lesson: Lesson) -> None:
    """Draws the first picture of a lesson, if its results are stored."""
    with suppress(Absent):
        draw(opening(lesson), "home.hook", stage=True)


@lru_cache(maxsize=1)  # missing results raise an error, which is not cached
def opening(lesson: Lesson) -> Figure:
    """Returns the first picture of a lesson. Raises Absent if its results are not stored."""
    values = visible(lesson.backdrop(lesson.defaults))
    evidence = load_results(values)
    if len(evidence) < len({piece.key for piece in values}):
        raise Absent
    return lesson.hook(evidence, lesson.defaults)


def begin(pages: Pages, place: BrowserNotes) -> None:
    """Draws the two ways in, the hands-on pages, and the way back to the learner's last page."""
    path = [lesson for lesson in lessons().values() if lesson.on_path]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"In {sum(lesson.minutes for lesson in path)} minutes", type="primary", icon=":material/star:"):
            st.switch_page(pages[path[0].slug])
        st.markdown(f":material/apps: [All {len(lessons())} lessons](#lessons)")  # a link button would open a new tab
    with st.container(horizontal=True):
        for at, (label, icon) in HANDS_ON.items():
            if st.button(label, type="tertiary", icon=icon):
                st.switch_page(pages[at])
    if place.slug in lessons():
        label = f"Continue with “{lessons()[place.slug].title}”"
        if st.button(label, type="tertiary", icon=":material/play_arrow:"):
            st.switch_page(pages[place.slug], query_params=place.query)


def progress_link(page: st.Page, done: Progress) -> None:
    """Draws how much the learner has done, with a link to the questions that are asked again."""
    if done.seen:
        st.page_link(page, label=done.summary, icon=":material/replay:")


def language_links() -> None:
    """Draws links to the other languages. They load the page again in that language."""
    links = (f'<a href="?{AT}={code}" target="_self" lang="{code}">{name}</a>' for code, name in other_languages())
    st.html(f'<p class="languages">{" ".join(links)}</p>')


def card(lesson: Lesson, page: st.Page, done: Progress) -> None:
    """Draws a lesson: its picture, its question, its duration, and the learner's progress and finding."""
    with st.container(border=True, width=252, height="stretch"):
        st.html(thumbnails.thumbnail_html(lesson.slug))
        st.page_link(page, label=f"**{lesson.number}. {lesson.title}**" + " :material/star:" * lesson.on_path)
        st.markdown(lesson.question)
        far, found = done.seen.get(lesson.slug, 0), done.found.get(lesson.slug, "")
        beats = "".join("●" if beat < far else "○" for beat in range(len(BEATS)))
        come = f'<span role="img" aria-label="{far} of {len(BEATS)} steps seen">{beats}</span>' if far else ""
        come += " <b>✓ done</b>" * (lesson.slug in done.finished_lessons)
        told = f'<p class="found">{escape(found)}</p>' if found else ""
        st.html(f'<p class="minutes">{lesson.minutes} minutes {come}</p>{told}')
