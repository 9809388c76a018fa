"""A new subject: what both sides cost, what they write while they learn, and the script."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Settings, visible
from lessons.kit.results.evidence import load_results
from lessons.kit.runs.text_adaptation import SLICE, SLICES
from lessons.kit.scripts.source import with_constants
from lessons.kit.shipping.claims import shipped
from lessons.new_subject.pictures import HANDLES, POINTS
from lessons.new_subject.runs import PRETRAINED, SCRATCH, SUBJECTS, sides

LESSON = lessons()["new_subject"]
ALL = load_results(LESSON.backdrop(LESSON.defaults))
GUESS = Settings({control.name: 3.0 for control in HANDLES.values()})


UNSAID = Settings()
BEGUN = {"tasks": [{"examples": [{"prompt": ". A cell", "right": " divides."}]}]}


def drawn(evidence: Results, settings: Settings, guess: Settings = UNSAID) -> dict[str, list[list[float]]]:
    return {
        one["name"]: one["data"] for one in LESSON.picture(evidence, settings, guess).spec["series"] if "name" in one
    }


def test_script_starts_and_ends_like_the_run(printed: Callable[[str], list[str]]) -> None:
    text = LESSON.script(LESSON.defaults.but(subject="law"))
    said = " ".join(printed(with_constants(text, STEPS=3)))
    before, after = (float(found) for found in re.findall(r"([\d.]+) bits per character", said))
    stored = load_results(LESSON.backdrop(LESSON.defaults)).table(PRETRAINED, "law", SLICE)
    assert before == pytest.approx(stored[stored.step == 0].bits.mean(), abs=0.01)
    assert after < before


def test_only_scratch_is_known_before_the_prediction() -> None:
    before = drawn(load_results(visible(LESSON.backdrop(LESSON.defaults))), LESSON.defaults)
    assert list(before) == ["from scratch"]
    assert [x for x, _ in before["from scratch"]] == list(SLICES)
    assert {point.x for point in POINTS} <= set(SLICES)


def test_miss_is_drawn_from_guess_to_result() -> None:
    shown = drawn(ALL, LESSON.defaults, GUESS)
    ours = dict(map(tuple, shown["fine-tuned"]))
    assert shown["your prediction"] == [[5, 3], [20, 3], [150, 3]]
    assert shown["missed at 5"] == [[5, 3], [5, ours[5]]]
    assert ours[5] == pytest.approx(float(shipped("S21b").numbers["ours5"]), abs=0.01)


def test_other_subject_is_drawn_as_two_points() -> None:
    settings = LESSON.defaults.but(subject="law")
    shown = drawn(load_results(LESSON.backdrop(settings)), settings)
    for side, number in (("fine-tuned", "law_best"), ("from scratch", "law_scratch")):
        assert shown[f"law, {side}"] == [[SLICE, pytest.approx(float(shipped("S21").numbers[number]), abs=0.006)]]


def test_points_of_own_nets_stay_in_picture() -> None:
    def table(bits: float) -> pd.DataFrame:
        return pd.DataFrame({"step": [0, 0], "seed": [100, 101], "bits": bits, "bits 1": 2.0})

    own = Results({("race", (PRETRAINED,)): table(3.25), ("race", (SCRATCH,)): table(7.5)})
    shown = drawn(ALL | own, LESSON.defaults.but(kilobytes=20))
    assert shown["40 steps, fine-tuned"] == [[20, 3.25]]
    assert shown["40 steps, from scratch"] == [[20, pytest.approx(4.95)]]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_three_nets_write_on_from_the_same_words(subject: str) -> None:
    settings = LESSON.defaults.but(subject=subject)
    evidence = load_results(LESSON.backdrop(settings))
    given = evidence.answer("begun")["tasks"][0]["examples"]
    first, *_, last = (test for test in evidence.behaviour("recorded", PRETRAINED) if "0" in test)
    assert first["step"] == 0 and first["0"]["texts"] != last["0"]["texts"]
    shown = LESSON.views(evidence, settings, Settings())["What they write"]()
    assert len(given) == len(last["0"]["texts"])
    for text in (first["0"]["texts"][0], last["0"]["texts"][0]):
        assert " ".join(text.split()) in shown.alt


def test_real_text_stands_beside_three_nets_at_first() -> None:
    evidence = load_results(visible(LESSON.backdrop(LESSON.defaults)))
    figure = LESSON.hook(evidence, LESSON.defaults)
    given = evidence.answer("begun")["tasks"][0]["examples"]
    for one in given:
        assert " ".join(one["right"].split()) in figure.alt
    for name in ("Shakespeare himself", "not fine-tuned", "then fine-tuned", "from scratch"):
        assert name in figure.alt
    assert not LESSON.views(evidence, LESSON.defaults, Settings())  # no view before the prediction


def test_given_words_differ_without_colour() -> None:
    settings = LESSON.defaults.but(subject="medicine")
    spec = LESSON.hook(load_results(LESSON.asks(settings)) | Results({}, {("begun", ()): BEGUN}), settings).spec
    assert "<strong>A cell</strong><em>" in spec


def test_what_is_written_is_never_markup() -> None:
    test = [{"step": 0, "0": {"texts": ["<b>bold"]}}]
    evidence = Results(_behaviours={("race", (PRETRAINED,)): test, ("race", (SCRATCH,)): test})
    spec = LESSON.views(evidence, LESSON.defaults, Settings())["What they write"]().spec
    assert "&lt;b&gt;bold" in spec and "<b>" not in spec


def test_shipped_run_equals_a_learners_first_run() -> None:
    recorded = set(sides(replace(LESSON.defaults, draw=0)).values())
    asked = {piece.of for piece in LESSON.backdrop(LESSON.defaults) if piece.role == "recorded"}
    assert recorded == asked == {piece.of for piece in LESSON.runs(LESSON.recorded_settings)}
