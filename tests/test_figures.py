"""Figures draw what the numbers say, and their text alternatives say the same."""

from __future__ import annotations

import base64

import numpy as np
import pandas as pd
import pytest

from core.experiment.checks import BadValue
from lessons.kit.figures.bars import LOSS, Bar, bars
from lessons.kit.figures.choice_cards import Card, choice_cards
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.figures.heatmap import heatmap
from lessons.kit.figures.highlight import PALE, highlight, name_of
from lessons.kit.figures.low_rank_diagram import low_rank_diagram
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.figures.slopes import Slope, lowered, slopes


def test_losses_and_gains_differ_in_four_ways() -> None:
    """They differ in side, colour, hatching and sign."""
    shown = bars([Bar(name="letters", values=np.array([9.0, 11.0])), Bar(name="noise", values=np.array([-4.0]))], "Gap")
    gain, loss = shown.spec["series"][0]["data"]
    assert (gain["value"], loss["value"]) == (10, -4)
    assert loss["itemStyle"]["color"] == LOSS != gain["itemStyle"]["color"]
    assert "decal" in loss["itemStyle"] and "decal" not in gain["itemStyle"]
    numbers = [one["label"] for one in shown.spec["series"][2]["data"]]
    assert [(one["formatter"], one["position"]) for one in numbers] == [("+10.0", "right"), ("-4.0", "left")]
    assert "letters: +10.0 (spread 1.0); noise: -4.0 (spread 0.0)" in shown.alt


def test_spread_of_a_bar_lies_at_its_row() -> None:
    shown = bars([Bar(name="a", values=np.array([1.0])), Bar(name="b", values=np.array([2.0, 4.0]))], "Gap")
    assert shown.spec["series"][1]["markLine"]["data"] == [[{"coord": [2.0, 1]}, {"coord": [4.0, 1]}]]


def test_dot_has_its_place_and_name() -> None:
    shown = scatter(
        [Dot(name="rank 1", x=452, y=0.95, y_spread=0.01)],
        Axis(name="parameters", log=True, form=",.0f"),
        Axis(name="accuracy"),
    )
    (one,) = shown.spec["series"]
    assert one["data"] == [[452, 0.95]] and one["name"] == "rank 1" and one["label"]["show"]
    assert shown.spec["xAxis"]["type"] == "log"
    assert "rank 1: 452, 0.95" in shown.alt


def test_dots_of_one_method_are_joined() -> None:
    two = [Dot(name="weak", x=0, y=1), Dot(name="strong", x=1, y=0)]
    line = scatter(two, Axis(name="x"), Axis(name="y"), joined=[["weak", "strong"]]).spec["series"][-1]
    assert (line["type"], line["data"]) == ("line", [[0, 1], [1, 0]])


def test_heat_map_leaves_out_missing_cells() -> None:
    table = pd.DataFrame([[0.5, None], [0.25, 1.0]], index=["one", "two"], columns=["first", "second"])
    shown = heatmap(table, "task", "after")
    assert shown.spec["series"][0]["data"] == [[0, 0, 50], [0, 1, 25], [1, 1, 100]]
    assert "one: first 50 %; two: first 25 %, second 100 %" in shown.alt


def test_only_a_log_axis_leaves_out_zero() -> None:
    table = pd.DataFrame({"x": [0, 1], "mean": [0.1, 0.2], "low": [0.1, 0.2], "high": [0.1, 0.2]})
    for log, points in ((True, 1), (False, 2)):
        shown = curves([Curve(table=table, name="it", role="source")], "x", (0.1, 1), log=log)
        assert len(shown.spec["series"][0]["data"]) == points


def test_curve_can_be_named_at_any_point() -> None:
    table = pd.DataFrame({"x": [1, 2, 4], "mean": [0.1, 0.2, 0.9], "low": [0.1, 0.2, 0.9], "high": [0.1, 0.2, 0.9]})
    (one,) = curves([Curve(table=table, name="it", role="source", tag=(2, "left"))], "x", (1, 4)).spec["series"]
    assert one["markPoint"]["data"] == [{"coord": [2.0, 20.0]}] and not one["endLabel"]["show"]
    assert one["markPoint"]["label"]["position"] == "left"


def test_low_rank_strips_multiply_to_the_square() -> None:
    """The diagram draws the square of numbers beside its two strips."""
    ranks = (1, 2)
    images, counts = low_rank_diagram(8, ranks).spec["panels"]
    width = images["width"]
    assert [row[1] for row in counts["values"]] == [2 * 8 * rank for rank in ranks]
    first = np.frombuffer(base64.b64decode(images["images"][0][0]), np.uint8).reshape(width, width) - 128.0
    edge = width - 8
    tall, flat, square = first[edge:, 1], first[1, edge:], first[edge:, edge:]
    made = np.outer(tall, flat)
    inside = (abs(square) < 127) & (abs(square) > 20) & (abs(tall) < 127)[:, None] & (abs(flat) < 127)  # as it was
    ratio = square[inside] / made[inside]
    assert np.median(abs(ratio / np.median(ratio) - 1)) < 0.1


def test_slope_joins_columns_and_guess_shares_its_start() -> None:
    shown = [
        Slope(name="a", left=0.9, right=0.7, guess=0.8),
        Slope(name="b", left=None, right=0.5),
        Slope(name="c", left=0.2, right=0.69, named=False),
    ]
    figure = slopes(shown, ("own", "digits"))
    series = {one["id"]: one for one in figure.spec["series"]}
    assert [point["value"] for point in series["a"]["data"]] == [[0, 90], [1, 70]]
    assert [point["value"] for point in series["b"]["data"]] == [[1, 50]]
    assert series["a guess"]["data"] == [[0, 90], [1, 80]]
    assert [point["label"]["show"] for point in series["c"]["data"]] == [False, False]
    assert "a: own 90 %, digits 70 %, you said 80 %; b: digits 50 %" in figure.alt
    pale = {name_of(one) for one in highlight(figure, ["a"]).spec["series"] if one["lineStyle"].get("opacity") == PALE}
    assert pale == {"b", "c"}


def test_slope_names_never_overlap() -> None:
    values = [0.91, 0.89, 0.89, 0.2, None]
    down = lowered(values)
    places = sorted((1 - v) * 270 + d for v, d in zip(values, down) if v is not None)
    assert min(np.diff(places)) >= 15 and down[3:] == [0, 0]


def test_cards_are_told_with_their_numbers() -> None:
    figure = choice_cards([Card(name="printed", big="92 %", note="always alike"), Card(name="untrained")])
    assert "printed: 92 % always alike; untrained:" in figure.alt
    with pytest.raises(BadValue):
        choice_cards([Card(name="a"), Card(name="a")])
