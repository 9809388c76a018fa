"""What a net says of some examples of an old task while it learns a new one: which it loses, when, and to what."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.experiment.tasks import Task
from core.measure import Learned
from core.measure.examples import to_base64
from core.nets import Theta, first_seed
from core.training.evaluator import Evaluator


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """{"examples": [{"image" or "at", "truth"}], "runs": [{"steps", "answers": [example][[step, answer], ...]}],
    "names": {class: its name}}, of the first seeds.

    `count` test examples of the one task, all of them right at the first run's first frame. Of its answers only those
    are listed that differ from the one before.
    """
    (task,) = tasks
    evaluators = [learner.evaluator(task) for learner in learned]
    opening = next(iter(learned[0].frames.values()))
    chosen = correct_examples(evaluators[0], opening, count)
    x, y = evaluators[0].examples[chosen], evaluators[0].y[chosen]
    runs: list[dict[str, Any]] = []
    for learner, evaluator in zip(learned, evaluators):
        predicted = torch.stack([predicted_classes(evaluator, theta, x) for theta in learner.frames.values()])
        steps = list(learner.frames)
        runs.append({"steps": steps, "answers": [changes(steps, column) for column in predicted.T.tolist()]})
    used = {answer for run in runs for row in run["answers"] for _, answer in row} | set(y.tolist())
    return {
        "examples": [as_shown(example) | {"truth": int(truth)} for example, truth in zip(x, y)],
        "runs": runs,
        "names": {str(k): name_of(task, k) for k in sorted(used)},
    }


def predicted_classes(evaluator: Evaluator, theta: Theta, x: Tensor) -> Tensor:
    """x (n, ...) -> the classes (n,) that weights (1, ...) say, through the head that learned the task."""
    with torch.no_grad():
        return nets.forward(evaluator.net, theta | first_seed(evaluator.head), x[None])[0].argmax(-1)


def correct_examples(evaluator: Evaluator, theta: Theta, count: int) -> Tensor:
    """The places of `count` test examples that are answered rightly, an even choice, class by class."""
    right = torch.nonzero(predicted_classes(evaluator, theta, evaluator.examples) == evaluator.y).flatten()
    right = right[torch.argsort(evaluator.y[right], stable=True)]
    return right[torch.linspace(0, len(right) - 1, min(count, len(right))).long()]


def changes(steps: list[int], answers: list[int]) -> list[list[int]]:
    """[step, answer] wherever the answer is not what it was a frame before."""
    return [[s, a] for k, (s, a) in enumerate(zip(steps, answers)) if k == 0 or a != answers[k - 1]]


def as_shown(example: Tensor) -> dict[str, Any]:
    """An image (1, 28, 28), or a point (2,)."""
    return {"image": to_base64(example)} if example.dim() == 3 else {"at": [round(float(v), 3) for v in example]}


def name_of(task: Task, k: int) -> str:
    """What a class is called, where its world knows."""
    world = worlds.load(task)
    return str(world.names(task)[k]) if hasattr(world, "names") else str(k)
