"""What one net forgets, as a player: fate and story of single old examples, and what both heads answer on the plane."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lessons.day_it_forgot.pictures import wall
from lessons.day_it_forgot.runs import AFTER_GLYPHS
from lessons.kit.figures.answer_wall import class_letter, fates, story
from lessons.kit.figures.player import LOST, NOTHING, RIGHT, WON_BACK
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results
from lessons.kit.runs.forgetting import AFTER_ARMS

NAMES = {"1": "a kana", "2": "a kana", "3": 'the Latin "g"', "7": "the digit 7"}
LISTED = [NAMES.get(str(k), "a symbol") for k in range(8)]


def test_regained_examples_are_never_simply_right() -> None:
    right = np.array([[True, True], [False, True], [True, True], [False, True], [True, True]])
    assert fates(right)[:, 0].tolist() == [RIGHT, LOST, WON_BACK, LOST, WON_BACK]
    assert fates(right)[:, 1].tolist() == [RIGHT] * 5


@pytest.mark.parametrize(
    ("row", "truth", "told"),
    [
        ([[0, 3]], 3, 'The Latin "g": right at every step.'),
        ([[0, 1], [21, 3]], 1, 'A kana: right until step 21, then taken for the Latin "g". It never came back.'),
        ([[0, 1], [5, 2]], 1, "A kana: right until step 5, then taken for another kana. It never came back."),
        ([[0, 7], [5, 2], [9, 7]], 7, "The digit 7: right until step 5, then taken for a kana. Won back at step 9."),
        (
            [[0, 7], [5, 2], [9, 7], [20, 3]],
            7,
            "The digit 7: right until step 5, then taken for a kana. It came back once, and was lost again.",
        ),
    ],
)
def test_story_tells_loss_and_return_of_examples(row: list[list[int]], truth: int, told: str) -> None:
    """The story names the step, the wrong answer and whether the right one came back."""
    steps = list(range(25))
    answers = [[answer for since, answer in row if since <= step][-1] for step in steps]
    assert story(answers, steps, truth, LISTED) == told


def test_a_class_in_a_letter() -> None:
    shown = [class_letter(name) for name in (*NAMES.values(), "a Greek letter", "arm 3")]
    assert shown == ["か", "か", "g", "7", "Γ", "3"]


def table() -> pd.DataFrame:
    """Returns two nets, of which the first is played.

    The old skill falls from 0.8 to 0.2, the new one rises from 0 to 1.
    """
    rows = [(0, 5, 0.0, 0.8), (10, 5, 1.0, 0.2), (0, 6, 0.9, 0.9), (10, 6, 0.9, 0.9)]
    return pd.DataFrame(rows, columns=["step", "seed", "accuracy", "accuracy 1"])


def evidence(example: dict[str, Any], shown: list[dict[str, Any]]) -> Results:
    """Returns a run that was tested three times, and the parts of its wall: two old examples and a new one."""
    names, both = {str(k): name for k, name in enumerate(LISTED)}, [example | {"truth": k} for k in (1, 3)]
    told = {"names": names, "examples": both}
    new = {"names": {}, "examples": [example | {"truth": 1}]}
    return Results({("live", ()): table()}, {("wall", ()): {"tasks": [told, new]}}, {("live", ()): shown})


OLD = [[1, 3], [1, 1], [3, 3]]  # answers to the old examples at steps 0, 5, 10: one is lost at last, one is won back


def test_images_follow_the_scrubber_with_both_skills() -> None:
    """The skills are those of the very net that is played."""
    known = evidence(
        {"image": base64.b64encode(bytes(784)).decode()},
        [{"step": 5 * k, "1": {"answers": answers}} for k, answers in enumerate(OLD)],
    )
    settings = lessons()["day_it_forgot"].defaults.but(task=AFTER_GLYPHS)
    images, lines = wall(known.behaviour("live"), known, settings).spec["panels"]
    assert list(base64.b64decode(images["states"])) == [RIGHT, RIGHT, RIGHT, LOST, LOST, WON_BACK]
    assert images["says"] == [["か", "g"], ["か", "か"], ["g", "g"]]
    assert images["big"] == ["2 of 2", "1 of 2", "1 of 2"]
    old, new = (line["values"] for line in lines["lines"])
    assert old == pytest.approx([1, 0.625, 0.25]) and new == pytest.approx([0, 0.5, 1])
    assert lines["big"][2] == "new skill 100 %"


def test_plane_is_mapped_by_both_heads() -> None:
    """Each head has its own classes on the map."""
    cells = [base64.b64encode(bytes([k] * 4)).decode() for k in (0, 1)]

    def mapped(which: int, answers: list[int]) -> dict[str, Any]:
        return {"map": cells[which], "sure": cells[0], "reach": 2.2, "answers": answers}

    shown = [
        {"step": 5 * k, "1": mapped(old, OLD[k]), "0": mapped(new, [new])}
        for k, (old, new) in enumerate(((0, 0), (0, 1), (1, 1)))
    ]
    known = evidence({"at": [0.1, 0.2]}, shown)
    known.answer("wall")["tasks"][0]["names"] = {str(k): f"arm {k}" for k in range(6)}
    settings = lessons()["day_it_forgot"].defaults.but(task=AFTER_ARMS)
    old, new, _ = wall(known.behaviour("live"), known, settings).spec["panels"]
    assert [base64.b64decode(area)[0] for area in old["areas"]] == [0, 0, 1]
    assert [base64.b64decode(area)[0] for area in new["areas"]] == [6, 7, 7]
    assert list(base64.b64decode(new["classes"])) == [7]
    assert list(base64.b64decode(old["states"])) == [NOTHING, NOTHING, NOTHING, LOST, LOST, WON_BACK]
