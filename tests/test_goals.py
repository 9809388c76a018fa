"""Every goal that a page sets can be met, and not by doing nothing. The tests read the stored search."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lessons.kit.model.values import Results, Settings
from lessons.kit.shipping.goals import Goal, Trial, goals, outcomes
from lessons.ways_to_remember import machine
from lessons.ways_to_remember.machine.futures import rescued

GOALS = goals()
EACH = pytest.mark.parametrize("name", GOALS)


@EACH
def test_the_stored_search_is_of_todays_goal(name: str) -> None:
    stored = outcomes()[name]
    assert (stored["says"], stored["recipe"]) == (GOALS[name].says, GOALS[name].recipe)
    assert [one["sets"] for one in stored["trials"]] == [dict(trial.sets) for trial in GOALS[name].trials]
    assert [(one["idle"], one["default"]) for one in stored["trials"]] == [
        (trial.idle, trial.default) for trial in GOALS[name].trials
    ]


@EACH
def test_some_setting_meets_the_goal(name: str) -> None:
    assert any(trial["met"] for trial in outcomes()[name]["trials"])


@EACH
def test_doing_nothing_does_not_meet_it(name: str) -> None:
    trials = outcomes()[name]["trials"]
    assert not [trial["sets"] for trial in trials if trial["met untrained"]]
    assert not [trial["sets"] for trial in trials if trial["idle"] and trial["met"]]


@EACH
def test_the_default_does_not_meet_it(name: str) -> None:
    (default,) = (trial for trial in outcomes()[name]["trials"] if trial["default"])
    assert not default["met"]


def test_goal_met_by_untrained_net_is_noticed() -> None:
    trial = Trial(sets={}, runs=(), met=lambda evidence: True)
    assert trial.outcome["met untrained"] and trial.outcome["met"]
    assert Goal(says="", trials=(trial,)).recipe == Goal(says="other", trials=(trial, trial)).recipe


def run(old: tuple[float, float], new: tuple[float, float]) -> pd.DataFrame:
    """Returns a run with these scores on the old and the new skill, before the first step and at the end."""
    steps = np.repeat([0, 300], 4)
    return pd.DataFrame(
        {"step": steps, "seed": [0, 1, 2, 3] * 2, "accuracy": np.repeat(new, 4), "accuracy 1": np.repeat(old, 4)}
    )


@pytest.mark.parametrize(
    ("left", "old", "new", "met"),
    [
        (0.0, 0.0, 0.9, False),  # what ended at nothing is not doubled by nothing
        (0.0, 0.5, 0.9, True),
        (0.0, 0.44, 0.9, False),
        (0.3, 0.7, 0.9, True),
        (0.3, 0.55, 0.9, False),
        (0.0, 0.9, 0.5, False),  # and the new skill must be there
        (0.0, 0.8, 0.83, True),  # though it may lose a little
    ],
)
def test_half_of_what_was_lost_comes_back(left: float, old: float, new: float, met: bool) -> None:
    past, future = run((0.9, left), (0.1, 0.9)), run((0.9, old), (0.1, new))
    assert rescued(Results({("past", ()): past, ("future", ()): future})) is met


def test_a_past_that_forgot_nothing_sets_no_goal() -> None:
    past, future = run((0.9, 0.85), (0.1, 0.9)), run((0.9, 0.9), (0.1, 0.9))
    assert rescued(Results({("past", ()): past, ("future", ()): future})) is None


@pytest.mark.parametrize("keep", ["pin what mattered", "pin all weights"])
def test_a_missed_goal_says_why_one_head_forgets(keep: str) -> None:
    one_head, two_heads = (machine.bench(name) for name in ("5 to 9 after 0 to 4", "dark digits after glyphs"))
    assert one_head.mission and two_heads.mission
    settings = one_head.defaults.but(keep=keep)
    assert "one head answers" in one_head.mission.advice(settings)
    assert not two_heads.mission.advice(two_heads.defaults.but(keep=keep))
    assert not one_head.mission.advice(one_head.defaults.but(keep="rehearse old examples"))


def test_a_future_as_it_went_is_idle() -> None:
    mission, usual = machine.bench("5 to 9 after 0 to 4").mission, machine.bench("5 to 9 after 0 to 4").defaults
    assert mission and mission.idle(usual)
    for change in (Settings({"keep": "pin all weights"}), Settings({"how": "the head only"}), Settings({"times": 0.1})):
        assert not mission.idle(usual.but(**change.values))
