"""Returns the answers of language models to instructions. The most likely token is chosen at every place, until the
model ends the answer."""

from __future__ import annotations

from typing import Any

from core.measure import Learned
from core.nets import Net, Theta
from core.training.text_generation import answers
from core.worlds import instructions


def measure(learned: list[Learned], *, prompts: tuple[str, ...]) -> dict[str, Any]:
    """Returns {"prompts", "answers": [run][prompt] {"says", "ends": whether by itself}} for the first seed of each
    run."""
    rows = [instructions.encode_prompt(prompt) for prompt in prompts]
    return {"prompts": list(prompts), "answers": [answer_rows(learner, rows) for learner in learned]}


def answer_rows(learner: Learned, rows: list[list[int]]) -> list[dict[str, Any]]:
    """Returns the answers of the first seed of one run."""
    theta = {name: weight[:1] for name, weight in learner.theta.items()}
    (answers,) = generate(learner.net, theta, rows)
    return [{"says": says, "ends": ends} for says, ends in answers]


def generate(net: Net, theta: Theta, rows: list[list[int]]) -> list[list[tuple[str, bool]]]:
    """Returns, for every seed and row of tokens, the text written after it and whether the model ended it."""
    seeds = len(next(iter(theta.values())))
    return [answers(net, {name: weight[k : k + 1] for name, weight in theta.items()}, rows) for k in range(seeds)]
