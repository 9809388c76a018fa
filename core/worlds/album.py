"""A world of small pictures in classes, from an album that somebody put together. Does not depend on nets."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from core.experiment.tasks import Album
from core.user_data import album, storage
from core.worlds import TrainingSet, draw_per_class, generator
from core.worlds.image import alter


def classes(task: Album) -> int:
    return len(album.load(task.album).names)


def names(task: Album) -> tuple[str, ...]:
    return album.load(task.album).names


@lru_cache(maxsize=16)
def pictures(name: str) -> tuple[Tensor, list[list[int]], list[list[int]]]:
    """Returns all pictures (n, 28, 28) uint8, and the positions of the training and of the test pictures of each
    class."""
    found = album.load(name)
    return torch.from_numpy(found.images), *storage.split_train_test(found.labels.tolist(), name)


def as_input(images: Tensor, task: Album) -> Tensor:
    """Converts uint8 images (n, 28, 28) to float images (n, 1, 28, 28), altered as the task says."""
    return alter(images.float() / 255, task)[:, None]


def train(task: Album, seeds: range) -> TrainingSet:
    """Draws the training pictures of each seed."""
    images, places, _ = pictures(task.album)
    xs, ys = [], []
    for seed in seeds:
        rng = generator("album", seed)
        index, y = draw_per_class(places, task.labels, rng)
        wrong = torch.rand(len(y), generator=rng) < task.noise
        xs.append(as_input(images[index], task))
        ys.append(torch.where(wrong, torch.randint(len(places), y.shape, generator=generator("noise", seed)), y))
    return TrainingSet(torch.stack(xs), torch.stack(ys))


def test(task: Album) -> tuple[Tensor, Tensor]:
    """Returns all test pictures."""
    images, _, places = pictures(task.album)
    index, y = draw_per_class(places, len(images), generator("album test", 0))
    return as_input(images[index], task), y
