"""More of the same: what is known before the prediction, how a line is extrapolated, who gains, and the script."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Settings, visible
from lessons.kit.results.evidence import final, line_by_x, load_results
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS, INVERTED
from lessons.kit.scripts.source import with_constants
from lessons.kit.shipping.claims import shipped
from lessons.more_data.claims import extended, gained, losses, share_of_loss
from lessons.more_data.pictures import GAINS, HANDLES, POINTS
from lessons.more_data.runs import AMOUNT, DRAWINGS, KNOWN, SIZES, TEXT, TIMES, runs

LESSON = lessons()["more_data"]
ALL = load_results(LESSON.backdrop(LESSON.defaults))
GUESS = Settings({control.name: 60 for control in HANDLES.values()} | {GAINS.name: DIGITS})


def drawn(evidence: Results, guess: Settings) -> dict[str, list[list[float]]]:
    series = LESSON.picture(evidence, LESSON.defaults, guess).spec["series"]
    return {one["name"]: one["data"] for one in series if "name" in one}


def test_line_is_extrapolated_from_known_amounts() -> None:
    """The loss halves at every doubling up to 4 and then stays, which the ruler does not know."""
    shares = {times: np.full(4, max(1 / times, 0.25)) for times in TIMES}
    assert extended(shares) == pytest.approx(1 / 16)
    assert extended(shares, 8) == pytest.approx(1 / 8)


@pytest.mark.parametrize("material", [DRAWINGS, TEXT])
def test_small_amounts_are_known_before_prediction(material: str) -> None:
    """The three smallest amounts are trained again, so they agree to within a percent."""
    early, late = (losses(known, material) for known in (load_results(visible(LESSON.backdrop(LESSON.defaults))), ALL))
    assert tuple(early) == KNOWN and tuple(late) == TIMES
    assert all(early[times].mean() == pytest.approx(late[times].mean(), rel=0.01) for times in KNOWN)
    assert share_of_loss(ALL, material)[1].mean() == pytest.approx(1)


def test_guess_line_starts_at_the_known_end() -> None:
    """After the run the picture also draws how far the guess was off."""
    before, after_it = drawn(load_results(visible(LESSON.backdrop(LESSON.defaults))), GUESS), drawn(ALL, GUESS)
    for material, said in (("drawings", [[8, 60], [16, 60]]), ("text", [[16, 60]])):
        begin, *places = before[f"you: {material}"]
        assert begin == pytest.approx(before[material][-1], abs=0.1) and places == said
    assert not any(name.startswith("missed") for name in before)
    assert after_it["missed 1, drawings"] == [[16, 60], after_it["drawings"][-1]]


def test_handles_stand_at_unknown_amounts() -> None:
    assert {point.x for point in POINTS} <= set(TIMES) - set(KNOWN)
    assert {control for point in POINTS for control in point.controls} == set(HANDLES.values())


def test_default_amount_is_unknown_before_the_run() -> None:
    assert LESSON.defaults[AMOUNT] in set(TIMES) - set(KNOWN)
    assert not LESSON.moving  # the picture itself moves


def test_point_falls_onto_the_line_in_the_recording() -> None:
    """It starts where a net only guesses, inside the axes, and the last test finds the loss of the stored nets."""
    known, recorded = load_results(visible(LESSON.backdrop(LESSON.defaults))), runs(LESSON.recorded_settings)
    shown = drawn(known | load_results(recorded), GUESS)
    (times, last), fall = shown["this run"][0], [share for _, share in shown["its way down"]]
    assert times == LESSON.defaults[AMOUNT] and fall[-1] == last
    assert 105 < fall[0] < 120 and fall == pytest.approx(sorted(fall, reverse=True), abs=1)
    line = 100 * extended(share_of_loss(known, DRAWINGS), times)
    assert last == pytest.approx(line, rel=0.05)
    told = LESSON.tells(load_results(recorded), LESSON.recorded_settings)
    assert f"{last:.0f} %" in told and f"{line:.0f} %" in told


def test_what_gains_is_counted_on_the_same_backbones() -> None:
    def table(*shares: float) -> pd.DataFrame:
        return line_by_x(dict(enumerate(shares))).rename(columns={"x": "seed", "mean": "accuracy"}).assign(step=300)

    found = {("size", (DIGITS, SIZES[0])): table(0.5, 0.7), ("size", (DIGITS, SIZES[-1])): table(0.9, 0.8)}
    assert gained(Results(found), DIGITS).tolist() == pytest.approx([0.4, 0.1])


def test_one_job_hardly_gains_and_prose_names_it() -> None:
    gains = {job: float(gained(ALL, job).mean()) for job in DOWNSTREAM_TASKS}
    assert min(gains, key=lambda job: gains[job]) == INVERTED
    numbers = shipped("S20").numbers
    assert 100 * gains[INVERTED] == pytest.approx(float(numbers["inverted_gain"]), abs=0.5)
    assert min(gain for job, gain in gains.items() if job != INVERTED) > 2 * gains[INVERTED]


def test_the_script_makes_the_backbone_and_its_probes(printed: Callable[[str], list[str]]) -> None:
    said = printed(with_constants(LESSON.script(LESSON.defaults.but(amount=1)), SEED=0))
    loss = float(said[0].split()[3])
    assert said[0].startswith("4,430 drawings") and loss == pytest.approx(losses(ALL, DRAWINGS)[1].mean(), abs=0.5)
    for line, job in zip(said[1:], (DIGITS, INVERTED)):
        stored = final(ALL.table("size", job, SIZES[0]))
        assert float(line.split()[-1]) == pytest.approx(stored.mean(), abs=4 * stored.std() + 0.03)


def test_the_script_for_text_reads_general_english() -> None:
    text = LESSON.script(LESSON.defaults.but(material=TEXT, amount=2))
    assert "KILOBYTES = 100" in text and "BACKBONE" not in text and "speeches" in text
