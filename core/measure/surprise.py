"""Measures how surprised a language model is by each token of a text, and which tokens it would have predicted, at
every frame."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from core import nets
from core.measure import Learned
from core.nets import Net, Theta
from core.training.text_generation import encoded
from core.worlds import text

SAID = 3  # number of most likely tokens that are returned for every place
NEXT = 8  # the same for the place after the text


def measure(learned: list[Learned], *, prompts: tuple[str, ...], count: int) -> dict[str, Any]:
    """Returns the surprise at each token and the most likely tokens, for the first seed.

    {"tokens": [prompt][place], "runs": [{"steps", "bits": [frame][prompt][place], "said": [frame][prompt][place][3]
    [token, probability], "next": [frame][prompt][8][token, probability]}]}

    `count` is the number of tokens that the net may look back. A prompt longer than the net's window is cut to its
    last tokens.
    """
    read = [encoded(prompt) for prompt in prompts]
    back = min(count, text.WINDOW)
    runs: list[dict[str, Any]] = []
    for learner in learned:
        found: dict[str, Any] = {"steps": list(learner.frames), "bits": [], "said": [], "next": []}
        for theta in learner.frames.values():
            rows = [chances(learner.net, theta, prompt, back) for prompt in read]
            found["bits"].append([bits(row, prompt) for row, prompt in zip(rows, read)])
            found["said"].append([likeliest(row[:-1], SAID) for row in rows])
            found["next"].append([likeliest(row[-1:], NEXT)[0] for row in rows])
        runs.append(found)
    return {"tokens": [[text.tokenizer().decode([k]) for k in prompt[1:].tolist()] for prompt in read], "runs": runs}


def chances(net: Net, theta: Theta, prompt: Tensor, back: int) -> Tensor:
    """Returns the log probabilities (places + 1, tokens) of the token after each token of the prompt. The net can
    look back at most `back` tokens."""
    with torch.no_grad():
        if back >= len(prompt):
            return nets.forward(net, theta, prompt[None, None])[0, 0].log_softmax(-1)
        starts = nets.forward(net, theta, prompt[None, None, : back - 1])[0, 0] if back > 1 else None
        last = nets.forward(net, theta, prompt.unfold(0, back, 1)[None])[0, :, -1]
        return torch.cat([starts, last] if starts is not None else [last]).log_softmax(-1)


def bits(row: Tensor, prompt: Tensor) -> list[float]:
    """Returns the surprise at every token after the break, in bits."""
    found = row[:-1].gather(1, prompt[1:, None])[:, 0]
    return [round(nats / -math.log(2), 2) for nats in found.tolist()]


def likeliest(row: Tensor, count: int) -> list[list[tuple[str, float]]]:
    """Returns the most likely next tokens of every place with their probabilities, from row (places, tokens)."""
    top = row.topk(count)
    names = text.tokenizer()
    return [
        [(names.decode([k]), round(math.exp(v), 4)) for k, v in zip(places, values)]
        for places, values in zip(top.indices.tolist(), top.values.tolist())
    ]
