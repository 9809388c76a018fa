"""Measures what a net predicts from the points in its prompt, and compares it with least squares. No weights are
trained."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets
from core.experiment.tasks import Lines, Task
from core.measure import Learned
from core.worlds import generator, lines

REACH, GRID = 3.0, 49  # the curve is computed at GRID places from -REACH to REACH
PROMPTS = 1000


def measure(
    learned: list[Learned], *, tasks: tuple[Task, ...], points: tuple[tuple[float, float], ...]
) -> dict[str, Any]:
    """Returns the errors of the nets and of least squares, and the curves through the learner's points.

    {"error": [run][task][seed][k], "least squares": [task][k], "x": [...], "line": [...], "curve": [run][seed][...],
    "weights": of one seed of all runs, "changed": the number of weights that differ from before the answers}

    "error" is the error at the point after k others, divided by the error of always predicting 0. "line" and "curve"
    go through `points`, and are left out if there are none.
    """
    found: dict[str, Any] = {"error": [], "least squares": []}
    asked = [lines.prompts(task, PROMPTS, generator("in context", 0)) for task in tasks if isinstance(task, Lines)]
    before = [{name: weight.clone() for name, weight in learner.theta.items()} for learner in learned]
    for learner in learned:
        found["error"].append([relative_error(answers(learner, x, y), y).tolist() for x, y in asked])
    found["least squares"] = [relative_error(fits(x, y)[None], y)[0].tolist() for x, y in asked]
    if points:
        x, y = (torch.tensor(part).expand(GRID, -1) for part in zip(*points))
        grid = torch.linspace(-REACH, REACH, GRID)[:, None]
        x, y = torch.cat([x, grid], 1), torch.cat([y, torch.zeros(GRID, 1)], 1)
        found |= {"x": grid[:, 0].tolist(), "line": fits(x, y)[:, -1].tolist()}
        found["curve"] = [answers(learner, x, y)[..., -1].tolist() for learner in learned]
    pairs = [(weight, was[name]) for learner, was in zip(learned, before) for name, weight in learner.theta.items()]
    found |= {"weights": sum(w[0].numel() for w, _ in pairs), "changed": sum(int((w != was).sum()) for w, was in pairs)}
    return found


def answers(learner: Learned, x: Tensor, y: Tensor) -> Tensor:
    """Returns what each seed predicts at every point from the points before it: x and y (n, points) -> (seeds, n,
    points)."""
    seeds = len(next(iter(learner.theta.values())))
    with torch.no_grad():
        prompt = lines.to_prompt(x, y).expand(seeds, -1, -1, -1)
        return torch.cat(
            [lines.predicted(nets.forward(learner.net, learner.theta, part)) for part in prompt.split(100, 1)], 1
        )


def fits(x: Tensor, y: Tensor) -> Tensor:
    """Returns the predictions of least squares in the same format. If one point does not determine the line, the line
    with the smallest a and b is used."""
    inputs = torch.stack([torch.ones_like(x), x], -1)
    predictions = [torch.zeros_like(y[:, 0])]
    for k in range(1, x.shape[1]):
        best = torch.linalg.pinv(inputs[:, :k]) @ y[:, :k, None]
        predictions.append((inputs[:, k, None] @ best)[:, 0, 0])
    return torch.stack(predictions, 1)


def relative_error(predicted: Tensor, y: Tensor) -> Tensor:
    """Returns the mean squared error at each point, relative to always predicting 0: predicted (seeds, n, points) ->
    (seeds, points)."""
    return (predicted - y).square().mean(1) / y.square().mean(0)
