"""Draws the projector of a class, step by step.

The steps are how to join, the guesses of the class as one picture, the run over them, and the findings. One key or
one button leads to the next step. The learners' own pages do not follow the projector.
"""

from __future__ import annotations

import streamlit as st

from app.app_pages.lesson import backdrop_results
from app.beats.explain import findings
from app.beats.lesson_text import prose, words
from app.beats.run import begin, poll, results
from app.beats.watch import own_results, progress
from app.classes.class_entry import typed_address
from app.classes.class_session import class_guesses, learner_count, picture, qr, tallies
from app.components.figure.figure import draw
from app.state import url_state
from app.state.url_state import SKIPPED, LessonState
from app.uploads.text_upload import escaped
from core.serve.engine import Busy
from core.store import class_records as kept
from core.store.class_codes import in_halves
from core.store.store import Absent
from lessons.kit.classes.class_plan import Plan, records_of_class
from lessons.kit.figures import Figure
from lessons.kit.figures.class_numbers import middles, summary
from lessons.kit.figures.class_predictions import class_predictions
from lessons.kit.figures.highlight import highlight as lighted
from lessons.kit.lesson.explanation import ExplainedFinding
from lessons.kit.model.values import Control, Settings

SECONDS = 1.0  # between two updates of the class's guesses
JOIN, GUESSES, RUN = range(3)  # the first steps; the findings and the sentence to keep follow
ON, BACK = "PageDown", "PageUp"  # a presenter's remote control sends the same keys


def show(plan: Plan, address: str) -> None:
    """Draws the current step. `address` is the link that the class opens."""
    steps = 4 + len(findings(plan.lesson_of))
    control = Control(name="step", label="Step", options=tuple(range(steps)), default=JOIN, help="")
    step = url_state.setting("teach", control)

    def turn(to: int) -> None:
        url_state.change("teach", control, to)
        if to == RUN and step == GUESSES:
            try:
                begin(plan.lesson_of, plan.settings)
            except Busy as error:
                st.warning(str(error))

    with st.container(key="projector"), st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=300):
            st.caption(f"{escaped(plan.name) or 'A class'} · {plan.lesson_of.title}")
            told = st.container()
            with st.container(key="onward", horizontal=True):
                st.button("Back", on_click=turn, args=(step - 1,), disabled=step == 0, shortcut=BACK, type="tertiary")
                if kept.is_waiting(plan.code):
                    st.button(
                        "Release learners",
                        icon=":material/lock_open:",
                        on_click=kept.set_waiting,
                        args=(plan.code, False),
                    )
                if step < steps - 1:
                    label = "Train the nets" if step == GUESSES else "Next"
                    st.button(label, on_click=turn, args=(step + 1,), shortcut=ON, type="primary")
        with st.container(key="stage"), st.container():
            try:
                on_stage(plan, step, address, told)
            except Absent:
                st.warning("The stored runs of this lesson are missing. `make shipped` computes them.")


def on_stage(plan: Plan, step: int, address: str, told: st.delta_generator.DeltaGenerator) -> None:
    """Draws the picture of a step. It updates itself while guesses or results come in."""
    if step == JOIN:
        st.fragment(join, run_every=SECONDS)(plan, address, told)
    elif step == GUESSES:
        st.fragment(guesses, run_every=SECONDS)(plan, told)
    elif step == RUN:
        every = poll(plan.lesson_of, learner_state(plan)).poll_interval
        st.fragment(runs, run_every=every or None)(plan, told, every)
    else:
        finding_view(plan, step - RUN - 1, told)


def join(plan: Plan, address: str, told: st.delta_generator.DeltaGenerator) -> None:
    """Draws how to join the class, and how many learners have predicted."""
    with told:
        st.subheader("Open this on your phone or computer, and predict what will happen.", anchor=False)
        st.markdown(f"Or open **{typed_address()}** and type")
        st.html(f'<p class="code">{in_halves(plan.short)}</p>')
        st.html(f'<p class="count">{learner_count(len(class_guesses(records_of_class(plan))))}</p>')
    st.html(qr(address))


def guesses(plan: Plan, told: st.delta_generator.DeltaGenerator) -> None:
    """Draws the guesses of the class as they come in."""
    all_said = class_guesses(records_of_class(plan))
    with told:
        st.subheader(plan.lesson_of.prediction.asks, anchor=False)
        st.html(f'<p class="count">{learner_count(len(all_said))}</p>')
        tallies(plan, all_said)
    draw_figure(picture(plan.lesson, plan.settings, all_said), plan)


def learner_state(plan: Plan) -> LessonState:
    """Returns the state of a learner of this class who has seen everything."""
    return LessonState("Run", plan.settings, Settings(), False, SKIPPED, pressed=True, plan=plan)


def runs(plan: Plan, told: st.delta_generator.DeltaGenerator, before: float) -> None:
    """Draws the results of the runs together with all guesses.

    At the end it shows how far the guesses were from the results.
    """
    lesson, settings = plan.lesson_of, plan.settings
    now = poll(lesson, learner_state(plan))
    evidence = backdrop_results(lesson, settings, not now.moving) | now.seen.evidence | results(lesson, settings, now)
    all_said = class_guesses(records_of_class(plan))
    with told:
        st.subheader("The nets are training" if now.moving else "The result", anchor=False)
        progress(lesson, settings, now.runs, now.seen)
        if not now.moving:
            missed_guesses(plan, all_said)
    draw_figure(class_predictions(lesson.picture(evidence, settings, Settings()), lesson.prediction, all_said), plan)
    if now.poll_interval != before:
        st.rerun()


def missed_guesses(plan: Plan, all_said: tuple[Settings, ...]) -> None:
    """Draws each question, its result, and the median and the spread of the class's guesses."""
    lesson = plan.lesson_of
    plain = lesson.defaults.but(**{one.name: one.default for one in lesson.sliders})
    found = [middles(lesson.prediction, all_said, share) for share in (0.25, 0.5, 0.75)]
    known = backdrop_results(lesson, lesson.defaults, True)
    verdicts = [lesson.verdict_rows(known, plain.but(**one.values)) for one in found]
    with st.container(key="verdict"):
        for slider, low, middle, high in zip(lesson.sliders, *verdicts):
            if slider.name in plan.asked:
                what, you, did = middle
                theirs = summary(slider, all_said, low[1], you, high[1])
                known_of = f" ({theirs})" if slider.name in found[0].values else ""
                st.markdown(f"{what[:1].upper()}{what[1:]}: **{did}**{known_of}")


def finding_view(plan: Plan, number: int, told: st.delta_generator.DeltaGenerator) -> None:
    """Draws a finding with its part of the picture highlighted. The last step draws the sentence to keep."""
    lesson, all_findings, all_said = plan.lesson_of, findings(plan.lesson_of), class_guesses(records_of_class(plan))
    finding = all_findings[number] if number < len(all_findings) else ExplainedFinding(words="")
    with told:
        if finding.words:
            prose(finding.words, lesson.slug, f"projected {number}")
        else:
            if "keep" in lesson.words:
                prose(f"**{words(lesson, 'keep')}**", lesson.slug, "projected keep")
            missed_guesses(plan, all_said)
    settings = lesson.defaults
    evidence = backdrop_results(lesson, settings, True) | own_results(lesson, settings)
    views = lesson.views(evidence, settings, Settings())
    over = class_predictions(lesson.picture(evidence, settings, Settings()), lesson.prediction, all_said)
    draw_figure(lighted(views[finding.view]() if finding.view in views else over, finding.lit), plan)


def draw_figure(figure: Figure, plan: Plan) -> None:
    """Draws a figure on the stage of the projector."""
    draw(figure, f"projector.{plan.lesson}.{figure.kind}", stage=True, sharp=True)
