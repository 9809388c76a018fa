"""Analyses what fine-tuning has added: its singular values, and its best approximation of low rank.

A delta is {name of a weight: tensor}, where each tensor has a leading seed axis. This module does not depend on nets,
methods or data.
"""

from __future__ import annotations

import torch
from torch import Tensor

from core.tensors.theta import Theta


def between(start: Theta, end: Theta) -> Theta:
    """Returns end - start for the weights that have the same shape in both. A start with one seed is used for all
    seeds."""
    return {name: end[name] - weight for name, weight in start.items() if end[name].shape[1:] == weight.shape[1:]}


def is_matrix(name: str) -> bool:
    """Returns whether a weight is a matrix, and not a bias or a gain of each feature."""
    return not name.endswith(("bias", "gain"))


def truncated(delta: Theta, rank: int) -> Theta:
    """Returns the nearest delta whose matrices have at most this rank (Eckart & Young 1936). Biases stay unchanged."""
    return {name: cut(part, rank) if is_matrix(name) else part for name, part in delta.items()}


def cut(weight: Tensor, rank: int) -> Tensor:
    """Returns the nearest matrix of this rank, in the same shape (seeds, rows, ...)."""
    left, sizes, right = torch.linalg.svd(weight.flatten(2), full_matrices=False)
    return (left[..., :rank] * sizes[:, None, :rank] @ right[:, :rank]).view_as(weight)


def spectrum(delta: Theta) -> Theta:
    """Returns the singular values of every matrix, (seeds, rank), largest first."""
    return {name: torch.linalg.svdvals(part.flatten(2)) for name, part in delta.items() if is_matrix(name)}
