"""The first page: what the app is, in a picture that works; the tour and other ways in; and the map of the lessons."""

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
from lessons.kit.lesson.catalogue import BEATS, CHAPTERS, Lesson, lessons, tour
from lessons.kit.lesson.progress import Progress
from lessons.kit.model.values import visible
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping import thumbnails

Pages = Mapping[str, st.Page]
SHOWN = "small_step"  # the lesson whose first picture newcomers can use at once, because it shows what fine-tuning is
STYLE = Path(__file__).parent / "styles" / "home.css"
HANDS_ON = {
    "draw": ("Draw an alphabet", ":material/draw:"),
    "own": ("Use your own data", ":material/upload_file:"),
    "sandbox": ("Build an experiment", ":material/tune:"),
    "time": ("Undo the forgetting", ":material/history:"),
    "capstone": ("Solve a real brief", ":material/flag:"),
    "teach": ("Teach a class", ":material/groups:"),
}


def show(pages: Pages) -> None:
    """Draws the page."""
    st.html(STYLE)
    place, done = browser_progress.kept_by_browser(), browser_progress.all_progress()
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=380):
            st.title("See what pretraining is worth", anchor=False)
            st.markdown(
                "Watch small neural networks learn in your browser, with and without pretraining. You predict what "
                "will happen, and then you see it.\n\n"
                "This net learned to tell six spiral arms apart. Then we turned the arms, and now almost half of its "
                "answers are wrong. **Drag the slider.** It adds a small change to the weights of the net, and the map "
                "turns with the arms. This is what fine-tuning does."
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
        st.subheader("Put it together", anchor=False)
        st.page_link(pages["capstone"], label=f"**Capstone**: {len(BRIEFS)} briefs, and a new one every week")
        st.markdown("A customer needs a net. Labels, training time and lost skills cost money. What do you do?")
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
    """Draws the tour, the way back to the learner's last page, all lessons, and the hands-on pages."""
    tour_button(pages)
    st.markdown(f":material/apps: [All {len(lessons())} lessons](#lessons)")  # a link button would open a new tab
    with st.container(key="ways"):
        for at, (label, icon) in HANDS_ON.items():
            if st.button(label, icon=icon, width="stretch"):
                st.switch_page(pages[at])
    if place.slug in lessons():
        label = f"Continue “{lessons()[place.slug].title}”"
        if st.button(label, type="tertiary", icon=":material/play_arrow:"):
            st.switch_page(pages[place.slug], query_params=place.query)


def tour_button(pages: Pages) -> None:
    """Draws the button of the tour. It opens the first lesson of the tour that the learner has not finished."""
    stops = tour()
    done = browser_progress.all_progress().finished_lessons
    step = next((number for number, stop in enumerate(stops) if stop.slug not in done), 0)
    label = f"Take the {sum(stop.minutes for stop in stops)}-minute tour"
    if step:
        label = f"Go on with the tour: step {step + 1} of {len(stops)}"
    if st.button(label, type="primary", icon=":material/star:", width="stretch"):
        st.switch_page(pages[stops[step].slug])


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
