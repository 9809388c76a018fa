"""Adapters: a narrow bottleneck after every layer below the head, x + up(relu(down(x))) (Houlsby et al. 2019).

The method's size is the width of the bottleneck. The adapters have weights of their own, which `nets.forward` uses if
theta has them. The weights of the start stay unchanged, except the head, which is new for a new task.
"""

from __future__ import annotations

import torch

from core.adapt import probe
from core.nets import Theta, layer_of


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    """Returns the initial weights. down (features, width) is random and up (width, features) is zero, so the adapters
    change nothing at first."""
    moving, width = probe.phi(start, 0, rngs), max(size, 1)
    for name, part in start.items():
        down, up = f"{layer_of(name)}.down", f"{layer_of(name)}.up"
        if name in (down, up):  # trained in an earlier run, and training continues here
            moving[name] = torch.zeros_like(part)
        elif name.endswith(".bias") and name not in moving and down not in start:
            features = part[0].numel()
            drawn = torch.stack([torch.rand(features, width, generator=rng) * 2 - 1 for rng in rngs])
            moving |= {down: drawn / features**0.5, up: torch.zeros(len(part), width, features)}
    return moving


def delta(start: Theta, phi: Theta) -> Theta:
    return phi
