"""Says where the models are that `make real` and `make encoder` download, and whether they are here. Does not import
torch, so that pages may ask.

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
PHOTOS = HERE / "photos.npz"  # which come with the models: core/fetch/debian.py


@dataclass(frozen=True, kw_only=True)
class ModelFiles:
    """The files of one model."""

    name: str  # name in sentences
    weights: str  # file of the weights
    sha256: str  # of that file
    others: tuple[str, ...] = ()  # files that it needs besides
    command: str = "make real"  # the command that downloads it

    @property
    def paths(self) -> list[Path]:
        """Returns the paths of all files, the weights first, whether or not they are here."""
        return [HERE / file for file in (self.weights, *self.others)]

    def is_here(self) -> bool:
        """Returns whether all files are on this machine. Does not read them."""
        return all(path.exists() for path in self.paths)

    def missing(self) -> str:
        """Returns the sentence for a model that is not here."""
        return f"{self.name} is not on this machine. `{self.command}` downloads it."

    def read(self) -> bytes:
        """Reads the file of the weights. Raises BadValue if a file is missing, or the weights differ in any byte."""
        if not self.is_here():
            raise BadValue(self.missing())
        data = self.paths[0].read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            wrong = f"{self.name} does not have the SHA-256 that is expected."
            raise BadValue(f"{wrong} `{self.command}` downloads it again.")
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


ENCODER = ModelFiles(
    name="The sentence encoder",
    weights="model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    others=("tokenizer.json",),
    command="make encoder",
)


def is_here(net: str) -> bool:
    """Returns whether the model that fits this net is on this machine."""
    return MODELS[net].is_here()
