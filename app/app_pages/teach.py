"""Teach a class: a class as a link, its answers as they come in, and the way to the projector.

The page has three states: before the class, the teacher's page, and the projector (app/app_pages/projector.py).
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from app.app_pages import projector
from app.beats.lesson_text import filled
from app.classes.class_entry import base, how_to_reach, link, typed_address
from app.classes.class_session import class_guesses, learner_count, picture, qr, tallies
from app.components.figure.figure import draw
from app.state import setting_widgets, url_state
from app.state.engine import me
from app.streamlit_fixes import UploadedFile
from app.uploads.text_upload import escaped
from app.uploads.upload_slot import file_uploader
from core.experiment.checks import BadValue
from core.store import class_records as kept
from core.store.class_codes import in_halves
from lessons.kit.classes.class_plan import (
    HIDDEN,
    LOCKED,
    NAMED,
    TYPED,
    Plan,
    Record,
    attended,
    begin,
    bring,
    imported_files,
    records_of_class,
    takes_text,
    write,
)
from lessons.kit.lesson.catalogue import BEATS, Lesson, lessons
from lessons.kit.model.values import Control
from lessons.kit.model.wording import count_noun as many_of

TITLE = "Teach a class"
SLUG = "teach"
STYLE = Path(__file__).parent / "styles" / "teach.css"
CODE, KEY = url_state.key(SLUG, url_state.CLASS), url_state.key(SLUG, "key")  # keys in the URL
OPEN = "open"
SETUP, PROJECTOR = "Class", "Projector"
VIEW = Control(name="view", label="View", options=(SETUP, PROJECTOR), default=SETUP, help="")
SECONDS = 1.0  # between two updates of the class's guesses


def show() -> None:
    """Draws the page in its current state."""
    st.html(STYLE)
    plan: Plan | None = url_state.read_parameter(CODE, attended, None)
    if not plan:
        set_up()
        return
    if key := st.query_params.get(KEY):
        enter(plan, key)
    if not kept.teaches(plan.code, me()[1]):
        st.title(TITLE, anchor=False)
        st.warning(
            "Only the browser that opened this class can show this page. Another browser needs the teacher's link."
        )
        st.button("Open a class of your own", on_click=url_state.forget, args=(CODE,))
    elif url_state.setting(SLUG, VIEW) == PROJECTOR:
        projector.show(plan, link(plan))
    else:
        teach(plan)


def enter(plan: Plan, key: str) -> None:
    """Makes this browser the teacher's, if the key is right.

    The key is removed from the URL, because a projector may show the URL.
    """
    try:
        kept.let_in(plan.code, key, me()[1])
    except BadValue as error:
        st.warning(str(error), icon=":material/link_off:")
    del st.query_params[KEY]


# --- Before the class -----------------------------------------------------------------------------------------------


def set_up() -> None:
    """Draws the form that opens a class."""
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=380):
            st.markdown(
                "Your learners open one link, see the lesson as you set it up, and make their predictions. You see "
                "every prediction here and on the projector as soon as it is made. Nobody needs an account or enters "
                "a name. The app deletes everything after a day."
            )
            known = {slug: f"{one.number}. {one.title}" for slug, one in lessons().items()}
            slug = st.selectbox("Lesson", [*known], format_func=known.__getitem__, key="teach.lesson")
            lesson = lessons()[slug]
            st.text_input("Name of the class", max_chars=NAMED, key="teach.name")
            beat = st.segmented_control(
                "Learners start at", BEATS, default="Predict", required=True, key="teach.beat", persist_state="session"
            )
            hold = st.toggle("Hold them at Predict until you release them", key="teach.held")
            with st.expander("Predictions that you ask for", icon=":material/help:"):
                asked = [
                    one.name
                    for one in lesson.sliders
                    if st.checkbox(one.label, True, key=f"teach.ask.{slug}.{one.name}")
                ]
            with st.expander("Controls that learners can change", icon=":material/tune:"):
                values, held = controls(lesson)
            st.button(
                "Open the class", type="primary", icon=":material/groups:", on_click=start_class,
                args=(slug, beat, asked, values, held, hold), disabled=not asked,
            )  # fmt: skip
            if refused := st.session_state.pop("teach.refused", ""):
                st.warning(refused)
        with st.container(key="stage"):
            st.markdown(f"**{lesson.prediction.asks}**")
            draw(picture(slug, lesson.defaults, ()), f"teach.before.{slug}", stage=True)


def controls(lesson: Lesson) -> tuple[dict[str, str], dict[str, str]]:
    """Draws the lesson's controls. Returns their values, and which of them learners cannot set."""
    values, held = {}, {}
    for one in lesson.controls:
        at = f"teach.set.{lesson.slug}.{one.name}"
        value = st.selectbox(
            one.label, one.options, one.options.index(one.default), key=at, help=one.help or None,
            format_func=setting_widgets.option_formatter(one),
        )  # fmt: skip
        way = st.segmented_control(
            f"{one.label}: for learners", (OPEN, LOCKED, HIDDEN), default=OPEN, required=True, key=f"{at}.held",
            label_visibility="collapsed",
        )  # fmt: skip
        if value != one.default:
            values[one.name] = str(value)
        if way in (LOCKED, HIDDEN):
            held[one.name] = way
    if takes_text(lesson) and not st.toggle(
        "Learners may type texts of their own", True, key=f"teach.set.{lesson.slug}.{TYPED}",
        help="If you switch this off, they can only choose among the texts that come with the lesson.",
    ):  # fmt: skip
        held[TYPED] = LOCKED
    return values, held


def start_class(
    slug: str, beat: str, asked: list[str], values: dict[str, str], held: dict[str, str], hold: bool
) -> None:
    """Opens the class. A callback of a button."""
    name = st.session_state["teach.name"].strip()  # the name may have been typed after the button was drawn
    try:
        plan = Plan(lesson=slug, name=name, beat=beat, asked=tuple(asked), values=values, held=held)
        code = begin(plan, me()[1])
        kept.set_waiting(code, hold)
        url_state.set_parameter(CODE, code)
    except BadValue as error:
        st.session_state["teach.refused"] = str(error)


# --- The class ------------------------------------------------------------------------------------------------------


def teach(plan: Plan) -> None:
    """Draws the teacher's page of a class."""
    with st.container(key="header", horizontal=True):
        st.title(escaped(plan.name) or "Your class", anchor=False, width="content")
        st.caption(f"Lesson {plan.lesson_of.number}: {plan.lesson_of.title}", width="content")
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            address = link(plan)
            st.markdown("**Your learners open this link:**")
            st.html(qr(address))
            st.code(address, language=None, wrap_lines=True)
            st.markdown(f"Or they open `{typed_address()}` and type")
            st.html(f'<p class="code">{in_halves(plan.short)}</p>')
            how_to_reach()
            release(plan)
            there = urlencode({CODE: plan.code, url_state.key(SLUG, VIEW.name): PROJECTOR})
            st.link_button("To the projector", f"{SLUG}?{there}", icon=":material/present_to_all:", type="primary")
            hours = kept.seconds_left(plan.code) / 3600
            st.caption(f"The class ends in {hours:.0f} hours." if hours >= 1.5 else "The class ends soon.")
            class_files(plan)
        with st.container(key="stage"):
            st.fragment(tick, run_every=SECONDS)(plan)


def release(plan: Plan) -> None:
    """Draws the switch that holds the learners at Predict or lets them continue."""
    held = kept.is_waiting(plan.code)
    label, icon = ("Release the run", "lock_open") if held else ("Hold learners at Predict", "lock")
    st.button(
        label, icon=f":material/{icon}:", on_click=kept.set_waiting, args=(plan.code, not held),
        key=f"teach.hold.{held}",
        help="Learners make their prediction and then wait. When you release them, their pages continue by themselves "
        "within a few seconds.", width="stretch",
    )  # fmt: skip
    if held:
        st.caption("Learners are waiting at Predict. They cannot train or see the answer yet.")


def tick(plan: Plan) -> None:
    """Draws the answers of the class, and updates itself."""
    records = records_of_class(plan)
    guesses = class_guesses(records)
    st.markdown(f"**{plan.lesson_of.prediction.asks}**")
    st.markdown(learner_count(len(guesses)))
    draw(picture(plan.lesson, plan.settings, guesses), f"teach.class.{plan.code}", stage=True)
    tallies(plan, guesses)
    missed_questions(plan, records)


def missed_questions(plan: Plan, records: tuple[Record, ...]) -> None:
    """Draws the questions of the last beat that learners missed, with the number of learners."""
    many = [sum(number in one.missed for one in records) for number in range(len(plan.lesson_of.questions))]
    if any(many):
        with st.expander("Questions that learners answered wrongly", icon=":material/quiz:"):
            for number, count in enumerate(many):
                if count:
                    st.markdown(f"{filled(plan.lesson_of.questions[number].asks)} **{many_of(count, 'learner')}**")


def class_files(plan: Plan) -> None:
    """Draws the teacher's link, and the buttons that save, extend or close the class.

    The answers can be saved as a file, and the file of another class can be added.
    """

    def given(file: UploadedFile) -> None:
        try:
            bring(plan, file.getvalue())
        except BadValue as error:
            st.session_state["teach.refused"] = str(error)

    with st.expander("Save, combine or move the class", icon=":material/download:"):
        st.download_button(
            "Save predictions and wrong answers", lambda: write(plan), f"headstart-class-{plan.lesson}.json",
            "application/json", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        size = kept.LARGEST_FILE // 1000
        file_uploader(f"Add the file of another class (at most {size} kB)", "teach.file", 1, given, ["json"])
        if refused := st.session_state.pop("teach.refused", ""):
            st.warning(refused)
        for file in imported_files(plan):
            many = many_of(len(file.records), "learner")
            st.caption(f"Added: {many} from {escaped(file.name) or 'another class'}.")
        st.caption("Open this link to teach this class on another computer. Do not show it to learners:")
        secret = urlencode({CODE: plan.code, KEY: kept.plan(plan.code)["key"]})
        st.code(f"{base()}{SLUG}?{secret}", language=None, wrap_lines=True)
    with st.popover("Close the class", icon=":material/close:", type="tertiary"):
        st.markdown("This deletes all predictions and answers of the class.")
        st.button("Close it now", on_click=closed, args=(plan,), type="primary")


def closed(plan: Plan) -> None:
    """Closes the class. A callback of a button."""
    kept.close(plan.code)
    url_state.forget(CODE)
