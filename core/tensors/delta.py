"""What fine-tuning added, taken apart: its size in every direction, and its best copy of a low rank.

A delta is {name of a weight: tensor}, each tensor with a leading seed axis. Knows no net, no method and no data.
"""

from __future__ import annotations

import torch
from torch import Tensor

from core.tensors.theta import Theta


def between(start: Theta, end: Theta) -> Theta:
    """end - start, for the weights that both have in the same shape; a start of one seed serves all of them."""
    return {name: end[name] - weight for name, weight in start.items() if end[name].shape[1:] == weight.shape[1:]}


def is_matrix(name: str) -> bool:
    return not name.endswith(".bias")


def truncated(delta: Theta, rank: int) -> Theta:
    """The nearest delta whose matrices have no higher rank (Eckart & Young 1936); biases stay as they are.

    The matrix of a convolution (seeds, outputs, inputs, k, k) is (outputs, inputs * k * k).
    """
    return {name: cut(part, rank) if is_matrix(name) else part for name, part in delta.items()}


def cut(weight: Tensor, rank: int) -> Tensor:
    """(seeds, rows, ...) -> the same shape, of this rank."""
    left, sizes, right = torch.linalg.svd(weight.flatten(2), full_matrices=False)
    return (left[..., :rank] * sizes[:, None, :rank] @ right[:, :rank]).view_as(weight)


def spectrum(delta: Theta) -> Theta:
    """The singular values of every matrix, (seeds, rank), largest first."""
    return {name: torch.linalg.svdvals(part.flatten(2)) for name, part in delta.items() if is_matrix(name)}
