"""Adapters: after every layer below the head a narrow detour, x + up(relu(down(x))) (Houlsby et al. 2019).

The method's size is the detour's width. Its weights are new ones, which nets.forward takes where theta has them; those
of the start stay as they are, but for the head, which a new task brings with it.
"""

from __future__ import annotations

import torch

from core.adapt import probe
from core.nets import Theta, layer_of


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    """down (features, width) is random, up (width, features) is zero: the detour begins with nothing to say."""
    moving, width = probe.phi(start, 0, rngs), max(size, 1)
    for name, part in start.items():
        down, up = f"{layer_of(name)}.down", f"{layer_of(name)}.up"
        if name in (down, up):  # learned before: it goes on from there
            moving[name] = torch.zeros_like(part)
        elif name.endswith(".bias") and name not in moving and down not in start:
            features = part[0].numel()
            drawn = torch.stack([torch.rand(features, width, generator=rng) * 2 - 1 for rng in rngs])
            moving |= {down: drawn / features**0.5, up: torch.zeros(len(part), width, features)}
    return moving


def delta(start: Theta, phi: Theta) -> Theta:
    return phi
