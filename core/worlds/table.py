"""A world of labelled points from a table. Does not depend on nets."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from core.experiment.tasks import Table
from core.user_data import storage, table
from core.worlds import TrainingSet, draw_per_class, generator

EXHIBIT = "map"


def classes(task: Table) -> int:
    return len(table.load(task.table).names)


def names(task: Table) -> tuple[str, ...]:
    return table.load(task.table).names


@lru_cache(maxsize=16)
def points(name: str) -> tuple[Tensor, list[list[int]], list[list[int]]]:
    """Returns all points (n, 2), and the positions of the training and of the test points of each class."""
    found = table.load(name)
    return torch.tensor(found.points), *storage.split_train_test(found.labels, name)


def train(task: Table, seeds: range) -> TrainingSet:
    """Draws the training points of each seed."""
    x, places, _ = points(task.table)
    drawn = [draw_per_class(places, task.labels, generator("table", seed)) for seed in seeds]
    return TrainingSet(torch.stack([x[index] for index, _ in drawn]), torch.stack([y for _, y in drawn]))


def test(task: Table) -> tuple[Tensor, Tensor]:
    """Returns all test points."""
    x, _, places = points(task.table)
    index, y = draw_per_class(places, len(x), generator("table test", 0))
    return x[index], y
