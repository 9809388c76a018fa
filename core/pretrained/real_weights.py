"""Loads the weights of the models that `make real` downloads. Only workers do this."""

from __future__ import annotations

from functools import cache

from safetensors.torch import load
from torch import Tensor

from core.pretrained import gguf, language_model
from core.pretrained.model_files import MODELS
from core.tensors.theta import Theta


@cache
def load_theta(net: str) -> Theta:
    """Loads the weights that fit a net in core/nets, of shape (1, ...) each, in 32 bits: 19 MB for
    efficientnet_lite0, 540 MB for smollm2. Raises BadValue if they are missing, or differ from the published ones."""
    data = MODELS[net].read()
    weights: dict[str, Tensor] = language_model.convert(gguf.parse(data)) if net == "smollm2" else load(data)
    return {name: part[None] for name, part in weights.items()}
