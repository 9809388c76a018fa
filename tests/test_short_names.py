"""Short names on tiles tell classes apart, whatever their names begin with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.kit.figures.answer_wall import Wall
from lessons.kit.figures.short_names import MOST, short_names


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["long", "short"], ["lon", "sho"]),
        (["class_1", "class_2", "class_10"], ["1", "2", "10"]),
        (["Apple Golden", "Apple Granny"], ["Gol", "Gra"]),
        (["Apple Golden", "Apple Granny", "Pear"], ["Gol", "Gra", "Pea"]),
        (["character01", "character02"], ["01", "02"]),
        (["catfish", "catbird"], ["catf", "catb"]),
        (["Iris-setosa", "Iris-virginica"], ["set", "vir"]),
        (["Apple", "Apple Granny"], ["App", "Gra"]),
        (["same", "same"], ["1", "2"]),
    ],
)
def test_what_all_names_begin_with_is_left_out(names: list[str], short: list[str]) -> None:
    assert short_names(names) == short


@given(st.lists(st.text("abA1_- é日", min_size=1, max_size=12), min_size=2, max_size=20, unique=True))
def test_no_two_classes_share_a_short_name(names: list[str]) -> None:
    short = short_names(names)
    assert len(set(short)) == len(names)
    assert all(0 < len(one) <= MOST for one in short)


def test_a_tile_keeps_its_whole_name() -> None:
    names = ["class_1", "class_2"]
    image = {"image": "AAAA" * 261 + "AA==", "truth": 1}
    wall = Wall(name="", behaviour=[{"step": 0, "0": {"answers": [1]}}], examples=[image], full=names)
    spec = wall.panel([0]).spec(["step 0"], 0)
    assert spec["says"] == [["2"]] and spec["full"]["2"] == "class_2"
