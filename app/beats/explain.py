"""Draws the fourth beat: the findings, one at a time, and then the ending.

Each finding has its part of the picture highlighted.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.beats.claim_badge import claim_card
from app.beats.lesson_text import draw_section, filled, prose, words
from app.beats.stage import stage
from app.beats.take_home import take_one_home
from app.components.save_figure.save_figure import save_figure
from app.state import browser_progress, lesson_cache, url_state
from app.state.url_state import LessonState
from core.store import store
from lessons.kit.lesson.catalogue import Lesson, lessons, tour
from lessons.kit.lesson.explanation import ExplainedFinding, Try
from lessons.kit.model.values import Results, Settings, defaults
from lessons.kit.sandbox import presets


def findings(lesson: Lesson) -> list[ExplainedFinding]:
    """Returns the findings of a lesson."""
    return [ExplainedFinding.read(filled(part)) for part in lesson.explained]


def explain(
    lesson: Lesson,
    at: LessonState,
    settings: Settings,
    results: Callable[[Settings], Results],
    onward: Callable[[], None],
) -> None:
    """Draws the beat.

    `settings` are those that the words describe, whatever the learner has set, and `results` returns the results for
    some settings. A finding whose numbers are from other settings names these itself. `onward` draws the button that
    leads on from the ending.
    """
    told = findings(lesson)
    step_at = url_state.key(lesson.slug, "finding")
    step = min(st.session_state.get(step_at, 0), len(told))
    finding = told[step] if step < len(told) else ExplainedFinding(words="")
    shown = settings_of(lesson, finding, settings)
    evidence = results(shown)

    def turn(by: int) -> None:
        st.session_state[step_at] = step + by

    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            if step < len(told):
                with st.container(key="finding"):
                    st.caption(f"Finding {step + 1} of {len(told)}")
                    prose(finding.words, lesson.slug, f"explain {step}")
            else:
                ending(lesson, at, evidence)
            with st.container(horizontal=True):
                st.button(
                    "Back", on_click=turn, args=(-1,), disabled=step == 0, key=f"{lesson.slug}.back", type="tertiary"
                )
                if step < len(told):
                    st.button("Next", on_click=turn, args=(1,), key=f"{lesson.slug}.next", type="primary")
                else:
                    onward()
            evidence_buttons(lesson, at, ended=step == len(told))
        # nested like the Run beat, so that the picture keeps its place in the document
        with st.container(key="stage"), st.container():
            scene = f"Explain {step}"
            stage(lesson, evidence, shown, at.guess, first=finding.view, lit=finding.lit, scene=scene)


def settings_of(lesson: Lesson, finding: ExplainedFinding, settings: Settings) -> Settings:
    """Returns the settings at which the numbers of a finding were measured."""
    controls = {control.name: control for control in lesson.controls}
    return settings.but(**{name: controls[name].read(text) for name, text in finding.at.items()})


def evidence_buttons(lesson: Lesson, at: LessonState, ended: bool) -> None:
    """Draws small buttons that open the receipts and the code, and at the ending also the runs."""
    with st.container(horizontal=True, key="rests"):
        with st.popover("The evidence", icon=":material/verified:", type="tertiary"):
            for claim in lesson.claims:
                claim_card(claim)
        with st.popover("The code", icon=":material/code:", type="tertiary"):
            st.caption("The run that you chose, with one seed, in plain PyTorch.")
            st.code(lesson_cache.script(lesson, at.settings), language="python", height=420)
        if ended:
            with st.popover("Take it home", icon=":material/download:", type="tertiary"):
                mine, recorded = (
                    lesson_cache.runs(lesson, at.settings),
                    lesson_cache.runs(lesson, lesson.recorded_settings),
                )
                made = all(store.complete(piece.of) for piece in mine)
                st.caption("All nets of a run: " + ("the one you made." if made else "one that came with the app."))
                take_one_home(mine if made else recorded, lesson.slug)
                save_figure(f"headstart-{lesson.slug}", f"{lesson.slug}.camera")


def ending(lesson: Lesson, at: LessonState, evidence: Results) -> None:
    """Draws the ending.

    It has a sentence to keep, the learner's guess and the result, what does not carry over, a thing to try, and what
    is next.
    """
    with st.container(key="ending"):
        if "keep" in lesson.words:
            st.caption("To remember")
            prose(f"**{words(lesson, 'keep')}**", lesson.slug, "keep")
        verdict(lesson, at, evidence)
        with st.expander("What carries over to large models"):
            draw_section(lesson, "carry")
        if "try" in lesson.words:
            idea = Try.read(words(lesson, "try"))
            if not set(idea.sets) & set(at.locked_controls):
                attempt(lesson, idea)
        if lesson.slug in presets.presets():
            st.markdown(f":material/tune: [Open this experiment in the sandbox]({presets.link(lesson, at.settings)})")
        way_on(lesson)


def verdict(lesson: Lesson, at: LessonState, evidence: Results) -> None:
    """Draws what the learner predicted beside what it was."""
    said = defaults(lesson.sliders).but(**at.predicted.values)
    for slider, (what, you, did) in zip(lesson.sliders, lesson.verdict_rows(evidence, said)):
        st.markdown(f"{what}: **{did}**" + (f"; you predicted {you}" if slider.name in at.predicted.values else ""))


def way_on(lesson: Lesson) -> None:
    """Draws links to the next lesson, to the next one of the tour, and to the learner's progress."""
    following, stop = (
        next((other for other in row if other.number > lesson.number), None)
        for row in (lessons().values(), tour() if lesson.on_path else ())
    )
    if stop:
        page_link(f"Next on the tour: **{stop.number}. {stop.title}** :material/star:", stop.slug)
    if following and following != stop:
        page_link(f"Next lesson: **{following.number}. {following.title}**", following.slug)
    page_link(f"So far: {browser_progress.all_progress().summary}", "again")


def page_link(label: str, slug: str) -> None:
    """Draws a link that opens another page in this tab. A link in a text would open a new tab."""
    st.page_link(st.Page(lambda: None, title=slug, url_path=slug), label=label)


def attempt(lesson: Lesson, attempt: Try) -> None:
    """Draws a thing to try, with a button that sets the controls and opens the run."""

    def go() -> None:
        for control in lesson.controls:
            if (text := attempt.sets.get(control.name)) is not None:
                url_state.change(lesson.slug, control, control.read(text))
        url_state.change(lesson.slug, url_state.BEAT, "Run")
        st.session_state[url_state.key(lesson.slug, "finding")] = 0

    prose(attempt.says, lesson.slug, "try")
    st.button("Try it", on_click=go, icon=":material/science:", key=f"{lesson.slug}.try")
