"""LogME: how probable a task's labels are, given a backbone's features, under the best linear model with noise.

The score rates a backbone for a task from a few labelled examples, without training (You et al. 2021).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned

ROUNDS, CLOSE = 100, 1e-3  # the iteration stops when no value changes by more than this share
TINY = 1e-12  # avoids division by zero if all features are dead, or if they fit the labels exactly


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int, first_seed: int) -> dict[str, Any]:
    """Returns {"score": [run][task][draw]} from `count` draws of each task's training examples. The first draw has
    the seed `first_seed`."""
    shown = [draw_labels(task, range(first_seed, first_seed + count)) for task in tasks]
    return {"score": [[scores(learner, x, y) for x, y in shown] for learner in learned]}


def draw_labels(task: Task, seeds: range) -> tuple[Tensor, Tensor]:
    """Returns the examples that runs with these seeds would train on: x (draws, n, ...), y (draws, n)."""
    return worlds.load(task).train(task, seeds).all_examples()


def scores(learner: Learned, x: Tensor, y: Tensor) -> list[float]:
    """Returns one score for each draw, using the first seed's backbone."""
    with torch.no_grad():
        features = nets.forward(learner.net, learner.theta, x.flatten(0, 1)[None], end=-1)[0]
    return [round(log_me(f, labels), 5) for f, labels in zip(features.view(*y.shape, -1), y)]


def log_me(x: Tensor, y: Tensor) -> float:
    """Returns the log evidence of an example in nats, from x (n, features) and y (n,). It is the mean over the
    questions "is it of this class, yes or no"."""
    goals = (y == torch.unique(y)[:, None]).double()
    return float(evidence(x.double(), goals).mean()) / len(y)


def evidence(x: Tensor, goals: Tensor) -> Tensor:
    """Returns log p(goal | x) for each goal: x (n, features), goals (goals, n) -> (goals,).

    The model is goal = x w + noise, with w ~ N(0, 1 / a) and noise ~ N(0, 1 / b). It is evaluated at the most
    probable a and b, which are found by fixed-point iteration (MacKay 1992).
    """
    n = len(x)
    left, singular, _ = torch.linalg.svd(x, full_matrices=False)
    power = singular.square()  # (directions,): squared size of the features in each principal direction
    along = (goals @ left).square()  # (goals, directions): the part of a goal in each direction
    beyond = (goals.square().sum(1) - along.sum(1)).clamp(min=0)  # the part of a goal that no w can fit
    a, b = torch.ones(len(goals), 1, dtype=x.dtype), torch.ones(len(goals), 1, dtype=x.dtype)
    for _ in range(ROUNDS):
        before, whole = a / b, a + b * power
        used = (b * power / whole).sum(1, keepdim=True)  # number of directions that the labels determine
        length = (b.square() * power * along / whole.square()).sum(1, keepdim=True)  # squared length of the best w
        missed = (along * (a / whole).square()).sum(1, keepdim=True) + beyond[:, None]
        a, b = (used / length.clamp(min=TINY)).clamp(min=TINY), (n - used) / missed.clamp(min=TINY)
        if ((a / b - before).abs() <= CLOSE * before).all():
            break
    whole = a + b * power
    length = (b.square() * power * along / whole.square()).sum(1)
    missed = (along * (a / whole).square()).sum(1) + beyond
    a, b = a[:, 0], b[:, 0]
    fit = n * torch.log(b / (2 * math.pi)) - b * missed - a * length
    return (fit + (torch.log(a)[:, None] - torch.log(whole)).sum(1)) / 2
