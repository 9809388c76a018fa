"""Learned rescaling: every feature below the head becomes stronger or weaker (IA3, Liu et al. 2022).

There is one trained number for each output of each matrix, as in PEFT. The output and its bias are multiplied by 1 +
phi. The head, which is new for a new task, is trained in full.
"""

from __future__ import annotations

import torch

from core.adapt import probe
from core.nets import Theta, layer_of
from core.tensors.delta import is_matrix

SCALE = ".scale"


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    """Returns a vector of zeros for every matrix, of shape (outputs,). The outputs of a convolution are the first
    axis of its kernels (outputs, inputs, k, k)."""
    moving = probe.phi(start, 0, rngs)
    for name, weight in start.items():
        if is_matrix(name) and name not in moving:
            outputs = weight.shape[1] if weight.dim() == 5 else weight.shape[-1]
            moving[name + SCALE] = torch.zeros(len(weight), outputs)
    return moving


def delta(start: Theta, phi: Theta) -> Theta:
    added = {}
    for name, part in phi.items():
        matrix, bias = name.removesuffix(SCALE), f"{layer_of(name)}.bias"
        if matrix == name:  # a weight of the head
            added[name] = part
            continue
        each = part[..., None, None, None] if start[matrix].dim() == 5 else part[:, None]
        added[matrix] = start[matrix] * each
        if bias in start and matrix.endswith(".weight"):
            added[bias] = start[bias] * part.view_as(start[bias])
    return added
