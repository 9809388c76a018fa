"""Divides the square that a map of the plane shows into cells. All worlds of points share it."""

from __future__ import annotations

import torch
from torch import Tensor

REACH = 2.2  # a map shows the square from -REACH to REACH


def grid(side: int) -> Tensor:
    """Returns the centres of the cells, (side * side, 2), row by row, starting with the lowest row."""
    middles = (torch.arange(side) + 0.5) / side * 2 * REACH - REACH
    y, x = torch.meshgrid(middles, middles, indexing="ij")
    return torch.stack([x, y], -1).view(-1, 2)
