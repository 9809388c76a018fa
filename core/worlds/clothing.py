"""A world of clothing photos, grey on black: 4,000 images of Fashion-MNIST (Xiao et al. 2017).

Each class has 300 images for training and 100 for testing. photos/README.md says where the images come from. This
module does not depend on nets.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image as Picture
from torch import Tensor

from core.experiment.tasks import Clothing
from core.worlds import TrainingSet, generator
from core.worlds.image import SIDE, alter

SHEET = Path(__file__).parent / "photos" / "clothing.png"
CLASSES, EACH, TRAIN = 10, 400, 300


@cache
def photos() -> Tensor:
    """Returns all images by class, (10, 400, 28, 28) uint8. The last 100 of each class are from Fashion-MNIST's own
    test set."""
    sheet = np.array(Picture.open(SHEET))
    rows = sheet.reshape(len(sheet) // SIDE, SIDE, -1, SIDE).swapaxes(1, 2)
    return torch.from_numpy(rows.reshape(CLASSES, EACH, SIDE, SIDE))


def classes(task: Clothing) -> int:
    return CLASSES


def as_input(images: Tensor, task: Clothing) -> Tensor:
    """Converts uint8 images (n, 28, 28) to float images (n, 1, 28, 28), altered as the task says."""
    return alter(images.float() / 255, task)[:, None]


def train(task: Clothing, seeds: range) -> TrainingSet:
    """Draws `labels` images of every class for each seed."""
    drawn = []
    for seed in seeds:
        rng = generator("clothing", seed)
        pick = torch.stack([torch.randperm(TRAIN, generator=rng)[: task.labels] for _ in range(CLASSES)])
        x = as_input(torch.stack([photos()[k, places] for k, places in enumerate(pick)]).flatten(0, 1), task)
        y = torch.arange(CLASSES).repeat_interleave(task.labels)
        wrong = torch.rand(len(y), generator=rng) < task.noise
        y = torch.where(wrong, torch.randint(CLASSES, y.shape, generator=generator("noise", seed)), y)
        order = torch.randperm(len(y), generator=rng)
        drawn.append((x[order], y[order]))
    return TrainingSet(torch.stack([x for x, _ in drawn]), torch.stack([y for _, y in drawn]))


@cache
def test(task: Clothing) -> tuple[Tensor, Tensor]:
    """Returns all test images, ordered by class."""
    return as_input(photos()[:, TRAIN:].flatten(0, 1), task), torch.arange(CLASSES).repeat_interleave(EACH - TRAIN)
