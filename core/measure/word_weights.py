"""Returns the weight that a bag of words gives to each word of a sentence. The sum of the weights is its judgement."""

from __future__ import annotations

import math
from typing import Any

import torch

from core.measure import Learned
from core.worlds.sentiment import LENGTH, WORD, buckets


def measure(learned: list[Learned], *, prompts: tuple[str, ...]) -> dict[str, Any]:
    """Returns {"runs": [run][prompt] {"words": [[word, weight], ...], "kind": probability}} for the first seed.

    A weight is what the word adds to the log odds that the sentence is kind. Signs that are not words have weight 0.
    """
    return {"runs": [[weighed(learner, prompt) for prompt in prompts] for learner in learned]}


def weighed(learner: Learned, prompt: str) -> dict[str, Any]:
    """Returns the weight of each word of a prompt, and the probability that the prompt is kind."""
    table, head, bias = (learner.theta[name][0] for name in ("words.word", "head.weight", "head.bias"))
    towards = head[:, 1] - head[:, 0]  # (WIDTH,): the direction from unkind to kind
    spans = list(WORD.finditer(prompt.lower()))[:LENGTH]
    places = torch.tensor(buckets(prompt))[: len(spans)]
    adds = (table[places] @ towards / max(1, len(spans)) ** 0.5).tolist() if spans else []
    odds = sum(adds) + float(bias.flatten()[1] - bias.flatten()[0])
    parts, end = [], 0
    for span, add in zip(spans, adds):
        if span.start() > end:
            parts.append([prompt[end : span.start()], 0.0])
        parts.append([prompt[span.start() : span.end()], round(add, 4)])
        end = span.end()
    parts += [[prompt[end:], 0.0]] if end < len(prompt) else []
    return {"words": parts, "kind": round(1 / (1 + math.exp(-odds)), 4)}
