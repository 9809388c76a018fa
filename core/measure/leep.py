"""LEEP: how probable a task's labels are, given a net's answers to its *old* question (Nguyen et al. 2020).

The score rates a net for a task from a few labelled examples, without training. It uses the answers of the old head,
while LogME uses the features.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets
from core.experiment.tasks import Task
from core.measure import Learned
from core.measure.log_me import draw_labels


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int, first_seed: int) -> dict[str, Any]:
    """Returns {"score": [run][task][draw]}, with the same draws as core.measure.log_me."""
    shown = [draw_labels(task, range(first_seed, first_seed + count)) for task in tasks]
    return {"score": [[scores(learner, x, y) for x, y in shown] for learner in learned]}


def scores(learner: Learned, x: Tensor, y: Tensor) -> list[float]:
    """Returns one score for each draw, using the first seed's net."""
    with torch.no_grad():
        old = nets.forward(learner.net, learner.theta, x.flatten(0, 1)[None])[0].softmax(1)
    return [round(leep(shares, labels), 5) for shares, labels in zip(old.view(*y.shape, -1), y)]


def leep(old: Tensor, y: Tensor) -> float:
    """Computes the mean log p(y | x) in nats, from the probabilities of the old answers (n, old classes) and the new
    labels y (n,).

    A new label depends on the example only through its old answer.
    """
    new = (y[:, None] == torch.unique(y)).double()  # (n, new classes)
    together = new.T @ old.double()  # (new classes, old classes): how often each pair occurs
    given = together / together.sum(0).clamp(min=1e-12)  # p(new | old)
    return float(((old.double() @ given.T) * new).sum(1).log().mean())
