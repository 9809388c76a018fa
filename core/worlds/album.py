"""Pictures in folders that somebody brought, a folder a class. Knows no net."""

from __future__ import annotations

import torch
from torch import Tensor

from core import album
from core.tasks import Album
from core.worlds import Pool, brought
from core.worlds.image import alter


def classes(task: Album) -> int:
    return len(album.load(task.album).classes)


def names(task: Album) -> tuple[str, ...]:
    return album.load(task.album).classes


def labels(task: Album) -> Tensor:
    return torch.tensor(album.load(task.album).labels)


def seen(task: Album, places: Tensor) -> Tensor:
    """The pictures at these places (n, 1, 28, 28) as the task wants them seen."""
    pictures = torch.tensor(album.load(task.album).images[places.numpy()])
    return alter(pictures.float() / 255, task)[:, None]


def train(task: Album, seeds: range) -> Pool:
    drawn = list(brought.learned(labels(task), task.labels, task.noise, seeds))
    return Pool(torch.stack([seen(task, places) for places, _ in drawn]), torch.stack([y for _, y in drawn]))


def test(task: Album) -> tuple[Tensor, Tensor]:
    places = brought.tests(labels(task))
    return seen(task, places), labels(task)[places]
