"""Adam (Kingma & Ba 2015), by PyTorch's own fused kernel and without what torch.optim keeps and records around it,
which is a seventh of the step of a small net.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Adam:
    """Parameters, each with a rate of its own, and what is known of their gradients."""

    def __init__(self, parameters: Sequence[Tensor], rates: Sequence[float]):
        self.parameters = list(parameters)
        self.means, self.squares = ([torch.zeros_like(one) for one in parameters] for _ in range(2))
        self.steps = [torch.zeros(()) for _ in parameters]
        self.places = {rate: [k for k, other in enumerate(rates) if other == rate] for rate in rates}

    def step(self, gradients: Sequence[Tensor], share: float = 1.0) -> None:
        """One step against the gradients, at this share of every rate."""
        laid = [gradient.contiguous() for gradient in gradients]  # the kernel reads memory and minds no strides
        torch._foreach_add_(self.steps, 1)
        for rate, places in self.places.items():
            state = (self.parameters, laid, self.means, self.squares, self.steps)
            parameters, slopes, means, squares, steps = ([tensors[k] for k in places] for tensors in state)
            torch._fused_adam_(
                parameters, slopes, means, squares, [], steps, lr=rate * share, beta1=BETA1, beta2=BETA2,
                weight_decay=0, eps=EPSILON, amsgrad=False, maximize=False,
            )  # fmt: skip
