"""Packs questions and answers as tokens, so that only the tokens of the answer count in the loss."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

SKIP = -100  # a place without a question, as PyTorch's cross-entropy marks it


def pack(pairs: Sequence[tuple[list[int], list[int]]], places: int, filler: int) -> tuple[Tensor, Tensor]:
    """Packs the tokens of questions and answers as x and y of shape (n, places). In the answer, y is x one token later.
    Elsewhere, y is SKIP. Short rows are filled up with `filler`."""
    x, y = (torch.full((len(pairs), places), fill) for fill in (filler, SKIP))
    for k, (before, after) in enumerate(pairs):
        whole = torch.tensor(before + after)
        x[k, : len(whole) - 1] = whole[:-1]
        y[k, len(before) - 1 : len(whole) - 1] = whole[len(before) :]
    return x, y


def nats(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the cross-entropy at every place, in nats, and zero at places without a question: answers (..., tokens),
    y (...)."""
    each = F.cross_entropy(answers.flatten(0, -2), y.flatten(), reduction="none", ignore_index=SKIP)
    return each.view(y.shape)


def loss(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the mean cross-entropy of the answer tokens of each seed, in nats."""
    return nats(answers, y).flatten(1).sum(1) / (y != SKIP).flatten(1).sum(1)
