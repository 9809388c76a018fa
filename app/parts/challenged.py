"""The sandbox's fourth step: challenges, of which the page checks every part on what was run."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import streamlit as st

from app.parts import chosen, dials
from core.spec import Run
from lessons.kit.catalogue import Bench
from lessons.kit.evidence import points
from lessons.kit.sandbox.bench import BENCH, SLUG, YOURS, experiment
from lessons.kit.sandbox.challenges import CHALLENGES, Challenge, cost, solutions
from lessons.kit.sandbox.experiment import described
from lessons.kit.told import Mission
from lessons.kit.values import Control, Evidence, Settings

NONE = "none"
CHALLENGE = Control(name="challenge", label="Challenge", options=(NONE, *CHALLENGES), default=NONE, help="")


@cache
def bench(name: str) -> Bench:
    """The sandbox with a challenge's goal below its runs, or with none."""
    if name == NONE:
        return BENCH
    goal = CHALLENGES[name]

    def met(evidence: Evidence, settings: Settings) -> bool:
        return goal.met(experiment(settings), evidence.table("race", YOURS))

    return replace(BENCH, mission=Mission(says=goal.says, met=met, tries={}))


def challenges(settings: Settings) -> None:
    name = chosen.setting(SLUG, CHALLENGE)
    at = f"{SLUG}.challenge.shown"
    st.session_state.setdefault(at, name if name != NONE else next(iter(CHALLENGES)))
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.markdown("Something to reach, by whatever you can set. Cheaper is better.")
            shown = st.radio("Challenges", [*CHALLENGES], format_func=lambda slug: CHALLENGES[slug].title, key=at)
            goal = CHALLENGES[shown]
            st.button("Set it up", type="primary", on_click=begin, args=(goal,), key=f"{SLUG}.challenge.begin")
            if name != NONE:
                st.button("Leave the challenge", type="tertiary", on_click=leave, key=f"{SLUG}.challenge.leave")
        with st.container(key="stage"):
            st.subheader(goal.title, anchor=False)
            st.markdown(goal.says)
            standing(goal, experiment(settings))
            known(goal)


def begin(goal: Challenge) -> None:
    """A button's callback: the challenge's experiment is set, and its goal stands below the runs."""
    chosen.change(SLUG, CHALLENGE, goal.slug)
    dials.take(goal.start)


def leave() -> None:
    chosen.change(SLUG, CHALLENGE, NONE)


def standing(goal: Challenge, run: Run) -> None:
    """Every part of the goal, and whether what is set now has met it."""
    table = points(run)
    checks = goal.checks(run, table)
    st.markdown("What you have set now:")
    for check in checks:
        st.markdown(f"{':material/check_circle:' if check.met else ':material/radio_button_unchecked:'} {check.says}")
    if not len(table):
        st.caption("It has not been trained yet.")
    elif all(check.met for check in checks):
        best = solutions().get(goal.slug)
        beside = f" The cheapest known costs {best.cost:.3g}." if best else ""
        st.success(f"You have done it, for {cost(table):.3g} billion operations a net.{beside}")


def known(goal: Challenge) -> None:
    """The cheapest solution, for who asks."""
    if best := solutions().get(goal.slug):
        with st.expander("The cheapest that is known"):
            left = f" and keeps {best.left:.0f} % of the old skill" if best.left is not None else ""
            st.markdown(
                f"{described(best.run)}. It reaches {best.new:.1f} %{left}, for {best.cost:.3g} billion operations a "
                f"net: the cheapest of {best.tried} that were tried."
            )
            st.button("Set it under Train", on_click=dials.take, args=(best.run,), key=f"{SLUG}.challenge.best")
