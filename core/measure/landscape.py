"""Computes loss and accuracy on the plane through three nets, and along the straight lines between them (Garipov et
al. 2018).

The plane has an orthonormal basis, so a distance in the picture is a distance between weights (Li et al. 2018).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from core.experiment.checks import BadValue
from core.measure import Learned
from core.nets import Theta
from core.training.evaluator import Evaluator
from core.worlds import cross_entropy

SIDE = 25  # places along an edge of the map
PLACES = 21  # places along a line
ROOM = 0.5  # margin of the map on every side, as a share of the distance between the three nets
CHUNK = 16  # test examples that go through 25 nets at once; twice as fast as 128


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """Returns the map, the position of each net and frame on it, and the three lines between the first three nets.

    {"x": [SIDE], "y": [SIDE], "loss": [y][x], "accuracy": [y][x], "nets": [run][x, y, distance from the plane],
    "paths": [run][frame][x, y], "share": [PLACES], "lines": [pair]}, each line {"loss": [place][seed], "accuracy":
    [place][seed], "length": [seed]}

    The map is that of the first seed, on the plane through the first three runs. The first run is at (0, 0) and the
    second is to its right. Other runs and frames are projected onto the plane. The lines connect the first three
    runs, in the order of `combinations`. Everything is measured on `count` test examples of the first run's task.
    """
    if len(learned) < 3:
        raise BadValue("A plane goes through three nets.")
    three = learned[:3]
    evaluator = learned[0].evaluator(learned[0].run.task).subset(count, CHUNK)
    origin = flat(learned[0].theta)
    axes = basis(*(flat(learner.theta) - origin for learner in three[1:]))
    nets = [flat(learner.theta) - origin for learner in learned]
    places = [net @ axes.T for net in nets]
    x, y = window(torch.stack(places[:3]))
    rows = [over(evaluator, unflat(origin + torch.cartesian_prod(x, at[None]) @ axes, learned[0].theta)) for at in y]
    return {
        "x": rounded(x, 3),
        "y": rounded(y, 3),
        "loss": [rounded(loss, 4) for loss, _ in rows],
        "accuracy": [rounded(right, 4) for _, right in rows],
        "nets": [rounded(torch.cat([at, (net - at @ axes).norm()[None]]), 3) for net, at in zip(nets, places)],
        "paths": [[rounded((flat(f) - origin) @ axes.T, 3) for f in learner.frames.values()] for learner in learned],
        "share": [round(k / (PLACES - 1), 4) for k in range(PLACES)],
        "lines": [line(evaluator, one.theta, other.theta) for one, other in combinations(three, 2)],
    }


def flat(theta: Theta) -> Tensor:
    """Returns all weights of the first seed in one vector (weights,), in the order of their names."""
    return torch.cat([theta[name][0].flatten() for name in sorted(theta)])


def unflat(rows: Tensor, like: Theta) -> Theta:
    """Converts rows (nets, weights) in the format of `flat` to a theta whose leading axis is the nets."""
    names = sorted(like)
    parts = rows.split([like[name][0].numel() for name in names], 1)
    return {name: part.reshape(-1, *like[name].shape[1:]) for name, part in zip(names, parts)}


def basis(u: Tensor, v: Tensor) -> Tensor:
    """Returns an orthonormal basis (2, weights) of the plane through u and v (Gram & Schmidt); the first axis is u."""
    u = u / u.norm()
    rest = v - (v @ u) * u
    if not rest.norm() > 1e-6 * v.norm():
        raise BadValue("A plane goes through three nets that are not on one line.")
    return torch.stack([u, rest / rest.norm()])


def window(places: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the x and the y of a map around the places (3, 2), with a margin on every side and at least half as
    high as wide."""
    low, high = places.amin(0), places.amax(0)
    reach = (high - low) * (0.5 + ROOM)
    reach = torch.maximum(reach, reach.max() / 2)
    x, y = (torch.linspace(float(at - far), float(at + far), SIDE) for at, far in zip((low + high) / 2, reach))
    return x, y


def over(evaluator: Evaluator, theta: Theta) -> tuple[Tensor, Tensor]:
    """Returns the loss and the accuracy (nets,) of several nets at once. The leading axis of `theta` is the nets."""
    several = replace(evaluator, seeds=len(next(iter(theta.values()))))
    answers = several.answers(theta)
    y = evaluator.y.expand(len(answers), *evaluator.y.shape)
    return cross_entropy(answers, y), (answers.argmax(-1) == y).float().mean(1)


def line(evaluator: Evaluator, one: Theta, other: Theta) -> dict[str, Any]:
    """Computes loss and accuracy along the line between two sets of weights, seed by seed."""
    found = [over(evaluator, {n: w.lerp(other[n], k / (PLACES - 1)) for n, w in one.items()}) for k in range(PLACES)]
    length = sum((other[n] - w).square().flatten(1).sum(1) for n, w in one.items())
    assert isinstance(length, Tensor)
    return {
        "loss": [rounded(loss, 4) for loss, _ in found],
        "accuracy": [rounded(right, 5) for _, right in found],
        "length": rounded(length.sqrt(), 3),
    }


def rounded(values: Tensor, places: int) -> list[float]:
    return [round(value, places) for value in values.tolist()]
