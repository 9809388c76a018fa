"""Photos of clothing, grey on black: 4,000 images of Fashion-MNIST (Xiao et al. 2017), 300 a class to train on and
100 a class that only test. photos/README.md says how they came here. Knows no net.
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
    """All images by class: (10, 400, 28, 28) uint8, the last 100 of each from Fashion-MNIST's own test set."""
    sheet = np.array(Picture.open(SHEET))
    rows = sheet.reshape(len(sheet) // SIDE, SIDE, -1, SIDE).swapaxes(1, 2)
    return torch.from_numpy(rows.reshape(CLASSES, EACH, SIDE, SIDE))


def classes(task: Clothing) -> int:
    return CLASSES


def as_input(images: Tensor, task: Clothing) -> Tensor:
    """uint8 images (n, 28, 28) -> float images (n, 1, 28, 28) as the task wants them seen."""
    return alter(images.float() / 255, task)[:, None]


def train(task: Clothing, seeds: range) -> TrainingSet:
    """Each seed draws its own `labels` images of every class."""
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
    return as_input(photos()[:, TRAIN:].flatten(0, 1), task), torch.arange(CLASSES).repeat_interleave(EACH - TRAIN)
