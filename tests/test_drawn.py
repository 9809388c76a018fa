"""Alphabets that somebody drew: which files are accepted, what nets see of them, what is measured on a drawing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import torch

from core import nets
from core.experiment import strokes
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage, digest
from core.experiment.tasks import READY, Drawn, Handwriting
from core.measure import Learned, answer
from core.serve import compute_values
from core.store import store
from core.user_data import alphabet
from core.worlds import drawn, generator, glyphs
from lessons.kit.model.values import LabelledRun, Seeds
from lessons.kit.results.evidence import final, load_results
from lessons.kit.runs.recipes import backbone, fine_tuned, scratch

pytestmark = pytest.mark.usefixtures("home")

CROSS, RING = [[[10, 10], [90, 90]], [[90, 10], [10, 90]]], [[[50, 5], [90, 50], [50, 95], [10, 50], [50, 5]]]
HOOK = [[[20, 10], [20, 80], [70, 80]]]


def told(*symbols: Any, name: Any = "Mine") -> str:
    return json.dumps(
        {"name": name, "symbols": [{"name": f"s{k}", "drawings": each} for k, each in enumerate(symbols)]}
    )


def test_alphabet_survives_saving_under_one_name() -> None:
    """The same alphabet always gets the same name."""
    mine = alphabet.read(told([CROSS, HOOK], [RING, RING]))
    assert mine.fewest == 2 and mine.symbols[0].drawings[0] == (((10, 10), (90, 90)), ((90, 10), (10, 90)))
    assert alphabet.read(alphabet.write(mine)) == mine
    name = alphabet.keep(mine)
    assert alphabet.exists(name) and alphabet.load(name) == mine and alphabet.keep(mine) == name
    assert Drawn(alphabet=name).question == f"drawn-{name}"
    assert not alphabet.exists("own-mine-00000000")
    with pytest.raises(BadValue, match="not on this machine"):
        alphabet.load("own-mine-00000000")


def test_damaged_alphabet_asks_to_be_redrawn() -> None:
    mine = alphabet.read(told([CROSS], [RING], name="Cut"))
    name = alphabet.keep(mine)
    whole = alphabet.path(name).read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\xff\xfe", b"{}", whole.replace(b"symbols", b"s")):
        alphabet.path(name).write_bytes(damaged)
        assert not alphabet.exists(name)
        with pytest.raises(BadValue, match=f"The alphabet '{name}' is damaged. Open its file, or draw it again"):
            alphabet.load(name)
    assert alphabet.keep(mine) == name and alphabet.load(name) == mine


DEEP = "[" * 100_000 + "]" * 100_000
HOSTILE = [
    "", "nothing", "7", "[]", "{}", DEEP, '{"symbols": 7}', told([CROSS]), told(*[[CROSS]] * 11), told([CROSS], []),
    told([CROSS], [CROSS] * 11), told([CROSS], [[]]), told([CROSS], [[[]]]), told([CROSS], [[[[1, 2, 3]]]]),
    told([CROSS], "ab"), told([CROSS], [[[["1.5", 2]]]]), told([CROSS], [[[[float("inf"), 2]]]]),
    told([CROSS], [[[["1", "2"]]]]), told([CROSS], [[[[True, False]]]]), told([CROSS], [[[[1e308, 2]]]]),
    told([CROSS], [[[[1, 2]] * 801]]), told([CROSS], [[[[1, 2]]] * 41]), told([CROSS], [None]), told([CROSS], [{}]),
    '{"symbols": [{"drawings": NaN}, {}]}', b"\xff\xfe\x00", told([CROSS], [RING]) + "x", b" " * (alphabet.LARGEST + 1),
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_file_without_alphabet_gives_message(data: bytes | str) -> None:
    with pytest.raises(BadValue, match=r"^[A-Z].*\.$"):
        alphabet.read(data)


@pytest.mark.parametrize(
    ("scale", "start", "made"),
    [
        (1, 0, 1), (1.0, 0.25, 1), (0.01, 0, 1), (2.55, 0, 2), (10, 0, 2), (1.3, 0, 2), (0.28, 0, 2),
        (2, -100, 2), (0.02, -1, 2), (4, 3000, 2), (0.01, 0.004, 1),
    ],
)  # fmt: skip
def test_coordinates_are_fitted_to_the_board(scale: float, start: float, made: float) -> None:
    """Coordinates from 0 to 100 or from 0 to 1 stay in place. Others are scaled alike to fill the board."""

    made = made if made == 1 else 100 / 90  # these drawings take 90 of 100

    def moved(drawing: list[list[list[int]]]) -> list[list[list[float]]]:
        return [[[scale * number + start for number in point] for point in stroke] for stroke in drawing]

    found = alphabet.read(told([moved(CROSS), moved(HOOK)], [moved(RING)]))
    drawn = [drawing for symbol in found.symbols for drawing in symbol.drawings]
    for drawing, meant in zip(drawn, (CROSS, HOOK, RING)):
        (x, y), (right, low) = drawing[0][0], drawing[0][-1]
        (x0, y0), (right0, low0) = meant[0][0], meant[0][-1]
        assert (right - x, low - y) == pytest.approx((made * (right0 - x0), made * (low0 - y0)), abs=1.5)
        assert all(0 <= number <= 100 for stroke in drawing for point in stroke for number in point)


def test_a_small_drawing_of_this_board_stays_small() -> None:
    small = told([[[[1, 2], [30, 40]]]], [[[[5, 5], [9, 9]]]])
    assert alphabet.read(small).symbols[0].drawings[0] != (((1, 2), (30, 40)),)  # somebody's file
    mine = alphabet.read(small, again=True)
    assert mine.symbols[0].drawings[0] == (((1, 2), (30, 40)),) and alphabet.load(alphabet.keep(mine)) == mine


def test_names_are_short_and_can_be_shown() -> None:
    mine = alphabet.read(told([CROSS], [RING], name="a\x00b\n" + "x" * 100))
    assert mine.name == "ab" + "x" * 38
    assert alphabet.read(told([CROSS], [RING], name=7)).name == "alphabet"


@pytest.mark.parametrize("text", ["1,2 3,4;5,6", "0,0 100,100"])
def test_strokes_are_written_as_they_are_read(text: str) -> None:
    assert strokes.write(strokes.read(text)) == text


@pytest.mark.parametrize(
    "text", ["", "1", "1,2,3", "1,2;", "1,2  3,4", "-1,2", "101,2", "1;2", "1,2 " * 801, "a,b", "\u0661,\u0662"]
)
def test_what_is_no_drawing_is_a_sentence(text: str) -> None:
    with pytest.raises(BadValue, match=r"^[A-Z].*\.$"):
        strokes.read(text)
    if text:
        with pytest.raises(BadValue):
            Measure(kind="classify_drawing", runs=(), strokes=text)


@pytest.mark.parametrize("name", READY)
def test_shipped_alphabets_have_ten_new_symbols(name: str) -> None:
    """None of the symbols is one of the glyphs."""
    ready = alphabet.load(name)
    assert len(ready.symbols) == 10 == len({symbol.name for symbol in ready.symbols})
    known, *_ = glyphs.catalogue()
    for (shape,) in drawn.drawings(name):
        near = (known - shape).square().sum(-1).mean(1).sqrt().min()  # points in the order of the pen
        back = (known - shape.flip(0)).square().sum(-1).mean(1).sqrt().min()
        assert min(near, back) > 0.1


def test_own_drawings_come_before_varied_copies() -> None:
    """The drawings come first as they are and then in other hands."""
    name = alphabet.keep(alphabet.read(told([CROSS, CROSS], [RING, RING])))
    few, many = Drawn(alphabet=name, labels=2), Drawn(alphabet=name, labels=4)
    x, y = drawn.train(few, range(3)).all_examples()
    assert x.shape == (3, 4, 1, 28, 28) and y.sum(1).tolist() == [2, 2, 2] and x.min() >= 0 and x.max() <= 1
    rings = x[y == 1]
    assert (rings - rings.mean(0)).abs().mean() < 0.08  # of one hand, but for the pen and the size
    x, y = drawn.train(many, range(3)).all_examples()
    assert (x[y == 1] - x[y == 1].mean(0)).abs().mean() > 0.08
    x, y = drawn.test(few)
    assert x.shape == (2 * drawn.TESTS, 1, 28, 28) and torch.equal(x, drawn.test(many)[0])
    noisy = drawn.train(replace(many, noise=1.0, labels=50), range(1)).all_examples()[1]
    assert 20 < int(noisy.sum()) < 80


def test_symbol_that_is_a_dot_gives_message() -> None:
    name = alphabet.keep(alphabet.read(told([CROSS], [[[[5, 5]]]])))
    run = Run(task=Drawn(alphabet=name), stages=(Stage(steps=1),), seeds=1)
    with pytest.raises(BadValue, match="only a dot"):
        compute_values.perform(run)
    assert store.events(run)[-1]["message"] == "S1 is only a dot. Draw it larger."


def test_new_alphabet_is_learned_from_three_drawings() -> None:
    """The nets classify a drawing while it grows."""
    of = Drawn(alphabet="harbour", labels=3)
    ours = replace(fine_tuned(3, "probe", seeds=Seeds(count=2, first=60)), task=of, start=backbone())
    theirs = replace(scratch(3, steps=150, seeds=Seeds(count=2, first=60)), task=of)
    asked = Measure(kind="classify_drawing", runs=(ours, theirs), strokes="62,5 62,40 62,62;22,62 36,50")
    for value in (ours, theirs, asked):
        assert compute_values.perform(value) == "done"
    evidence = load_results([LabelledRun("ours", ours), LabelledRun("theirs", theirs)])
    assert final(evidence.table("ours")).mean() > final(evidence.table("theirs")).mean() + 0.15
    answer = store.answer(asked)
    assert answer and [len(one["sure"]) for one in answer["runs"]] == [10, 10]
    assert all(abs(sum(one["sure"]) - 1) < 1e-4 for one in answer["runs"])
    dot = replace(asked, strokes="5,5")
    assert compute_values.perform(dot) == "done" and (store.answer(dot) or {})["runs"] == []
    assert digest(dot) != digest(asked)


def test_certainty_is_the_mean_chance_over_nets() -> None:
    run = Run(task=Handwriting(labels=1), stages=(Stage(steps=1),), seeds=2)
    net = nets.load("conv", 10)
    theta = {name: 3 * part for name, part in nets.fresh(net, [generator("some", k) for k in range(2)]).items()}
    strokes = "62,5 62,40 62,62;22,62 36,50"
    (found,) = answer(Measure(kind="classify_drawing", runs=(run,), strokes=strokes), [Learned(run, {run: theta}, {})])[
        "runs"
    ]
    x = drawn.image(strokes)
    assert x is not None
    chances = nets.forward(net, theta, x.expand(2, *x.shape))[:, 0].softmax(-1)
    assert found["sure"] == pytest.approx(chances.mean(0).tolist(), abs=1e-5)
