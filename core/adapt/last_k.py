"""Fine-tunes the last k layers and freezes all layers below (Yosinski et al. 2014). k is the method's size."""

from __future__ import annotations

import torch

from core.nets import Theta, layer_of


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    layers = list(dict.fromkeys(layer_of(name) for name in start))
    last = layers[-max(size, 1) :]
    return {name: torch.zeros_like(weight) for name, weight in start.items() if layer_of(name) in last}


def delta(start: Theta, phi: Theta) -> Theta:
    return phi
