"""What language models answer to instructions: the likeliest token at every place, until they end the answer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import nets
from core.measure import Learned
from core.nets import Net, Theta
from core.worlds import instructions, text

LONGEST = 14  # tokens of an answer
CHUNK = 64  # rows that go through the net at a time


def measure(learned: list[Learned], *, prompts: tuple[str, ...]) -> dict[str, Any]:
    """{"prompts", "answers": [run][prompt] {"says", "ends": whether by itself}}, of the first seed of each run."""
    rows = [instructions.opened(prompt) for prompt in prompts]
    return {"prompts": list(prompts), "answers": [answered(learner, rows) for learner in learned]}


def answered(learner: Learned, rows: list[list[int]]) -> list[dict[str, Any]]:
    theta = {name: weight[:1] for name, weight in learner.theta.items()}
    (answers,) = written(learner.net, theta, rows)
    return [{"says": says, "ends": ends} for says, ends in answers]


def written(net: Net, theta: Theta, rows: list[list[int]]) -> list[list[tuple[str, bool]]]:
    """For every seed and row of tokens: what is written after it, and whether that was ended."""
    seeds = len(next(iter(theta.values())))
    return [answers(net, {name: weight[k : k + 1] for name, weight in theta.items()}, rows) for k in range(seeds)]


def answers(net: Net, theta: Theta, rows: list[list[int]]) -> list[tuple[str, bool]]:
    """The same for one seed; rows that have ended are asked no more."""
    starts = torch.tensor([len(row) for row in rows])
    ends = starts.clone()  # where the next token goes
    x = torch.full((len(rows), int(ends.max()) + LONGEST), instructions.stop())
    for k, row in enumerate(rows):
        x[k, : len(row)] = torch.tensor(row)
    going = torch.arange(len(rows))
    with torch.no_grad():
        for _ in range(LONGEST):
            best = torch.cat([following(net, theta, x[some], ends[some]) for some in going.split(CHUNK)])
            going, best = going[best != instructions.stop()], best[best != instructions.stop()]
            x[going, ends[going]] = best
            ends[going] += 1
            if not len(going):
                break
    written_rows = [x[k, start:end].tolist() for k, (start, end) in enumerate(zip(starts, ends))]
    unended = set(going.tolist())
    return [(text.tokenizer().decode(row).strip(), k not in unended) for k, row in enumerate(written_rows)]


def following(net: Net, theta: Theta, x: Tensor, ends: Tensor) -> Tensor:
    """The likeliest token at each row's end: x (n, places), of which no place sees what comes later."""
    features = nets.forward(net, theta, x[None, :, : int(ends.max())], 0, -1)
    last = features[0, torch.arange(len(x)), ends - 1]
    return nets.forward(net, theta, last[None, :, None], len(net) - 1)[0, :, 0].argmax(-1)
