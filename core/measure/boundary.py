"""Computes the decision boundary of a net: its prediction at every point of the plane, at every frame and the end."""

from __future__ import annotations

import base64
from typing import Any

import torch

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned
from core.nets import Net, Theta, first_seed
from core.worlds.map_cells import REACH, grid

SIDE = 60  # cells along an edge


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """Returns {"side", "reach", "maps": [run][task]{"": map, step: map, ...}, "points": [task][[x, y, class], ...]}.

    A map is the output of `decided` for the first seed, through the head that learned the task. The key "" is the end
    of the run.
    """
    maps = []
    for learner in learned:
        moments = {"": learner.theta} | {str(step): theta for step, theta in learner.frames.items()}
        heads = [learner.evaluator(task).head for task in tasks]
        maps.append(
            [{at: decided(learner.net, theta | first_seed(head)) for at, theta in moments.items()} for head in heads]
        )
    return {
        "side": SIDE,
        "reach": REACH,
        "maps": maps,
        "points": [some_points(task, count) for task in tasks],
    }


def decided(net: Net, theta: Theta) -> str:
    """Returns the first seed's class in every cell, as SIDE * SIDE bytes in base64."""
    with torch.no_grad():
        answers = nets.forward(net, first_seed(theta), grid(SIDE)[None])[0].argmax(-1)
    return base64.b64encode(answers.byte().numpy().tobytes()).decode()


def some_points(task: Task, count: int) -> list[list[float]]:
    """Returns `count` test points as [x, y, class]."""
    x, y = worlds.load(task).test(task)
    return [[round(a, 3), round(b, 3), int(c)] for (a, b), c in zip(x[:count].tolist(), y[:count].tolist())]
