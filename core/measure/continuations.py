"""What a language model writes after a prompt, at every frame of its training."""

from __future__ import annotations

from typing import Any

import torch

from core import nets
from core.corpus import BREAK
from core.measure import Learned
from core.measure.surprise import encoded
from core.nets import Net, Theta
from core.worlds import generator, text

TEMPERATURE = 0.7  # below 1: likely tokens are drawn more often than the net itself believes


def measure(learned: list[Learned], *, prompts: tuple[str, ...], count: int, first_seed: int) -> dict[str, Any]:
    """{"runs": [{"steps", "texts": [prompt][frame]}]}: `count` tokens each, drawn by the first seed with the same
    random numbers at every frame, up to where the net ends its document."""
    runs = []
    for learner in learned:
        theta = {name: torch.cat([frame[name] for frame in learner.frames.values()]) for name in learner.theta}
        texts = [written(learner.net, theta, prompt, count, first_seed) for prompt in prompts]
        runs.append({"steps": list(learner.frames), "texts": texts})
    return {"runs": runs}


def written(net: Net, theta: Theta, prompt: str, count: int, seed: int) -> list[str]:
    """The text that follows a prompt; theta (frames, ...) stands where seeds do."""
    rng = generator(f"continuation of {prompt}", seed)
    begun = encoded(prompt)
    rows = begun.expand(len(theta["head.weight"]), 1, -1)
    with torch.no_grad():
        for _ in range(count):
            logits = nets.forward(net, theta, rows[..., -text.WINDOW :])[:, :, -1]
            up_to = (logits / TEMPERATURE).softmax(-1).cumsum(-1)
            drawn = (up_to < torch.rand(1, generator=rng)).sum(-1, keepdim=True).clamp(max=up_to.shape[-1] - 1)
            rows = torch.cat([rows, drawn], -1)
    texts = [str(text.tokenizer().decode(row[len(begun) :].tolist())) for row in rows[:, 0]]
    return [continued.split(BREAK)[0] for continued in texts]
