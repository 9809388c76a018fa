"""How backbones are ranked and how their loss falls, against hand-worked cases, and pictures in their own units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from lessons.kit.figures.curves import Curve, Mark
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Seeds
from lessons.kit.results.evidence import fit_power_law
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS
from lessons.more_data.runs import GLYPHS, PASSES, SIZES, pretrained
from lessons.one_backbone.claims import tau
from lessons.one_backbone.pictures import whose_choice
from lessons.one_backbone.runs import NAMES, favourite, picks, ranked


def test_tau_counts_pairs_in_the_same_order() -> None:
    assert tau(np.array([1, 2, 3]), np.array([10, 20, 30])) == 1
    assert tau(np.array([1, 2, 3]), np.array([30, 20, 10])) == -1
    assert tau(np.array([1, 2, 3]), np.array([10, 30, 20])) == pytest.approx(1 / 3)


def test_tau_is_kendalls() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 13))
    assert tau(a, b) == pytest.approx(kendalltau(a, b).statistic)


def test_power_law_fit_finds_exponent_and_miss() -> None:
    exact = 7 * np.array(SIZES, float) ** -0.25
    exponent, start, missed = fit_power_law(SIZES, exact)
    assert (exponent, start, missed) == (pytest.approx(0.25), pytest.approx(7), pytest.approx(0, abs=1e-9))
    assert fit_power_law(SIZES, exact * np.array([1, 1, 1.2, 1, 1]))[2] > 0.1


def test_every_size_makes_equally_many_passes() -> None:
    for size in SIZES:
        looks = sum(stage.steps * stage.batch for stage in pretrained(size, Seeds()).stages)
        assert looks / (GLYPHS * size) == pytest.approx(PASSES, rel=0.02)


def test_world_has_the_assumed_number_of_glyphs() -> None:
    from core.experiment.tasks import Glyphs
    from core.worlds import glyphs

    assert glyphs.classes(Glyphs()) == GLYPHS


def test_lines_use_their_own_unit() -> None:
    table = pd.DataFrame({"x": [1, 10], "mean": [4.0, 2.5], "low": [3.5, 2.5], "high": [4.5, 2.5]})
    axes = Axis(name="tasks", low=1, high=10, log=True, form="g"), Axis(name="nats", low=1, high=5, log=True)
    figure = value_curves(
        [Curve(table=table, name="one", role="note")], *axes, [Mark(start=(2, 1), end=(2, 5), says="here")]
    )
    drawn = {one["id"]: one for one in figure.spec["series"]}
    assert drawn["one"]["data"] == [[1, 4], [10, 2.5]]
    assert drawn["one band"]["data"] == [[1, 1], [10, 0]]
    assert drawn["mark 0"]["markLine"]["data"] == [[{"coord": [2, 1]}, {"coord": [2, 5]}]]
    assert (figure.spec["yAxis"]["min"], figure.spec["yAxis"]["max"], figure.spec["yAxis"]["type"]) == (1, 5, "log")
    assert figure.alt == "nats against tasks. one: 4.00 at 1, 2.50 at 10; marked at 2: here."


@pytest.mark.parametrize("job", DOWNSTREAM_TASKS)
@pytest.mark.parametrize("name", NAMES)
def test_every_backbone_races_against_a_rival(name: str, job: str) -> None:
    """It is the best of all, or the worst if the learner took the best."""
    lesson = lessons()["one_backbone"]
    settings = lesson.defaults.but(backbone=name, job=job)
    mine, other = picks(settings)
    assert (mine, other) == (name, ranked(job)[-1 if name == favourite(job) else 0]) and mine != other
    assert {run.of for run in lesson.runs(settings)} == set(picks(settings).values())


def test_walls_say_whose_choice_they_are() -> None:
    settings = lessons()["one_backbone"].defaults
    best, *_, worst = ranked(DIGITS)
    assert whose_choice("printed", DIGITS, settings) == "your choice"
    assert whose_choice(best, DIGITS, settings) == "the best score"
    assert whose_choice(best, DIGITS, settings.but(backbone=best)) == "your choice and the best score"
    assert whose_choice(worst, DIGITS, settings.but(backbone=best)) == "the worst score"
