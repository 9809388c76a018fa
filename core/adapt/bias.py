"""Trains only the biases, and the head, which is new for a new task (BitFit, Ben Zaken et al. 2022)."""

from __future__ import annotations

import torch

from core.adapt import probe
from core.nets import Theta


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    head = probe.phi(start, 0, rngs)
    return {name: torch.zeros_like(part) for name, part in start.items() if name.endswith(".bias") or name in head}


def delta(start: Theta, phi: Theta) -> Theta:
    return phi
