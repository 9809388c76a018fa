"""Scores of a backbone against independent formulas and hand-worked cases."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from core import nets, worlds
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Handwriting
from core.measure import Learned, answer, leep, log_me, loss
from core.worlds import generator

RUN = Run(task=Handwriting(labels=2), stages=(Stage(steps=1),), seeds=1)
STARTS = [(a, b) for a in (-2, 1, 4) for b in (-1, 2)]


@pytest.fixture(scope="module")
def untrained() -> Learned:
    net = nets.load("conv", 10)
    return Learned(RUN, {RUN: nets.fresh(net, [generator("weights", 0)])}, {})


def explicit(x: np.ndarray, goal: np.ndarray, a: float, b: float) -> float:
    """Returns log N(goal; 0, x x' / a + 1 / b): the weights are integrated out by hand."""
    covariance = x @ x.T / a + np.eye(len(x)) / b
    return float(multivariate_normal(np.zeros(len(x)), covariance).logpdf(goal))


@pytest.mark.parametrize("n, features", [(12, 3), (6, 9), (40, 2)])
def test_log_me_maximises_the_explicit_evidence(n: int, features: int) -> None:
    rng = np.random.default_rng(n)
    x = rng.normal(size=(n, features))
    goal = (x[:, 0] + 0.3 * rng.normal(size=n) > 0).astype(float)
    tried = [minimize(lambda logs: -explicit(x, goal, *np.exp(logs)), start, method="Nelder-Mead") for start in STARTS]
    ours = float(log_me.evidence(torch.tensor(x), torch.tensor(goal)[None])[0])
    assert ours == pytest.approx(max(-one.fun for one in tried), abs=1e-4)


def test_log_me_averages_over_classes_and_examples() -> None:
    x, y = torch.randn(9, 2, generator=generator("x", 0)), torch.tensor([0, 1, 2] * 3)
    each = [float(log_me.evidence(x.double(), (y == k).double()[None])[0]) for k in range(3)]
    assert log_me.log_me(x, y) == pytest.approx(sum(each) / 3 / 9)


def test_log_me_ignores_feature_scale() -> None:
    x, y = torch.randn(30, 4, generator=generator("x", 0)), torch.arange(30) % 3
    assert log_me.log_me(1000 * x, y) == pytest.approx(log_me.log_me(x, y), abs=1e-4)


def test_log_me_prefers_separating_features() -> None:
    y = torch.arange(60) % 3
    noise = torch.randn(60, 8, generator=generator("x", 0))
    telling = noise + 3 * torch.nn.functional.one_hot(y, 8)
    dead = torch.zeros(60, 8)
    assert log_me.log_me(telling, y) > log_me.log_me(noise, y)
    assert math.isfinite(log_me.log_me(dead, y))


def test_leep_of_hand_worked_cases() -> None:
    certain = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    assert leep.leep(certain, torch.tensor([0, 0, 1, 1])) == pytest.approx(0)
    assert leep.leep(certain, torch.tensor([0, 1, 0, 1])) == pytest.approx(math.log(1 / 2))
    # p(new 0 | old 0) = .75 / 1, p(new 0 | old 1) = .25 / 1: both examples get .75 * .75 + .25 * .25.
    three = torch.eye(3)
    assert leep.leep(torch.cat([three, three]), torch.tensor([0, 1, 2, 0, 1, 1])) == pytest.approx(math.log(1 / 2) / 3)
    unsure = torch.tensor([[0.75, 0.25], [0.25, 0.75]])
    assert leep.leep(unsure, torch.tensor([0, 1])) == pytest.approx(math.log(0.75**2 + 0.25**2))


@pytest.mark.parametrize("kind", [log_me, leep])
def test_scores_use_the_draws_of_runs(untrained: Learned, kind) -> None:  # type: ignore[no-untyped-def]
    """A score is computed on the examples that a run with this seed would train on."""
    asked = Measure(kind=kind.__name__.split(".")[-1], runs=(RUN,), tasks=(Handwriting(labels=3),), count=3)
    three = answer(asked, [untrained])["score"][0][0]
    last = answer(replace(asked, first_seed=2, count=1), [untrained])["score"][0][0]
    assert len(three) == 3
    assert last == pytest.approx(three[2:], abs=1e-4)
    pool = worlds.load(RUN.task).train(Handwriting(labels=3), range(2, 3))
    old = nets.forward(untrained.net, untrained.theta, pool.x, end=-1 if kind is log_me else None)[0]
    alone = log_me.log_me(old, pool.y[0]) if kind is log_me else leep.leep(old.softmax(1), pool.y[0])
    assert last[0] == pytest.approx(alone, abs=1e-4)


def test_loss_is_mean_surprise_at_right_answers(untrained: Learned) -> None:
    (((found,),),) = answer(Measure(kind="loss", runs=(RUN,), tasks=(Handwriting(),)), [untrained])["loss"]
    x, y = worlds.load(RUN.task).test(Handwriting())
    shares = nets.forward(untrained.net, untrained.theta, x[None])[0].softmax(1)
    assert found == pytest.approx(float(-shares[range(len(y)), y].log().mean()), abs=1e-4)
    silent = {name: torch.zeros_like(weight) for name, weight in untrained.theta.items()}
    none = loss.surprise(Learned(RUN, {RUN: silent}, {}), Handwriting())
    assert none == pytest.approx([math.log(10)], abs=1e-4)
