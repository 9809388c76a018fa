"""What somebody brought, divided: a quarter of every class only tests, and each seed learns from some of the others."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from core.worlds import generator


def of_classes(y: Tensor) -> list[Tensor]:
    """The places of each class's examples in y (n,), shuffled, the same at every time."""
    rng = generator("brought", 0)
    return [
        of[torch.randperm(len(of), generator=rng)] for k in range(int(y.max()) + 1) for of in [(y == k).nonzero()[:, 0]]
    ]


def tests(y: Tensor) -> Tensor:
    """The places of those that no training ever touches: a quarter of every class, one at least."""
    return torch.cat([of[: max(1, len(of) // 4)] for of in of_classes(y)])


def learned(y: Tensor, labels: int, noise: float, seeds: range) -> Iterator[tuple[Tensor, Tensor]]:
    """Each seed's places in y and its labels, in random order: `labels` of a class, or as many as there are."""
    rest = [of[max(1, len(of) // 4) :] for of in of_classes(y)]
    for seed in seeds:
        rng = generator("brought", seed + 1)
        pick = torch.cat([of[torch.randperm(len(of), generator=rng)[:labels]] for of in rest])
        pick = pick[torch.randperm(len(pick), generator=rng)]
        wrong = torch.rand(len(pick), generator=rng) < noise
        yield (
            pick,
            torch.where(wrong, torch.randint(len(rest), pick.shape, generator=generator("noise", seed)), y[pick]),
        )
