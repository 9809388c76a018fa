"""Generates text with a language model: the most likely token at every place, or tokens sampled from the model's
probabilities. Does not depend on runs."""

from __future__ import annotations

import torch
from torch import Tensor

from core import nets
from core.nets import Net, Theta
from core.user_data.corpus import BREAK
from core.worlds import generator, instructions, text

LONGEST = 14  # the most tokens of an answer
CHUNK = 64  # rows that go through the net at once
TEMPERATURE = 0.7  # below 1, so that likely tokens are sampled more often than the net itself predicts


def encoded(prompt: str) -> Tensor:
    """Encodes a prompt as a break and the last tokens that fit into the net's window, of shape (places + 1,)."""
    found = text.tokens([prompt]).long()
    return torch.cat([found[:1], found[1:][1 - text.WINDOW :]])


def continued(net: Net, theta: Theta, prompt: str, count: int, seed: int) -> list[str]:
    """Samples the text that follows a prompt, once for each set of weights in `theta` (frames, ...). The frames of a
    recording take the place of the seeds."""
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


def answers(net: Net, theta: Theta, rows: list[list[int]]) -> list[tuple[str, bool]]:
    """Returns the most likely answer to each row of tokens, and whether the answer ended by itself. `theta` holds one
    seed.

    Rows that have ended do not go through the net again.
    """
    starts = torch.tensor([len(row) for row in rows])
    ends = starts.clone()  # position of the next token
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
    """Returns the most likely next token of each row. x is (n, places), and no place sees later places."""
    features = nets.forward(net, theta, x[None, :, : int(ends.max())], 0, -1)
    last = features[0, torch.arange(len(x)), ends - 1]
    return nets.forward(net, theta, last[None, :, None], len(net) - 1)[0, :, 0].argmax(-1)
