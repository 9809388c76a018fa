"""What one net loses, as a player: fate and story of single old examples, and what both heads say of the plane."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lessons.kit.figures.film import brief, fates, played, story
from lessons.kit.figures.player import LOST, RIGHT, WON_BACK

NAMES = {"1": "a kana", "2": "a kana", "3": 'the Latin "g"', "7": "the digit 7"}


def test_what_was_lost_is_won_back_and_never_simply_right_again() -> None:
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
def test_a_story_says_when_an_example_was_lost_to_what_and_whether_it_came_back(
    row: list[list[int]], truth: int, told: str
) -> None:
    assert story(row, truth, NAMES) == told


def test_a_class_in_a_word() -> None:
    assert [brief(name) for name in (*NAMES.values(), "a Greek letter", "arm 3")] == [
        "kana",
        "kana",
        "g",
        "7",
        "Greek",
        "3",
    ]


def table() -> pd.DataFrame:
    """Two nets, of which the first is played; the old skill falls from 0.8 to 0.2, the new one rises from 0 to 1."""
    rows = [(0, 5, 0.0, 0.8), (10, 5, 1.0, 0.2), (0, 6, 0.9, 0.9), (10, 6, 0.9, 0.9)]
    return pd.DataFrame(rows, columns=["step", "seed", "accuracy", "accuracy 1"])


def flips(example: dict[str, Any]) -> dict[str, Any]:
    run = {"steps": [0, 5, 10], "answers": [[[0, 1], [10, 3]], [[0, 3], [5, 1], [10, 3]]]}
    return {"examples": [example | {"truth": 1}, example | {"truth": 3}], "runs": [run], "names": NAMES}


def test_images_follow_the_scrubber_with_both_skills_of_that_very_net() -> None:
    image = base64.b64encode(bytes(784)).decode()
    figure = played(flips({"image": image}), table())
    images, lines = figure.spec["panels"]
    assert list(base64.b64decode(images["states"])) == [RIGHT, RIGHT, RIGHT, LOST, LOST, WON_BACK]
    assert images["says"] == [["kana", "g"], ["kana", "kana"], ["g", "g"]]
    old, new = (line["values"] for line in lines["lines"])
    assert old == pytest.approx([1, 0.625, 0.25]) and new == pytest.approx([0, 0.5, 1])
    assert (
        figure.spec["says"][2]
        == "Of 2 old examples that it knew 1 are lost and 1 won back; of the new task 100 % is right."
    )


def test_in_the_plane_both_heads_are_mapped_each_with_its_own_classes() -> None:
    cells = [base64.b64encode(bytes([k] * 4)).decode() for k in (0, 1)]
    maps = {
        "reach": 2.2,
        "maps": [[{"0": cells[0], "5": cells[0], "10": cells[1]}, {"0": cells[0], "5": cells[1], "10": cells[1]}]],
        "points": [[], [[0.5, 0.5, 1]]],
    }
    old, new, _ = played(flips({"at": [0.1, 0.2]}), table(), maps).spec["panels"]
    assert [base64.b64decode(area)[0] for area in old["areas"]] == [0, 0, 1]
    assert [base64.b64decode(area)[0] for area in new["areas"]] == [6, 7, 7]
    assert list(base64.b64decode(new["classes"])) == [7]
