"""Claims: their statistics against hand-worked cases, their status, and the command that reports them."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.store import store
from lessons.kit.lesson.catalogue import Check, Finding, claims, lessons
from lessons.kit.model.values import Results, Seeds
from lessons.kit.results.evidence import band, best, bootstrap, final, interval, labels_to, load_results, steps_to
from lessons.kit.results.label_savings import worth
from lessons.kit.runs.recipes import BEST_RATES
from lessons.kit.shipping.claims import main, shipped
from lessons.what_was_learned.claims import random_at_best
from lessons.what_was_learned.runs import RANDOM
from lessons.wrong_teacher.claims import gap, in_order, kindest_gap, surprises
from lessons.wrong_teacher.runs import STANDARD, WAYS

EACH = pytest.mark.parametrize("name", claims())


def curve(*points: tuple[int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(points, columns=["step", "seed", "accuracy"])


def finding(*met: bool) -> Finding:
    return Finding(value=1, low=0, high=2, checks=tuple(Check(says=str(k), met=one) for k, one in enumerate(met)))


def test_a_status_follows_from_the_checks() -> None:
    assert finding(True, True).status == "reproduced"
    assert finding(True, False).status == "partly"
    assert finding(False, False).status == "not"


def test_steps_to_accuracy_are_interpolated_linearly() -> None:
    table = curve((0, 0, 0.1), (10, 0, 0.5), (20, 0, 0.7))
    assert steps_to(table, 0.6) == pytest.approx(15)
    assert steps_to(table, 0.05) == 0
    assert steps_to(table, 0.71) == math.inf


def test_labels_to_accuracy_use_a_log_scale() -> None:
    assert labels_to({1: 0.4, 100: 0.8}, 0.6) == pytest.approx(10)
    assert labels_to({1: 0.4, 10: 0.3, 100: 0.8}, 0.4) == 1
    assert labels_to({1: 0.4, 100: 0.8}, 0.81) == math.inf


def test_label_worth_is_bounded_by_the_dataset() -> None:
    """If no number of labels reaches the accuracy, the whole dataset gives a lower bound."""
    baseline = {1: np.array([0.4]), 100: np.array([0.8])}
    assert worth(0.6, 2, baseline) == pytest.approx(5)
    assert worth(0.9, 2, baseline) == 50


def test_band_final_and_best_match_hand_computation() -> None:
    table = curve((0, 0, 0.1), (0, 1, 0.3), (5, 0, 0.8), (5, 1, 0.4), (9, 0, 0.6), (9, 1, 0.5))
    assert band(table)["mean"].tolist() == pytest.approx([0.2, 0.6, 0.55])
    assert band(table)["high"].tolist() == pytest.approx([0.3, 0.8, 0.6])
    assert final(table).tolist() == [0.6, 0.5]
    assert best(table).tolist() == [0.8, 0.5]


def test_interval_holds_mean_and_shrinks_to_it() -> None:
    """Where all seeds agree, the interval is one point."""
    assert interval(np.array([3.0, 3.0, 3.0])) == (3, 3)
    low, high = interval(np.array([0.0, 1.0, 2.0, 3.0]))
    assert 0 <= low < 1.5 < high <= 3
    assert bootstrap(lambda draw: float(len(draw)), 5) == (5, 5)


def worlds(**gaps: float) -> dict[str, np.ndarray]:
    """Returns two seeds of each world, one point to either side of its gap."""
    return {name: np.array([gap - 1, gap + 1]) for name, gap in gaps.items()}


def test_distance_orders_pairs_by_transfer() -> None:
    """A distance is right about a pair if the nearer world helps more."""
    far = {"near": 1.0, "middle": 2.0, "far": 3.0}
    assert in_order(far, worlds(near=9, middle=5, far=0)) == 3
    assert in_order(far, worlds(near=5, middle=9, far=0)) == 2
    assert in_order(far, worlds(near=0, middle=5, far=9)) == 0


def test_surprises_are_pairs_where_farther_helps() -> None:
    """The farther world has to help clearly more."""
    far = {"near": 1.0, "middle": 2.0, "far": 3.0}
    assert surprises(far, worlds(near=9, middle=5, far=0)) == []
    assert surprises(far, worlds(near=5, middle=6.5, far=9)) == [("near", "far"), ("middle", "far")]


def test_gap_compares_best_way_with_best_scratch() -> None:
    flat = {way: curve((0, 0, 0.1), (9, 0, 0.3), (0, 1, 0.1), (9, 1, 0.5)) for way in WAYS}
    tables = {("after", ("strange", way, STANDARD)): table for way, table in flat.items()}
    for rate, ours, theirs in zip(BEST_RATES, (0.5, 0.6, 0.2), (0.8, 0.7, 0.1)):
        tables["after best", ("strange", rate)] = curve((0, 0, ours), (9, 0, 0.1), (0, 1, ours), (9, 1, 0.0))
        tables["scratch best", (STANDARD, rate)] = curve((0, 0, theirs), (0, 1, theirs - 0.1))
    assert gap(Results(tables), "strange").tolist() == pytest.approx([30 - 80, 50 - 70])
    assert kindest_gap(Results(tables), "strange").tolist() == pytest.approx([60 - 80, 60 - 70])


def test_random_layers_get_their_best_rate() -> None:
    """Frozen random layers count at their best learning rate and their best step."""
    tables = {(RANDOM, ("here", n)): curve((0, 0, 0.2), (9, 0, 0.3)) for n in (1, 2, 3)}
    tables |= {("random best", ("here", 2, 0.01)): curve((0, 0, 0.2), (5, 0, 0.6), (9, 0, 0.5))}
    assert random_at_best(Results(tables), "here").tolist() == [[0.3], [0.6], [0.3]]


@EACH
def test_claims_use_at_least_eight_shipped_seeds(name: str) -> None:
    _, claim = claims()[name]
    found = shipped(name)
    assert found.low <= found.value <= found.high
    assert "{" not in claim.statement.format(**found.numbers)


def test_claim_ids_and_lesson_numbers_are_unique() -> None:
    every = [claim.id for lesson in lessons().values() for claim in lesson.claims]
    assert sorted(every) == sorted(claims())
    assert sorted(lesson.number for lesson in lessons().values()) == list(range(1, len(lessons()) + 1))


@EACH
def test_a_badge_says_what_the_runs_say(name: str) -> None:
    """An honest "not reproduced here" may ship. A badge that contradicts its own runs may not."""
    _, claim = claims()[name]
    again = claim.finding(load_results(claim.runs(Seeds())))
    assert shipped(name).status == again.status
    assert [check.met for check in shipped(name).checks] == [check.met for check in again.checks]


def test_the_command_reports_every_claim_as_json() -> None:
    reports = json.loads(subprocess.check_output([sys.executable, "-m", "lessons.claims", "--json"]))
    assert [one["id"] for one in reports] == list(claims())
    fields = {"id", "lesson", "statement", "statistic", "value", "low", "high", "bar", "seeds", "status"}
    assert all(fields <= set(one) for one in reports)
    assert all(one["seeds"] >= 8 for one in reports)


@pytest.mark.parametrize("arguments", [["S99"], ["--seeds", "1"], ["--seeds", "x"], ["--first-seed", "-1"]])
def test_a_wrong_call_says_what_is_wrong(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "error:" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_missing_runs_are_reported_in_a_message(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "none")
    assert main(["S1"]) == 1
    told = capsys.readouterr()
    assert re.fullmatch(r"S1 needs \d+ results that are not stored\. `make shipped` makes them\.\n", told.err)
    assert not told.out
