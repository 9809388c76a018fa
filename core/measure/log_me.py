"""LogME: how probable a task's labels are given a backbone's features, under the best linear model with noise.

A score of a backbone for a task from a few labelled examples, with no training (You et al. 2021).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned

ROUNDS, CLOSE = 100, 1e-3  # the fixed point is looked for until nothing changes by more than this share
TINY = 1e-12  # where all features are dead, or fit the labels exactly


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int, first_seed: int) -> dict[str, Any]:
    """{"score": [run][task][draw]} from `count` draws of each task's training examples, the first one first_seed."""
    shown = [draw_labels(task, range(first_seed, first_seed + count)) for task in tasks]
    return {"score": [[scores(learner, x, y) for x, y in shown] for learner in learned]}


def draw_labels(task: Task, seeds: range) -> tuple[Tensor, Tensor]:
    """The draws that runs with these seeds would train on: x (draws, n, ...), y (draws, n)."""
    return worlds.load(task).train(task, seeds).all_examples()


def scores(learner: Learned, x: Tensor, y: Tensor) -> list[float]:
    """One score a draw, of the first seed's backbone."""
    with torch.no_grad():
        features = nets.forward(learner.net, learner.theta, x.flatten(0, 1)[None], end=-1)[0]
    return [round(log_me(f, labels), 5) for f, labels in zip(features.view(*y.shape, -1), y)]


def log_me(x: Tensor, y: Tensor) -> float:
    """x (n, features), y (n,) -> log evidence an example, in nats: the mean over "is it of this class, yes or no"."""
    goals = (y == torch.unique(y)[:, None]).double()
    return float(evidence(x.double(), goals).mean()) / len(y)


def evidence(x: Tensor, goals: Tensor) -> Tensor:
    """x (n, features), goals (goals, n) -> (goals,): log p(goal | x) where goal = x w + noise, w ~ N(0, 1 / a) and
    noise ~ N(0, 1 / b), at the most probable a and b, by their fixed point (MacKay 1992)."""
    n = len(x)
    left, singular, _ = torch.linalg.svd(x, full_matrices=False)
    power = singular.square()  # (directions,) of the features in each of their main directions
    along = (goals @ left).square()  # (goals, directions): what of a goal lies in these directions
    beyond = (goals.square().sum(1) - along.sum(1)).clamp(min=0)  # what no w can reach
    a, b = torch.ones(len(goals), 1, dtype=x.dtype), torch.ones(len(goals), 1, dtype=x.dtype)
    for _ in range(ROUNDS):
        before, whole = a / b, a + b * power
        used = (b * power / whole).sum(1, keepdim=True)  # how many directions the labels decide
        length = (b.square() * power * along / whole.square()).sum(1, keepdim=True)  # of the best w, squared
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
