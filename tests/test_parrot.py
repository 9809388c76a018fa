"""From parrot to helper: its statistics against hand-worked cases, and its script against what ships."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.serve import store
from core.tasks import COMBINATIONS, HOW, WHAT
from lessons.kit.catalogue import lessons
from lessons.kit.evidence import gather
from lessons.kit.scripts.source import with_constants
from lessons.kit.values import Evidence
from lessons.parrot_to_helper.claims import held_out, shares
from lessons.parrot_to_helper.pictures import said, side_by_side
from lessons.parrot_to_helper.runs import FORMED, HELD_OUT, MOST, PROMPTS, RIGHT, ways


def answer(right: dict[str, list[float]], others: float = 0.0) -> dict[str, Any]:
    """What core.measure.obedience says of two seeds."""
    rows = [right.get(one, [others, others]) for one in COMBINATIONS]
    return {RIGHT: [rows], FORMED: [[[1.0, 1.0]] * len(rows)]}


def test_a_share_is_the_mean_over_the_combinations_that_are_asked_about() -> None:
    found = answer({"in French, plain": [0.5, 0.1], "in French, twice": [0.1, 0.1]})
    assert np.allclose(shares(found, RIGHT, ["in French, plain", "in French, twice"]), [0.3, 0.1])
    assert np.allclose(shares(found, RIGHT, ways("answer")), [0, 0])


def test_what_was_held_out_is_judged_by_runs_that_never_saw_it() -> None:
    answers = {("obeys", (MOST, held)): answer({held: [0.6, 0.3]}, others=1.0) for held in HELD_OUT}
    assert np.allclose(held_out(Evidence({}, answers), RIGHT), [0.6, 0.3])
    assert len(ways()) == len(WHAT) * len(HOW)
    assert HELD_OUT[0] not in ways(without=HELD_OUT[0])


def test_an_answer_that_does_not_end_is_seen_to_be_cut_off() -> None:
    assert said({"says": "law!", "ends": True}) == "law!"
    assert said({"says": "and so\n\non", "ends": False}) == "and so on ..."
    figure = side_by_side(["In French: Poland"], {"raw": [{"says": "", "ends": True}]}, "Answers")
    assert "raw: (nothing)" in figure.alt


def test_the_script_reads_and_answers_as_what_ships(printed: Callable[[str], list[str]]) -> None:
    lesson = lessons()["parrot_to_helper"]
    said = "\n".join(printed(with_constants(lesson.script(lesson.defaults), STEPS=2)))
    (raw,) = gather(lesson.backdrop(lesson.defaults)).answer("raw answers")["answers"]
    for prompt, one in zip(PROMPTS, raw):
        assert f"{prompt} =\n  raw:   {' '.join(one['says'].split())}" in said
    assert store.SHIPPED.exists() and said.count("tuned:") == len(PROMPTS)
