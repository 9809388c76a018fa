"""Tracks a net's answers to some examples of an old task while it learns a new task: which examples it forgets, at
which step, and what it answers instead."""

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
    """Returns the answers of the first seeds to `count` test examples of the one task.

    The format is {"examples": [{"image" or "at", "truth"}], "runs": [{"steps", "answers": [example][[step, answer],
    ...]}], "names": {class: its name}}. All examples are answered correctly at the first frame of the first run. An
    answer is only listed if it differs from the answer one frame before.
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
    """Returns the predicted classes (n,) of x (n, ...) for weights (1, ...), through the head that learned the task."""
    with torch.no_grad():
        return nets.forward(evaluator.net, theta | first_seed(evaluator.head), x[None])[0].argmax(-1)


def correct_examples(evaluator: Evaluator, theta: Theta, count: int) -> Tensor:
    """Returns the positions of `count` correctly answered test examples, evenly spread over the classes."""
    right = torch.nonzero(predicted_classes(evaluator, theta, evaluator.examples) == evaluator.y).flatten()
    right = right[torch.argsort(evaluator.y[right], stable=True)]
    return right[torch.linspace(0, len(right) - 1, min(count, len(right))).long()]


def changes(steps: list[int], answers: list[int]) -> list[list[int]]:
    """Returns [step, answer] for each frame whose answer differs from the answer one frame before."""
    return [[s, a] for k, (s, a) in enumerate(zip(steps, answers)) if k == 0 or a != answers[k - 1]]


def as_shown(example: Tensor) -> dict[str, Any]:
    """Returns an image (1, 28, 28), or a point (2,), as JSON."""
    return {"image": to_base64(example)} if example.dim() == 3 else {"at": [round(float(v), 3) for v in example]}


def name_of(task: Task, k: int) -> str:
    """Returns the name of a class, or its number if the world has no names."""
    world = worlds.load(task)
    return str(world.names(task)[k]) if hasattr(world, "names") else str(k)
