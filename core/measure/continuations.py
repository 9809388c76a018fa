"""What a language model writes after a prompt, at every frame of its training."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets
from core.measure import Learned
from core.measure.surprise import encoded
from core.nets import Net, Theta
from core.spec import Measure
from core.worlds import generator, text

TEMPERATURE = 0.8  # below 1: likely tokens are drawn more often than the net itself believes


def measure(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """{"runs": [{"steps", "texts": [frame][prompt]}]}: `count` tokens each, drawn by the first seed with the same
    random numbers at every frame, up to where the net ends its document."""
    prompts = [encoded(prompt) for prompt in value.prompts]
    runs = []
    for one in learned:
        texts = [
            [written(one.net, theta, prompt, value.count, value.first_seed) for prompt in prompts]
            for theta in one.frames.values()
        ]
        runs.append({"steps": list(one.frames), "texts": texts})
    return {"runs": runs}


def written(net: Net, theta: Theta, prompt: Tensor, count: int, seed: int) -> str:
    """The text that follows prompt (places,)."""
    rng = generator("continuation", seed)
    row = prompt
    with torch.no_grad():
        for _ in range(count):
            logits = nets.forward(net, theta, row[None, None, -text.WINDOW :])[0, 0, -1]
            drawn = torch.multinomial((logits / TEMPERATURE).softmax(0), 1, generator=rng)
            if int(drawn) == int(prompt[0]):  # a break
                break
            row = torch.cat([row, drawn])
    return str(text.tokenizer().decode(row[len(prompt) :].tolist()))
