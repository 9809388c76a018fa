"""The product of large matrices, at the speed that the processor has. Knows no net.

PyTorch's own product goes through MKL, which on some processors makes use of half of what they can do; oneDNN, which
makes its convolutions, makes use of all. The numbers are the same, up to the order in which they are added.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

LARGE = 2**21  # multiplications of one matrix by another, above which a call of its own for each seed is worth it
# The one way to oneDNN's product of dense matrices: PyTorch's compiler calls it, and keeps it under a name of its own.
THERE = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def batched_matmul(x: Tensor, weight: Tensor) -> Tensor:
    """x (seeds, rows, inputs) times weight (seeds, inputs, outputs), each seed its own."""
    large = x[0].numel() * weight.shape[-1] >= LARGE
    if THERE and large and x.dtype == torch.float32:
        made: Tensor = BatchedMatmul.apply(x, weight)  # type: ignore[no-untyped-call]
        return made
    return x @ weight


class BatchedMatmul(torch.autograd.Function):
    """y = x w, so dx = dy w' and dw = x' dy."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return multiply_transposed(x, weight.mT)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        dx, dw = ctx.needs_input_grad
        return multiply_transposed(dy, weight) if dx else None, multiply_transposed(x.mT, dy.mT) if dw else None


def multiply_transposed(a: Tensor, b: Tensor) -> Tensor:
    """a (seeds, n, k) and b (seeds, m, k) -> a b' (seeds, n, m)."""
    times = torch.ops.mkldnn._linear_pointwise
    made = [times(rows, columns, None, "none", [], "") for rows, columns in zip(a, b)]
    return torch.stack(made) if len(made) > 1 else made[0][None]
