"""The verdict on a learner's data: pretraining helps, hurts or makes no clear difference, with an interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.user_data import corpus
from lessons.kit.figures.plane_axes import plane_axis
from lessons.kit.model.values import Results, Settings
from lessons.kit.results.verdict import BITS, HELPS, HURTS, SAME, compare, sentence
from lessons.kit.workspaces import own_data

pytestmark = pytest.mark.usefixtures("home")

PENGUINS = (
    np.array([0.82, 0.85, 0.83, 0.84, 0.82, 0.85, 0.84, 0.83]),
    np.array([0.9, 0.93, 0.91, 0.92, 0.9, 0.93, 0.92, 0.9]),
)


def test_penguins_are_hurt_by_pretraining() -> None:
    found = compare(*PENGUINS)
    assert found.word == HURTS and found.gain == pytest.approx(-7.875) and found.low < found.gain < found.high < 0
    said = sentence(*PENGUINS, source="spiral arms")
    assert said.startswith("**Pretraining hurts on these data**, by 7.9 points (95 % interval: \u22128.")
    assert "over 8 pairs of nets). The pretrained nets had learned spiral arms before." in said and "unlearn" in said


def test_the_interval_is_that_of_student_over_pairs() -> None:
    gains = np.array([0.01, 0.02, 0.03])
    found = compare(0.5 + gains, np.full(3, 0.5))
    reach = 4.303 * 0.01 / 3**0.5  # by hand
    assert (found.low, found.gain, found.high) == pytest.approx((100 * (0.02 - reach), 2, 100 * (0.02 + reach)))
    apart = compare(np.array([0.5, 0.7]), np.array([0.4, 0.6]))  # nets differ, their pairs do not
    assert (apart.low, apart.high) == pytest.approx((10, 10)) and apart.word == HELPS
    assert compare(np.full(30, 0.5) + np.tile([0.01, -0.01], 15), np.full(30, 0.5)).word == SAME


@pytest.mark.parametrize(("gain", "word"), [(0.1, HELPS), (0.0, SAME), (-0.1, HURTS)])
def test_verdict_prefers_more_accuracy_and_fewer_bits(gain: float, word: str) -> None:
    theirs, noise = np.full(8, 0.5), np.tile([0.01, -0.01], 4)
    assert compare(theirs + noise + gain, theirs).word == word
    assert compare(theirs + noise - gain, theirs, BITS).word == word
    assert word in sentence(theirs + noise + gain, theirs)


def test_interval_with_zero_shows_no_difference() -> None:
    """A single pair shows nothing."""
    said = sentence(np.array([0.5, 0.52]), np.array([0.51, 0.5]))
    assert "no clear difference" in said and "The interval includes zero." in said and "over 2 pairs" in said
    assert "cannot show" in sentence(np.array([0.9]), np.array([0.1]))
    assert "**: 0.0 points (95 % interval: 0.0 to 0.0" in sentence(np.full(4, 0.5), np.full(4, 0.5))


def race(ours: list[float], theirs: list[float], column: str, step: int) -> Results:
    tables = {}
    for side, scores in (("pretrained", ours), ("scratch", theirs)):
        rows = [{"step": at, "seed": k, column: score} for at in (0, step) for k, score in enumerate(scores)]
        tables["race", (side,)] = pd.DataFrame(rows)
    return Results(tables)


def test_verdict_appears_when_both_sides_end() -> None:
    settings = Settings({"data": "rings", "labels": 5, "method": own_data.BENCH.defaults.values["method"]})
    done = own_data.tells(race([0.85] * 7 + [0.86], [0.98] * 8, "accuracy", 300), settings)
    assert "Accuracy after 300 steps: pretrained 85 %, from scratch 98 %." in done
    assert "**Pretraining hurts on these data**, by 12.9 points" in done and "spiral arms" in done
    assert "Pretraining" not in own_data.tells(race([0.85] * 8, [0.98] * 8, "accuracy", 100), settings)


def test_verdict_about_text_is_in_bits() -> None:
    subject = corpus.keep(b"Dear Ms Bennet, the carriage leaves at noon.\n" * 150, "t.txt")
    settings = own_data.own_data_workspace(subject).defaults.but(data=subject)
    done = own_data.tells(race([2.3, 2.32], [4.0, 4.04], "bits", 40), settings)
    assert "**Pretraining helps on these data**, by 1.71 bits per character" in done and "over 2 pairs" in done


@pytest.mark.parametrize(
    ("size", "amounts"), [(5_000, (2, 5)), (16_000, (2, 5, 12)), (21_000, (5, 20)), (400_000, (5, 20, 50, 150))]
)
def test_a_text_offers_no_more_than_it_has(size: int, amounts: tuple[int, ...]) -> None:
    subject = corpus.keep((b"Dear Ms Bennet, the carriage leaves at noon.\n" * 9000)[:size], "t.txt")
    _, amount = own_data.own_data_workspace(subject).controls
    assert amount.options == amounts and amount.default == min(50, amounts[-1])


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((32.1, 59.6), ["40", "50"]),
        ((2700, 6300), ["3000", "4000", "5000", "6000"]),
        ((-0.02, 0.03), ["\u22120.02", "0.00", "0.02"]),
        ((0, 1e-5), ["0e"]),
    ],
)
def test_ticks_are_round_numbers_where_they_belong(values: tuple[float, float], texts: list[str]) -> None:
    axis = plane_axis("mass", values, 2)
    if texts != ["0e"]:
        assert [text for _, text in axis.ticks] == texts
    for place, text in axis.ticks:
        assert -2.001 <= place <= 2.001
        low, high = values
        number = float(text.replace("\u2212", "-"))
        assert low + (place + 2) / 4 * (high - low) == pytest.approx(number, abs=(high - low) / 1000)
