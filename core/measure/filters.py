"""The first layer's filters at every frame, as pictures: what a net looks for before anything else."""

from __future__ import annotations

import base64
from typing import Any

from torch import Tensor

from core.experiment.checks import BadValue
from core.measure import Learned


def measure(learned: list[Learned]) -> dict[str, Any]:
    """{"side", "runs": [{"steps", "images": [frame][filter]}]} of the first seed; an image is side * side bytes in
    base64, in which 1, 128 and 255 are the same strength below zero, nothing, and that strength above it."""
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
    """A filter (side, side) in [-1, 1] as bytes in base64."""
    return base64.b64encode((filter * 127 + 128).round().byte().numpy().tobytes()).decode()
