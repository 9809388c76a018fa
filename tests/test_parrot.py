"""From parrot to helper: its statistics against hand-worked cases, and its script against the stored results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.experiment.tasks import COMBINATIONS, HOW, WHAT
from core.measure import answer as measured
from core.store import store
from lessons.kit.figures.player import LOST
from lessons.kit.figures.player import RIGHT as RIGHT_LAMP
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Settings
from lessons.kit.results.evidence import load_results
from lessons.kit.scripts.source import with_constants
from lessons.kit.shipping.claims import shipped
from lessons.parrot_to_helper.claims import held_out, shares
from lessons.parrot_to_helper.instruction_wording import ASKED, MANNER, say_in_full
from lessons.parrot_to_helper.pictures import ROWS, answer_text, asked_both, changing
from lessons.parrot_to_helper.runs import FORMED, HELD_OUT, MOST, PROMPTS, RIGHT, SHOWN, shown_instructions, ways


def answer(right: dict[str, list[float]], others: float = 0.0) -> dict[str, Any]:
    """Returns what core.measure.instruction_following answers for two seeds."""
    rows = [right.get(one, [others, others]) for one in COMBINATIONS]
    return {RIGHT: [rows], FORMED: [[[1.0, 1.0]] * len(rows)]}


def test_share_averages_over_requested_combinations() -> None:
    found = answer({"in French, plain": [0.5, 0.1], "in French, twice": [0.1, 0.1]})
    assert np.allclose(shares(found, RIGHT, ["in French, plain", "in French, twice"]), [0.3, 0.1])
    assert np.allclose(shares(found, RIGHT, ways("answer")), [0, 0])


def test_held_out_combinations_use_runs_without_them() -> None:
    answers = {("obeys", (MOST, held)): answer({held: [0.6, 0.3]}, others=1.0) for held in HELD_OUT}
    assert np.allclose(held_out(Results({}, answers), RIGHT), [0.6, 0.3])
    assert len(ways()) == len(WHAT) * len(HOW)
    assert HELD_OUT[0] not in ways(without=HELD_OUT[0])


def test_unfinished_answers_are_marked_as_cut_off() -> None:
    assert answer_text({"says": "law!", "ends": True}) == "law!"
    assert answer_text({"says": "and so\n\non", "ends": False}) == "and so on ..."
    answers = {"prompts": ["In French: Poland"], "answers": [[{"says": "", "ends": True}]]}
    assert "pretrained (nothing)" in asked_both(answers).alt


@pytest.mark.parametrize("name", ["parrot_to_helper", "real_language_model"])
def test_no_written_text_is_an_empty_line(name: str) -> None:
    lesson = lessons()[name]
    settings = lesson.recorded_settings
    evidence = load_results(lesson.backdrop(settings)) | load_results(lesson.runs(settings))
    figures = [
        lesson.hook(evidence, settings),
        *(view() for view in lesson.views(evidence, settings, Settings()).values()),
    ]
    panels = [panel for figure in figures if figure.kind == "player" for panel in figure.spec["panels"]]
    lines = [text for panel in panels if panel["kind"] == "texts" for text in panel["texts"][-1]]
    assert lines and "" not in lines


def test_shown_answers_include_held_out_combinations() -> None:
    for without in HELD_OUT:
        (task,) = measured(shown_instructions(without), [])["tasks"]
        names = [one["name"] for one in task["examples"]]
        assert len(names) == SHOWN and set(HELD_OUT) <= set(names) and set(ROWS) <= set(names)


def test_lamps_follow_the_recorded_run() -> None:
    (task,) = measured(shown_instructions(HELD_OUT[0]), [])["tasks"]
    wanted = [one["right"] for one in task["examples"]]
    no, yes = [False] * SHOWN, [True] * SHOWN
    told = [
        {"step": 0, "0": {"texts": ["Qaida, and"] * SHOWN, "formed": no, "right": no}},
        {"step": 600, "0": {"texts": wanted, "formed": yes, "right": no}},
    ]
    evidence = Results({}, {("asked", ()): {"tasks": [task]}}, {("live", (1,)): told})
    (panel,) = changing(evidence, HELD_OUT[0]).spec["panels"]
    assert panel["notes"] == ["held out"] + [""] * len(ROWS)
    form, true = panel["lamps"]
    assert form["states"] == [[LOST] * 4, [RIGHT_LAMP] * 4] and true["states"] == [[LOST] * 4] * 2
    assert panel["texts"][0] == ["Qaida, and"] * 4
    assert panel["big"] == [f"0 of {SHOWN} in the right form", f"{SHOWN} of {SHOWN} in the right form"]


def test_asked_answer_stands_beside_the_given_one() -> None:
    (task,) = measured(shown_instructions(HELD_OUT[0]), [])["tasks"]
    told = [{"step": 0, "0": {"texts": [""] * SHOWN, "formed": [False] * SHOWN, "right": [False] * SHOWN}}]
    evidence = Results({}, {("asked", ()): {"tasks": [task]}}, {("live", (1,)): told})
    (panel,) = changing(evidence, HELD_OUT[0]).spec["panels"]
    wanted = {say_in_full(one["prompt"]): one["right"] for one in task["examples"]}
    assert panel["ends"] == [[f"asked for: {wanted[prompt]}" for prompt in panel["prompts"]]]


def test_instructions_are_shown_as_a_person_says_them() -> None:
    assert (
        say_in_full("In French, shouted: Poland")
        == "What is this country called in French? “Poland” Shout your answer!"
    )
    assert say_in_full("Answer: Who wrote Hamlet?") == "Please answer: Who wrote Hamlet?"
    assert say_in_full("Tell me a story") == "Tell me a story"
    assert set(ASKED) == set(WHAT) and set(MANNER) == set(HOW)


def test_curve_of_form_begins_before_any_example() -> None:
    lesson = lessons()["parrot_to_helper"]
    figure = lesson.picture(load_results(lesson.backdrop(lesson.defaults)), lesson.defaults, Settings())
    curves = {one["name"]: one["data"] for one in figure.spec["series"] if one.get("name")}
    raw = float(shipped("I1").numbers["raw_formed"].split()[0])
    assert curves["no examples"][0][1] == curves["in the right form"][0][1] == pytest.approx(raw, abs=0.6)


def test_the_script_reads_and_answers_as_what_ships(printed: Callable[[str], list[str]]) -> None:
    lesson = lessons()["parrot_to_helper"]
    said = "\n".join(printed(with_constants(lesson.script(lesson.defaults), STEPS=2)))
    (raw,) = load_results(lesson.backdrop(lesson.defaults)).answer("raw answers")["answers"]
    for prompt, one in zip(PROMPTS, raw):
        assert f"{prompt} =\n  raw:   {' '.join(one['says'].split())}" in said
    assert store.SHIPPED.exists() and said.count("tuned:") == len(PROMPTS)
