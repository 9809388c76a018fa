"""Draws the fourth step of the sandbox: challenges, and whether the learner's run meets each part of a challenge."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import streamlit as st

from app.controls import experiment_controls
from app.state import url_state
from core.experiment.spec import Run
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import points
from lessons.kit.sandbox.challenges import CHALLENGES, Challenge, cost, solutions
from lessons.kit.sandbox.experiment import describe_run
from lessons.kit.sandbox.workspace import BENCH, SLUG, YOURS, experiment

NONE = "none"
CHALLENGE = Control(name="challenge", label="Challenge", options=(NONE, *CHALLENGES), default=NONE, help="")


@cache
def bench(name: str) -> Workspace:
    """Returns the sandbox's workspace, with the goal of a challenge below its runs if a challenge was chosen."""
    if name == NONE:
        return BENCH
    goal = CHALLENGES[name]

    def met(evidence: Results, settings: Settings) -> bool:
        return goal.is_met(experiment(settings), evidence.table("race", YOURS))

    return replace(BENCH, mission=Mission(says=goal.says, met=met, tries={}))


def challenges(settings: Settings) -> None:
    """Draws the list of challenges, and beside it the challenge that is selected."""
    name = url_state.setting(SLUG, CHALLENGE)
    at = f"{SLUG}.challenge.shown"
    st.session_state.setdefault(at, name if name != NONE else next(iter(CHALLENGES)))
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.markdown(
                "Each challenge sets a goal. Reach it by changing any control under Train. The less computing you "
                "need, the better."
            )
            shown = st.radio("Challenges", [*CHALLENGES], format_func=lambda slug: CHALLENGES[slug].title, key=at)
            goal = CHALLENGES[shown]
            st.button(
                "Start this challenge", type="primary", on_click=begin, args=(goal,), key=f"{SLUG}.challenge.begin"
            )
            if name != NONE:
                st.button("Leave the challenge", type="tertiary", on_click=leave, key=f"{SLUG}.challenge.leave")
        with st.container(key="stage"):
            st.subheader(goal.title, anchor=False)
            st.markdown(goal.says)
            goal_status(goal, experiment(settings))
            known_solution(goal)


def begin(goal: Challenge) -> None:
    """Sets up the experiment of a challenge and shows its goal below the runs.

    This function is the callback of a button.
    """
    url_state.change(SLUG, CHALLENGE, goal.slug)
    experiment_controls.take(goal.start)


def leave() -> None:
    """Leaves the challenge, so that its goal is no longer shown. This function is the callback of a button."""
    url_state.change(SLUG, CHALLENGE, NONE)


def goal_status(goal: Challenge, run: Run) -> None:
    """Draws each part of the goal, and whether the current experiment meets it."""
    table = points(run)
    checks = goal.checks(run, table)
    st.markdown("Conditions, checked for the experiment that you have set now:")
    for check in checks:
        st.markdown(f"{':material/check_circle:' if check.met else ':material/radio_button_unchecked:'} {check.says}")
    if not len(table):
        st.caption("You have not trained this experiment yet. Press Train on the first step.")
    elif all(check.met for check in checks):
        best = solutions().get(goal.slug)
        beside = f" The cheapest known solution needs {best.cost:.3g} billion." if best else ""
        st.success(f"You have reached the goal with {cost(table):.3g} billion operations per net.{beside}")


def known_solution(goal: Challenge) -> None:
    """Draws the cheapest known solution in an expander, so that only learners who open it see it."""
    if best := solutions().get(goal.slug):
        with st.expander("The cheapest known solution"):
            left = f" and keeps {best.left:.0f} % of the old skill" if best.left is not None else ""
            st.markdown(
                f"{describe_run(best.run)}. It reaches {best.new:.1f} %{left}, with {best.cost:.3g} billion operations "
                f"per net. We tried {best.tried} settings, and this is the cheapest one that reaches the goal."
            )
            st.button(
                "Use these settings", on_click=experiment_controls.take, args=(best.run,), key=f"{SLUG}.challenge.best"
            )
