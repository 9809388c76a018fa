"""Rows of a table that somebody brought: points in the plane, and what each is labelled. Knows no net."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core import table
from core.tasks import Table
from core.worlds import Pool, brought

EXHIBIT = "map"


def classes(task: Table) -> int:
    return len(table.load(task.table).classes)


def names(task: Table) -> tuple[str, ...]:
    return table.load(task.table).classes


def rows(task: Table) -> tuple[Tensor, Tensor]:
    """All points (n, 2), turned, and their classes (n,)."""
    known, angle = table.load(task.table), math.radians(task.turn)
    turn = torch.tensor([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return torch.tensor(known.scaled()) @ turn, torch.tensor(known.labels)


def train(task: Table, seeds: range) -> Pool:
    x, y = rows(task)
    drawn = list(brought.learned(y, task.labels, task.noise, seeds))
    return Pool(torch.stack([x[places] for places, _ in drawn]), torch.stack([labels for _, labels in drawn]))


def test(task: Table) -> tuple[Tensor, Tensor]:
    x, y = rows(task)
    places = brought.tests(y)
    return x[places], y[places]
