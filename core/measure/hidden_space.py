"""The space that the head reads, in two dimensions, at every frame: how a net pulls the classes apart."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.measure import Learned


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """{"classes": [point], "runs": [{"steps", "xy": [frame][point][2]}]} for `count` test points of the first run's
    task. One projection, made from the last frame's head, serves all frames of a run, so that only the points move."""
    task = learned[0].run.task
    x, y = (worlds.evenly_spaced(part, count) for part in worlds.load(task).test(task))
    found = []
    for learner in learned:
        with torch.no_grad():
            seen = torch.cat([nets.forward(learner.net, theta, x[None], 0, -1) for theta in learner.frames.values()])
        z = seen.flatten(0, 1) - seen.mean((0, 1))
        flat = z @ axes(z, learner.theta["head.weight"][0])
        xy = (flat / flat.std(0)).view(len(learner.frames), len(x), 2)
        found.append({"steps": list(learner.frames), "xy": short(xy)})
    return {"classes": y.tolist(), "runs": found}


def axes(z: Tensor, head: Tensor) -> Tensor:
    """z (n, features) centred, head (features, classes) -> (features, 2): the two widest directions of those in which
    answers differ; with two classes there is one, and the second is the widest of the rest."""
    left, sizes, _ = torch.linalg.svd(head - head.mean(1, keepdim=True), full_matrices=False)
    read = left[:, sizes > 1e-4 * sizes[0]]
    telling = read @ widest(z @ read)
    silent = widest(z - z @ read @ read.T)
    return torch.cat([telling, silent], 1)[:, :2]


def widest(z: Tensor) -> Tensor:
    """The principal components of z (n, features), two at most: (features, 1 or 2)."""
    found = torch.linalg.svd(z.T @ z)[0][:, :2]
    return found * found.sum(0).sign()  # a direction has no sign of its own


def short(xy: Tensor) -> list[Any]:
    return [[[round(a, 3), round(b, 3)] for a, b in frame] for frame in xy.tolist()]
