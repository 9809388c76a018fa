"""Low-rank adaptation of the layers between the first and the last only (LoRA, Hu et al. 2021), as it is usual for
large language models: their tables of tokens and their heads stay as they are.

The method's size is the rank. core/adapt/low_rank.py, which this uses, is for a task with a new head.
"""

from __future__ import annotations

import torch

from core.adapt import low_rank
from core.adapt.low_rank import delta
from core.nets import Theta, layer_of

__all__ = ["delta", "phi"]


def phi(start: Theta, size: int, rngs: list[torch.Generator]) -> Theta:
    layers = list(dict.fromkeys(layer_of(name) for name in start))
    between = layers[1:-1] or layers[:-1]  # a net of two layers has none between
    return low_rank.factors({name: w for name, w in start.items() if layer_of(name) in between}, size, rngs)
