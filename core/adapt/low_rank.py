"""Low-rank adaptation: every matrix below the head moves by a product of two thin ones (LoRA, Hu et al. 2021).

The method's size is the rank. Their alpha is the rank, so the product counts once at every rank. A convolution's
first factor is a convolution with few outputs, its second mixes these, as PEFT does it. Biases stay; the head, which
a new task brings with it, is trained whole.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core.adapt import probe
from core.nets import Theta
from core.tensors.delta import is_matrix


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    """A is random, B is zero: (inputs, rank) and (rank, outputs) for a matrix, (rank, inputs, k, k) and (outputs, rank)
    for the kernels of a convolution."""
    moving, rank = probe.phi(start, 0, rngs), max(size, 1)
    for name, weight in start.items():
        if is_matrix(name) and name not in moving:
            seeds, rows, *rest = weight.shape
            kernels = len(rest) > 1
            a, b = ((rank, *rest), (rows, rank)) if kernels else ((rows, rank), (rank, *rest))
            drawn = torch.stack([torch.rand(a, generator=rng) * 2 - 1 for rng in rngs])
            moving[f"{name}.A"] = drawn / (math.prod(rest) if kernels else rows) ** 0.5  # as wide as a fresh layer
            moving[f"{name}.B"] = torch.zeros(seeds, *b)
    return moving


def delta(start: Theta, phi: Theta) -> Theta:
    products = {name[:-2]: product(a, phi[name[:-1] + "B"]) for name, a in phi.items() if name.endswith(".A")}
    return products | {name: part for name, part in phi.items() if name[-2:] not in (".A", ".B")}


def product(a: Tensor, b: Tensor) -> Tensor:
    """The matrix, or the kernels, that both factors make."""
    return a @ b if a.dim() == 3 else (b @ a.flatten(2)).unflatten(-1, a.shape[2:])
