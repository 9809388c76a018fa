"""Projects the input of the head to two dimensions at every frame, to show how a net separates the classes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.measure import Learned


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """Returns {"classes": [point], "runs": [{"steps", "xy": [frame][point][2]}]} for `count` test points of the first
    run's task.

    All frames of a run share one projection, which is made from the head of the last frame. So only the points move.
    """
    task = learned[0].run.task
    x, y = (worlds.evenly_spaced(part, count) for part in worlds.load(task).test(task))
    found = []
    for learner in learned:
        with torch.no_grad():
            seen = torch.cat([nets.forward(learner.net, theta, x[None], 0, -1) for theta in learner.frames.values()])
        z = seen.flatten(0, 1) - seen.mean((0, 1))
        flat = z @ axes(z, learner.theta["head.weight"][0])
        xy = (flat / flat.std(0)).view(len(learner.frames), len(x), 2)
        found.append({"steps": list(learner.frames), "xy": rounded(xy)})
    return {"classes": y.tolist(), "runs": found}


def axes(z: Tensor, head: Tensor) -> Tensor:
    """Chooses the axes of the projection: z (n, features) centred, head (features, classes) -> (features, 2).

    The axes are the two widest directions in which the answers differ. With two classes there is only one such
    direction, and the second axis is the widest of all other directions.
    """
    left, sizes, _ = torch.linalg.svd(head - head.mean(1, keepdim=True), full_matrices=False)
    read = left[:, sizes > 1e-4 * sizes[0]]
    telling = read @ widest(z @ read)
    silent = widest(z - z @ read @ read.T)
    return torch.cat([telling, silent], 1)[:, :2]


def widest(z: Tensor) -> Tensor:
    """Returns the first one or two principal components of z (n, features): (features, 1 or 2)."""
    found = torch.linalg.svd(z.T @ z)[0][:, :2]
    return found * found.sum(0).sign()  # fixes the sign, which is arbitrary


def rounded(xy: Tensor) -> list[Any]:
    """Rounds coordinates to three digits."""
    return [[[round(a, 3), round(b, 3)] for a, b in frame] for frame in xy.tolist()]
