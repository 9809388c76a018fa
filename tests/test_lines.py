"""In-context learning: prompts have the right form, and least squares is least squares."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core import nets
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Lines
from core.measure import Learned, answer
from core.measure.in_context import answers, fits, relative_error
from core.training.report import Done, Point
from core.training.train import train
from core.worlds import generator, lines

RUN = Run(task=Lines(points=6), net="in_context", stages=(Stage(steps=30, batch=16),), seeds=2)


@pytest.fixture(scope="module")
def learned() -> Learned:
    theta = next(event.theta for event in train(RUN, {}) if isinstance(event, Done))
    return Learned(RUN, {RUN: theta}, {})


def test_a_prompt_shows_every_answer_after_its_question() -> None:
    x, y = torch.tensor([[1.0, 2.0]]), torch.tensor([[5.0, 7.0]])
    assert lines.to_prompt(x, y).tolist() == [[[1, 0], [0, 5], [2, 0], [0, 7]]]


def test_lines_are_straight_unless_bent() -> None:
    for task, straight in ((Lines(), True), (Lines(bend=0.5), False)):
        x, y = lines.prompts(task, 20, generator("a test", 0))
        residues = [np.polyfit(a, b, 1, full=True)[1].sum() for a, b in zip(x.numpy(), y.numpy())]
        assert (max(residues) < 1e-6) == straight


def test_least_squares_agrees_with_numpy() -> None:
    x, y = lines.prompts(Lines(bend=0.3), 5, generator("a test", 1))
    for row in range(5):
        for k in (2, 5, 11):
            slope, at_zero = np.polyfit(x[row, :k], y[row, :k], 1)
            assert fits(x, y)[row, k].item() == pytest.approx(at_zero + slope * x[row, k].item(), abs=1e-2)
    assert fits(x, y)[:, 0].eq(0).all()


def test_an_answer_does_not_know_what_comes_later(learned: Learned) -> None:
    x, y = lines.prompts(RUN.task, 3, generator("a test", 2))  # type: ignore[arg-type]
    other = y.clone()
    other[:, 3:] += 10
    before, after = answers(learned, x, y), answers(learned, x, other)
    assert torch.allclose(before[..., :4], after[..., :4], atol=1e-5)
    assert not torch.allclose(before[..., 4:], after[..., 4:], atol=1e-2)


def test_always_saying_zero_is_an_error_of_one() -> None:
    _, y = lines.prompts(Lines(), 50, generator("a test", 3))
    assert torch.allclose(relative_error(torch.zeros(1, *y.shape), y), torch.ones(1, 12))


def test_asking_in_context_changes_no_weight(learned: Learned) -> None:
    """The least squares line passes through the learner's two points."""
    points = ((-1.0, 0.0), (1.0, 2.0))
    found = answer(Measure(kind="in_context", runs=(RUN,), tasks=(RUN.task,), points=points), [learned])
    assert found["changed"] == 0
    assert found["weights"] == sum(one[0].numel() for one in learned.theta.values())
    assert (found["x"][0], found["x"][24], found["x"][-1]) == (-3, 0, 3) and len(found["x"]) == 49
    assert found["line"] == pytest.approx([1 + x for x in found["x"]], abs=1e-4)
    assert len(found["curve"][0]) == RUN.seeds and len(found["curve"][0][0]) == len(found["x"])


def test_runs_on_lines_are_scored_by_error() -> None:
    scores = [event.scores for event in train(RUN, {}) if isinstance(event, Point)]
    assert set(scores[0]) == {"error"}
    assert len(scores[0]["error"]["0"]) == RUN.seeds


def test_net_is_causal_and_starts_small() -> None:
    """Its first answers are small."""
    net = nets.load("in_context", 2)
    theta = nets.fresh(net, [torch.Generator().manual_seed(0)])
    assert nets.forward(net, theta, torch.randn(1, 4, 12, 2)).shape == (1, 4, 12, 1)


@pytest.mark.parametrize("points", [((11.0, 0.0),), ((0.0, float("nan")),), ((0.0, 0.0),) * 16])
def test_a_point_off_the_page_is_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(BadValue):
        Measure(kind="in_context", runs=(RUN,), points=points)


def test_relative_error_divides_by_error_of_zero() -> None:
    """The squared error is a share of the error of always answering zero."""
    y = torch.tensor([[1.0, 2.0], [3.0, -2.0]])
    missed = torch.tensor([[[1.0, 0.0], [-3.0, 1.0]]])
    assert relative_error(y + missed, y).tolist() == [[10 / 2 / 5, 1 / 2 / 4]]


def test_errors_are_of_each_seeds_answers(learned: Learned) -> None:
    """Without points of the learner no line is drawn."""
    tasks = (RUN.task, Lines(points=4, bend=0.5))
    found = answer(Measure(kind="in_context", runs=(RUN,), tasks=tasks), [learned])
    assert "line" not in found and "curve" not in found
    for task, error, least in zip(tasks, found["error"][0], found["least squares"]):
        x, y = lines.prompts(task, 1000, generator("in context", 0))  # type: ignore[arg-type]
        assert np.array(error) == pytest.approx(relative_error(answers(learned, x, y), y).numpy(), rel=1e-4)
        assert least == pytest.approx(relative_error(fits(x, y)[None], y)[0].tolist(), rel=1e-4)
