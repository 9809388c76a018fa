"""Linear probe: trains only the head, on frozen features (Alain & Bengio 2016)."""

from __future__ import annotations

import torch

from core.adapt import last_k
from core.adapt.last_k import delta
from core.nets import Theta

__all__ = ["delta", "phi"]


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    return last_k.phi(start, 1, rngs)
