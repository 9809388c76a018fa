"""Alters images: rotates, blurs, inverts, shuffles pixels or shuffles tiles. All image worlds share these
alterations."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from core.experiment.tasks import Image

SIDE = 28
TILE = 4  # pixels; the tiles of a jigsaw are squares


def alter(x: Tensor, task: Image) -> Tensor:
    """Alters images x (n, 28, 28) in [0, 1] as the task says."""
    if task.turn:
        angle = math.radians(task.turn)
        matrix = torch.tensor([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]])
        grid = F.affine_grid(matrix.expand(len(x), 2, 3), [len(x), 1, SIDE, SIDE], align_corners=False)
        x = F.grid_sample(x[:, None], grid, align_corners=False)[:, 0]
    if task.blur:
        reach = math.ceil(3 * task.blur)
        bell = torch.exp(-((torch.arange(-reach, reach + 1) / task.blur) ** 2) / 2)
        kernel = (bell[:, None] * bell / bell.sum() ** 2)[None, None]
        x = F.conv2d(x[:, None], kernel, padding=reach)[:, 0]
    if task.inverted:
        x = 1 - x
    if task.shuffled:
        order = torch.randperm(SIDE * SIDE, generator=torch.Generator().manual_seed(0))
        x = x.flatten(1)[:, order].view(-1, SIDE, SIDE)
    if task.jigsaw:
        across = SIDE // TILE
        order = torch.randperm(across**2, generator=torch.Generator().manual_seed(task.jigsaw))
        tiles = x.view(-1, across, TILE, across, TILE).transpose(2, 3).flatten(1, 2)[:, order]
        x = tiles.view(-1, across, across, TILE, TILE).transpose(2, 3).reshape(-1, SIDE, SIDE)
    return x
