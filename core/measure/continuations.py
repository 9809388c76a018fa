"""Samples what a language model writes after a prompt, at every frame of its training."""

from __future__ import annotations

from typing import Any

import torch

from core.measure import Learned
from core.training.text_generation import continued


def measure(learned: list[Learned], *, prompts: tuple[str, ...], count: int, first_seed: int) -> dict[str, Any]:
    """Returns {"runs": [{"steps", "texts": [prompt][frame]}]} for the first seed.

    Each text has `count` tokens, or fewer if the net ends its document. The random numbers are the same at every
    frame.
    """
    runs = []
    for learner in learned:
        theta = {name: torch.cat([frame[name] for frame in learner.frames.values()]) for name in learner.theta}
        texts = [continued(learner.net, theta, prompt, count, first_seed) for prompt in prompts]
        runs.append({"steps": list(learner.frames), "texts": texts})
    return {"runs": runs}
