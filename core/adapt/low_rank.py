"""Low-rank adaptation: the update of every matrix below the head is a product of two thin matrices (LoRA, Hu et al.
2021).

The method's size is the rank. The paper's alpha equals the rank, so the product is not scaled at any rank. For a
convolution, the first factor is a convolution with few outputs and the second factor mixes these outputs, as in PEFT.
Biases stay unchanged. The head, which is new for a new task, is trained in full.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core.adapt import probe
from core.nets import Theta
from core.tensors.delta import is_matrix


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    """Returns the initial factors: A is random and B is zero. Their shapes are (inputs, rank) and (rank, outputs) for
    a matrix, (rank, inputs, k, k) and (outputs, rank) for the kernels of a convolution."""
    head = probe.phi(start, 0, rngs)
    return head | factors({name: weight for name, weight in start.items() if name not in head}, size, rngs)


def factors(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    """Returns the initial factors of every matrix in `start`."""
    found, rank = {}, max(size, 1)
    for name, weight in start.items():
        if is_matrix(name):
            seeds, rows, *rest = weight.shape
            kernels = len(rest) > 1
            a, b = ((rank, *rest), (rows, rank)) if kernels else ((rows, rank), (rank, *rest))
            drawn = torch.stack([torch.rand(a, generator=rng) * 2 - 1 for rng in rngs])
            # the same range as in a new layer
            found[f"{name}.A"] = drawn / (math.prod(rest) if kernels else rows) ** 0.5
            found[f"{name}.B"] = torch.zeros(seeds, *b)
    return found


def delta(start: Theta, phi: Theta) -> Theta:
    products = {name[:-2]: product(a, phi[name[:-1] + "B"]) for name, a in phi.items() if name.endswith(".A")}
    return products | {name: part for name, part in phi.items() if name[-2:] not in (".A", ".B")}


def product(a: Tensor, b: Tensor) -> Tensor:
    """Multiplies the two factors of a matrix or of the kernels of a convolution."""
    return a @ b if a.dim() == 3 else (b @ a.flatten(2)).unflatten(-1, a.shape[2:])
