"""Evaluates theta_start + alpha * delta at many values of alpha, without retraining: the accuracy on each task and
the answers.

The delta of whole layers may be left out, and every matrix of the delta may be cut to a rank.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import torch
from torch import Tensor

from core import adapt, nets
from core.experiment.checks import BadValue
from core.experiment.tasks import Plane, Task
from core.measure import Learned
from core.measure.boundary import SIDE
from core.measure.examples import to_base64
from core.nets import Theta, first_seed, layer_of
from core.tensors.delta import between, truncated
from core.training.evaluator import Evaluator
from core.training.start import initial_weights
from core.worlds.map_cells import REACH, grid

ALPHAS = tuple(round(k / 20, 2) for k in range(-10, 31))  # 0 is the start of the run, 1 its end
CHUNK = 128  # test examples a seed that go through the net at once
POINTS, IMAGES = 120, 20  # number of points and images of each task that are shown


def measure(
    learned: list[Learned], *, tasks: tuple[Task, ...], count: int, layers: tuple[str, ...], rank: int
) -> dict[str, Any]:
    """Returns the accuracy along the line, the size of the delta, and a few examples with the first seed's answers.

    {"alphas", "accuracy": [task][alpha][seed], "size": [seed], "sizes": {layer: [seed]}, "shown": [task], and on the
    plane "side", "reach", "maps"}

    With one run, the line goes from its start to its end. With two runs, it goes from the end of the first to the end
    of the second. The accuracy is that on `count` test examples. The sizes are those of the added delta, divided by
    the size of the start: over all weights, and for each layer.
    """
    learner = learned[-1]
    start = learned[0].theta if len(learned) == 2 else start_weights(learner)
    delta = edited(between(start, learner.theta), layers, rank)
    path = [adapt.apply_delta(start, {name: alpha * part for name, part in delta.items()}) for alpha in ALPHAS]
    evaluators = [learner.evaluator(task).subset(count, CHUNK) for task in tasks]
    answers = [torch.stack([evaluator.answers(theta).argmax(-1) for theta in path]) for evaluator in evaluators]
    right = [(predicted == evaluator.y).float().mean(2) for predicted, evaluator in zip(answers, evaluators)]
    found: dict[str, Any] = {
        "alphas": ALPHAS,
        "accuracy": [[[round(share, 4) for share in row] for row in rows.tolist()] for rows in right],
        "size": relative_size(delta, start),
        "sizes": {
            layer: relative_size(layer_weights(layer, delta), layer_weights(layer, start)) for layer in learner.net
        },
        "shown": [shown_examples(evaluator, predicted[:, 0]) for evaluator, predicted in zip(evaluators, answers)],
    }
    if isinstance(learner.run.task, Plane):
        found |= {"side": SIDE, "reach": REACH, "maps": maps(evaluators[0], path)}
    return found


def start_weights(learner: Learned) -> Theta:
    """Returns the weights before the first step, which follow from the run's seeds and its start."""
    run = learner.run
    return initial_weights(run, learner.net, dict(learner.thetas), run.seed_range)


def edited(delta: Theta, layers: tuple[str, ...], rank: int) -> Theta:
    """Returns the delta of the given layers only, cut to the rank. No layers means all layers, and rank 0 means
    uncut."""
    if strange := set(layers) - set(map(layer_of, delta)):
        raise BadValue(f"This net has no layer {', '.join(sorted(strange))}.")
    kept = {name: part for name, part in delta.items() if not layers or layer_of(name) in layers}
    return truncated(kept, rank) if rank else kept


def layer_weights(layer: str, theta: Theta) -> Theta:
    """Returns the weights of one layer."""
    return {name: weight for name, weight in theta.items() if layer_of(name) == layer}


def relative_size(delta: Theta, start: Theta) -> list[float]:
    """Returns ||delta|| / ||theta_start|| of every seed."""
    return [round(share, 5) for share in (norm(delta, start) / norm(start, start)).tolist()]


def norm(theta: Theta, like: Theta) -> Tensor:
    """Returns the Euclidean length of all weights together, of shape (seeds,). It is zero if there are no weights."""
    seeds = len(next(iter(like.values())))
    return sum((weight.flatten(1).square().sum(1) for weight in theta.values()), torch.zeros(seeds)).sqrt()


def spread(size: int, count: int) -> Tensor:
    """Returns `count` evenly spaced positions."""
    return torch.linspace(0, size - 1, min(count, size)).long()


def shown_examples(evaluator: Evaluator, predicted: Tensor) -> dict[str, Any]:
    """Returns a few examples and the answers to them: predicted (alphas, examples) -> {"examples", "truth",
    "answers": (alphas, shown)}."""
    flat = evaluator.examples.shape[1:] == (2,)
    pick = spread(len(evaluator.y), POINTS if flat else IMAGES)
    return {
        "examples": [[round(a, 3) for a in x.tolist()] if flat else to_base64(x) for x in evaluator.examples[pick]],
        "truth": evaluator.y[pick].tolist(),
        "answers": deflated(predicted[:, pick]),
    }


def maps(evaluator: Evaluator, path: list[Theta]) -> str:
    """Returns the first seed's class in every cell at every alpha, (alphas, SIDE * SIDE), compressed."""
    with torch.no_grad():
        cells = grid(SIDE)[None]
        predicted = [
            nets.forward(evaluator.net, first_seed(theta | evaluator.head), cells)[0].argmax(-1) for theta in path
        ]
    return deflated(torch.stack(predicted))


def deflated(numbers: Tensor) -> str:
    """Encodes numbers from 0 to 65,535 as two bytes each, the low byte first. They are deflated and written in
    base64."""
    return base64.b64encode(zlib.compress(numbers.numpy().astype("<u2").tobytes(), 9)).decode()
