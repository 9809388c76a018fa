"""The Adam optimiser (Kingma & Ba 2015), on top of PyTorch's fused kernel.

The bookkeeping of torch.optim is left out because it takes a seventh of the training step of a small net.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from core.tensors.torch_private import count_steps, step_adam

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Adam:
    """Holds parameters, a learning rate for each, and running averages of their gradients."""

    def __init__(self, parameters: Sequence[Tensor], rates: Sequence[float]):
        self.parameters = list(parameters)
        self.means, self.squares = ([torch.zeros_like(one) for one in parameters] for _ in range(2))
        self.steps = [torch.zeros(()) for _ in parameters]
        self.places = {rate: [k for k, other in enumerate(rates) if other == rate] for rate in rates}

    def step(self, gradients: Sequence[Tensor], share: float = 1.0) -> None:
        """Makes one step in the opposite direction of the gradients. Every learning rate is multiplied by `share`."""
        # the kernel ignores strides, so the gradients must be contiguous
        laid = [gradient.contiguous() for gradient in gradients]
        count_steps(self.steps)
        for rate, places in self.places.items():
            state = (self.parameters, laid, self.means, self.squares, self.steps)
            parameters, slopes, means, squares, steps = ([tensors[k] for k in places] for tensors in state)
            step_adam(parameters, slopes, means, squares, steps, rate * share, (BETA1, BETA2), EPSILON)
