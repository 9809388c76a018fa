"""Learning without learning: claims follow from answers, the script learns as its runs do, the page never trains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.experiment.tasks import Lines
from core.training.report import Point
from core.training.train import train
from core.worlds import lines
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping.claims import shipped
from lessons.without_learning.claims import context_finding, errors, needed, shift_finding
from lessons.without_learning.pictures import PROMPT, REACH, cost, fitted_curves, line_so_far
from lessons.without_learning.runs import AS_SEEN, FAR, STEEP, STEPS, WORLDS, asks, learner, own_run, runs

LESSON = lessons()["without_learning"]
SETTINGS = LESSON.defaults


def evidence(seen: float, far: float, changed: int = 0) -> Results:
    """Returns the answers of eight nets whose error is 1 without examples and constant from one example on."""
    nets = [[[1.0, *[error] * 11]] * 8 for error in (seen, far, far, 0.3)]
    fits = [[1.0, 0.5, *[fit] * 10] for fit in (0.0, 0.0, 0.0, 0.4)]
    net: Answer = {"error": [nets], "least squares": fits, "weights": 56_977, "changed": changed}
    return Results({}, {("net", ()): net, ("least squares", ()): net | {"error": []}})


def test_error_counts_from_where_it_stays_small() -> None:
    assert needed(np.array([1, 0.04, 0.2, 0.05, 0.01])) == 3
    assert needed(np.array([1, 0.5, 0.2])) == float("inf")


def test_context_finding_needs_accuracy_and_fixed_weights() -> None:
    assert context_finding(evidence(0.01, 0.1)).status == "reproduced"
    assert context_finding(evidence(0.2, 0.3)).status == "partly"
    assert context_finding(evidence(0.01, 0.1, changed=1)).status == "partly"


def test_shift_counts_from_threefold_error() -> None:
    assert shift_finding(evidence(0.01, 0.1)).status == "reproduced"
    assert shift_finding(evidence(0.01, 0.02)).status == "not"


def test_what_ships_says_what_the_claims_say() -> None:
    answers = load_results(LESSON.backdrop(SETTINGS)).answer("net")
    assert errors(answers, AS_SEEN)[:, 7].max() < 0.05 < errors(answers, AS_SEEN)[:, 1].min()
    for world in (FAR, STEEP):
        assert errors(answers, world)[:, 7].mean() > errors(answers, AS_SEEN)[:, 7].mean()
    assert shipped("S18").numbers["changed"] == "0"


def test_sheet_asks_shipped_and_own_nets() -> None:
    points = ((0.0, 1.0),)
    asked = {piece.role: (piece.of.runs, piece.of.points) for piece in asks(replace(SETTINGS, given=points))}
    assert asked["said"] == ((learner(),), points)
    assert asked["said by yours"] == ((own_run(SETTINGS),), points)
    assert asked["yours"] == ((own_run(SETTINGS),), ())


def test_fitted_line_and_band_are_drawn() -> None:
    answer: Answer = {"x": [-3.0, 3.0], "line": [0.0, 1.0], "curve": [[[0.0, 1.0], [0.2, 1.2]]]}
    line, net = fitted_curves(Results({}, {("said", ()): answer}), SETTINGS)
    assert (line.name, net.name) == ("least squares", "the net")
    assert net.table["mean"].tolist() == pytest.approx([0.1, 1.1])
    assert (net.table.high - net.table.low).tolist() == pytest.approx([0.2, 0.2])
    assert fitted_curves(Results({}, {("said", ()): {"weights": 9, "changed": 0}}), SETTINGS) == []


def test_recorded_line_gets_better_while_it_trains() -> None:
    told = load_results(runs(LESSON.recorded_settings)).behaviour("live")
    x, y = np.array(PROMPT).T
    slope, height = np.polyfit(x, y, 1)
    wanted = height + slope * np.linspace(-REACH[0], REACH[0], len(told[0]["0"]["curve"]))
    misses = [np.abs(np.array(test["0"]["curve"]) - wanted)[6:-6].mean() for test in told]
    assert PROMPT == lines.SHOWN and REACH[0] == lines.REACH
    assert misses[-1] < misses[0] / 3
    names = [one.get("name") for one in line_so_far(told).spec["series"]]
    assert {"your net", "least squares", "before training", "points"} <= set(names)


def test_what_it_cost_stands_beside_what_it_gives() -> None:
    table = cost(load_results(LESSON.backdrop(SETTINGS)), {"the net": learner()}, AS_SEEN).spec
    assert table.loc["lines seen in pretraining"].tolist() == ["76,800", "0"]
    assert table.loc["weights changed by the examples", "the net"] == "0 of 56,977"


@pytest.mark.parametrize("steps", STEPS.options)
def test_a_live_pretraining_is_short(steps: int) -> None:
    (run,) = (piece.of for piece in runs(SETTINGS.but(steps=steps)))
    assert run.seeds * run.steps * run.stages[0].batch <= 64_000  # some 20 seconds of one core
    assert run.first_seed == 100


def test_script_learns_in_context_like_the_run(printed: Callable[[str], list[str]]) -> None:
    settings = SETTINGS.but(steps=150)
    said = printed(LESSON.script(settings))
    assert "weights changed: 0" in said
    *_, last = (event for event in train(own_run(settings), {}) if isinstance(event, Point))
    ours = np.array(last.scores["error"]["0"])
    # One net against four, each on other prompts: their own spread, and that of a mean over 250 squares.
    assert abs(float(said[-1].split()[-1]) - ours.mean()) < 4 * ours.std() + 0.05, (said[-1], ours)


def test_script_uses_the_chosen_world() -> None:
    assert "lines(1000, FAR, STEEP, BEND)" in LESSON.script(SETTINGS)
    assert "\nFAR = 1.0 " in LESSON.script(SETTINGS)
    assert "\nFAR = 2.0 " in LESSON.script(SETTINGS.but(shift=FAR))
    assert WORLDS[AS_SEEN] == Lines()
