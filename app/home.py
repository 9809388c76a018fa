"""What this is, in one screen; the map of lessons; continue where you were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress

import streamlit as st

from app.parts.badge import BADGES, COLOURS
from app.parts.figure import draw
from app.parts.memory import last_place
from lessons.kit.catalogue import CHAPTERS, Lesson, lessons
from lessons.kit.claims import Missing, shipped
from lessons.kit.evidence import gather
from lessons.kit.values import visible

Pages = Mapping[str, st.Page]
START = "small_step"  # the lesson that a newcomer begins with: what fine-tuning is, in a picture


def show(pages: Pages) -> None:
    st.title("Headstart", anchor=False)
    st.markdown(
        "**See what a head start is worth.** Small neural networks train here while you watch, on real handwriting: "
        "some begin with what they learned elsewhere, some with nothing. You say what will happen, then you see it. "
        "Every curve is a real run in PyTorch on this computer, with its band over seeds."
    )
    first = lessons()[START]
    begin(pages, first)
    values = visible(first.backdrop(first.defaults))
    evidence = gather(values)
    if len(evidence) == len(values):
        draw(first.hook(evidence, first.defaults), "home.hook")
    for chapter in CHAPTERS:
        st.subheader(chapter, anchor=False)
        with st.container(horizontal=True):
            for lesson in lessons().values():
                if lesson.chapter == chapter:
                    card(lesson, pages[lesson.slug])


def begin(pages: Pages, first: Lesson) -> None:
    """One button: where the learner was, or the first lesson."""
    slug, query = last_place()
    known = slug if slug in pages else first.slug
    label = f"Continue with “{lessons()[known].title}”" if slug in pages else f"Start with “{first.title}”"
    if st.button(label, type="primary", icon=":material/play_arrow:"):
        st.switch_page(pages[known], query_params=query if slug in pages else None)


def card(lesson: Lesson, page: st.Page) -> None:
    with st.container(border=True, width=300, height="stretch"):
        st.page_link(page, label=f"**{lesson.number}. {lesson.title}**" + " :material/star:" * lesson.on_path)
        st.markdown(lesson.question)
        with st.container(horizontal=True):
            for status, count in Counter(results(lesson)).items():
                label, icon = BADGES[status]
                st.badge(f"{count} {label.lower()}", color=COLOURS[status], icon=icon)


def results(lesson: Lesson) -> Iterator[str]:
    """How the lesson's claims came out."""
    for claim in lesson.claims:
        with suppress(Missing):
            yield shipped(claim.id).status
