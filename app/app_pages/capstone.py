"""The capstone: briefs like those that an engineer gets.

The learner chooses a method, predicts its result, trains it, and compares it with choices that were tried before.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.beats.run import live
from app.state import lesson_cache, setting_widgets, url_state
from core.experiment.checks import BadValue
from core.store import store
from lessons.kit.capstone import prices, tries, weekly
from lessons.kit.capstone.advice import advice
from lessons.kit.capstone.briefs import BRIEFS, Brief
from lessons.kit.capstone.jobs import PROTECTIONS, UNPROTECTED
from lessons.kit.capstone.outcome_text import choice_text, facts, rules, worth
from lessons.kit.capstone.prices import Prices
from lessons.kit.capstone.tries import KEPT, Try
from lessons.kit.capstone.workspace import SLUG, Desk, brief_workspace
from lessons.kit.lesson.catalogue import Workspace, lessons
from lessons.kit.model.values import Control, Results

TITLE = "Capstone"
FIELDS = {
    "label": ("Price of one label", "What you pay a person or a service for one label."),
    "hour": ("Price of an hour of computing", "For example, what you pay for an hour on a GPU."),
    "hourly": ("Billions of operations in that hour", "The nets here are much smaller than yours. Enter how much of "
               "their work should cost as much as one hour of your machine."),
    "budget": ("Budget", "The most that you may spend."),
    "worth": ("Value of one more percent of accuracy", "The more a percent is worth to you, the more labels are worth "
              "buying."),
}  # fmt: skip


def show(today: date) -> None:
    """Draws the six briefs and the brief of the current week. A link can also open the brief of another week."""
    week = weekly.week_of(today)
    briefs = Control(
        name="brief",
        label="Brief",
        options=(*BRIEFS, week),
        default=next(iter(BRIEFS)),
        help="",
        known=weekly.is_week,
    )
    slug = url_state.setting(SLUG, briefs)
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        more = () if slug in briefs.options else (slug,)
        setting_widgets.widget(SLUG, briefs, slug, more, lambda one: "This week's" if one == week else title(one))
    plain = BRIEFS.get(slug) or weekly.brief_of(slug)
    if not plain or not plain.outcomes:
        st.warning("The results for this brief are missing. `python -m lessons.kit.capstone.search` computes them.")
        return
    own = url_state.read_parameter(parameter_of(plain, "prices"), prices.read, None)
    brief = prices.with_prices(plain, own) if own else plain
    st.markdown(f"{brief.story} {' '.join(facts(brief))}")
    page = with_tries(brief)
    live(page, lambda at, everything: Results())
    set_prices(plain, own)
    if over(page):
        advised(brief)
    with st.expander("How points are counted, and how good the lessons' advice is"):
        st.markdown(f"{rules(brief)}\n\n{worth()}")


def title(slug: str) -> str:
    """Returns the title of a brief. The brief of a week has no title, so its slug is returned."""
    return BRIEFS[slug].title if slug in BRIEFS else slug


def parameter_of(brief: Brief, name: str) -> str:
    """Returns the name of a URL parameter of this brief."""
    return url_state.key(f"{SLUG}.{brief.slug}", name)


def over(page: Workspace) -> bool:
    """Returns whether the learner's own run is complete."""
    now = url_state.read(page)
    return now.pressed and all(store.complete(piece.of) for piece in lesson_cache.runs(page, now.settings))


# --- Tries ----------------------------------------------------------------------------------------------------------


def with_tries(brief: Brief) -> Workspace:
    """Returns the workspace of a brief with every choice that the learner has tried.

    A run that has ended is added to the choices.
    """
    name = parameter_of(brief, "tries")
    none: tuple[Try, ...] = ()
    made = url_state.read_parameter(name, lambda text: tries.read(text, brief), none)
    page = brief_workspace(brief, made)
    if over(page):
        settings = url_state.read(page).settings
        now = Try(Desk(brief).choice(settings), settings.draw)
        if now not in made:
            made = (*made, now)[-KEPT:]
            url_state.set_parameter(name, tries.write(made, brief))
    return brief_workspace(brief, made)


# --- Prices ---------------------------------------------------------------------------------------------------------


def set_prices(brief: Brief, own: Prices | None) -> None:
    """Draws fields in which learners enter their own prices. The link contains the prices."""
    now, name = own or prices.of_brief(brief), parameter_of(brief, "prices")

    def changed() -> None:
        values = {field: st.session_state[f"{name}.{field}"] for field in FIELDS}
        try:
            url_state.set_parameter(name, prices.write(Prices(**values)))
        except BadValue as error:
            st.session_state[f"{name}.refused"] = str(error)

    with st.expander("Enter your own prices", icon=":material/payments:", expanded=own is not None):
        st.markdown(
            "You can use any currency. This page calls its unit a coin. The other requirements of the brief stay the "
            "same."
        )
        with st.container(horizontal=True):
            for field, (label, help) in FIELDS.items():
                st.session_state[f"{name}.{field}"] = getattr(now, field)
                st.number_input(
                    label, min_value=prices.LEAST, max_value=prices.MOST, key=f"{name}.{field}", help=help,
                    on_change=changed, width=215, format="%g",
                )  # fmt: skip
        if refused := st.session_state.pop(f"{name}.refused", ""):
            st.warning(refused)
        if own:
            st.caption(
                "The points, the costs, the map, the best known choice and the advice use your prices. The stored runs "
                "stay the same. The text below about the lessons' advice uses the briefs' own prices."
            )
            st.button("Back to the brief's prices", on_click=url_state.forget, args=(name,), icon=":material/undo:")


# --- Advice ---------------------------------------------------------------------------------------------------------


def advised(brief: Brief) -> None:
    """Draws what somebody would choose who has done the lessons, step by step."""
    choice, steps = advice(brief)
    with st.expander("What the lessons advise here"):
        st.markdown(f"**{choice_text(choice)}**")
        for step in steps:
            lesson = lessons()[step.lesson]
            chosen = "no protection" if step.chosen == UNPROTECTED else PROTECTIONS.get(step.chosen, step.chosen)
            st.markdown(f"- **{chosen}**: {step.why}. [{lesson.number}. {lesson.title}]({lesson.slug})")
