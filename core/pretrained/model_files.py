"""Says where the models are that `make real` downloads, and whether they are here. Does not import torch, so that pages
may ask.

SmolLM2's file stays as it comes, because it is small and exact: its numbers have 4 or 8 bits, and a worker makes 32 of
them in a second. (In 16 bits it would be three times as large, and its answers would differ in the second digit.)
EfficientNet's file is pickled, so `make real` reads the tensors in it once, and keeps them as safetensors.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from core.experiment.checks import BadValue

HERE = Path(__file__).parents[1] / "brought"


@dataclass(frozen=True, kw_only=True)
class ModelFiles:
    """The files of one model."""

    name: str  # name in sentences
    weights: str  # file of the weights
    sha256: str  # of that file
    others: tuple[str, ...] = ()  # files that it needs besides

    def is_here(self) -> bool:
        """Returns whether all files are on this machine. Does not read them."""
        return all((HERE / file).exists() for file in (self.weights, *self.others))

    def missing(self) -> str:
        """Returns the sentence for a model that is not here."""
        return f"{self.name} is not on this machine. `make real` downloads it."

    def read(self) -> bytes:
        """Reads the file of the weights. Raises BadValue if a file is missing, or the weights differ in any byte."""
        if not self.is_here():
            raise BadValue(self.missing())
        data = (HERE / self.weights).read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise BadValue(f"{self.name} does not have the SHA-256 that is expected. `make real` downloads it again.")
        return data


MODELS = {  # by the name of their net in core/nets
    "efficientnet_lite0": ModelFiles(
        name="EfficientNet-Lite0",
        weights="efficientnet_lite0.safetensors",
        sha256="bd86309eb7f2d080890864a0ebc291464b2e03cef7c9f35bf2853e51f02a9fe6",
    ),
    "smollm2": ModelFiles(
        name="SmolLM2-135M",
        weights="smollm2.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        others=("smollm2_tokenizer.json",),
    ),
}


def is_here(net: str) -> bool:
    """Returns whether the model that fits this net is on this machine."""
    return MODELS[net].is_here()


def paths(net: str) -> list[Path]:
    """Returns all files of the model that fits this net, the weights first, whether or not they are here."""
    return [HERE / file for file in (MODELS[net].weights, *MODELS[net].others)]
