"""Full fine-tuning: delta is phi itself, for every weight. From a random start, this is training from scratch."""

from __future__ import annotations

import torch

from core.nets import Theta


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    return {name: torch.zeros_like(weight) for name, weight in start.items()}


def delta(start: Theta, phi: Theta) -> Theta:
    return phi
