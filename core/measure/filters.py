"""Returns the filters of the first layer as pictures, at every frame."""

from __future__ import annotations

import base64
from typing import Any

from torch import Tensor

from core.experiment.checks import BadValue
from core.measure import Learned


def measure(learned: list[Learned]) -> dict[str, Any]:
    """Returns {"side", "runs": [{"steps", "images": [frame][filter]}]} for the first seed.

    An image is side * side bytes in base64. A byte of 128 is zero. 1 and 255 are equally far below and above zero.
    """
    found, side = [], 0
    for learner in learned:
        frames = [theta[f"{next(iter(learner.net))}.weight"][0] for theta in learner.frames.values()]
        if any(frame.dim() != 4 for frame in frames):
            raise BadValue("Only a net for pictures has filters to show.")
        strength = max(float(frame.abs().max()) for frame in frames)
        side = frames[0].shape[-1]
        found.append(
            {"steps": list(learner.frames), "images": [[to_base64(f[0] / strength) for f in fs] for fs in frames]}
        )
    return {"side": side, "runs": found}


def to_base64(filter: Tensor) -> str:
    """Encodes a filter (side, side) in [-1, 1] as bytes in base64."""
    return base64.b64encode((filter * 127 + 128).round().byte().numpy().tobytes()).decode()
