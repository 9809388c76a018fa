"""Multiplies large matrices as fast as the processor can. Does not depend on nets.

PyTorch's own product uses MKL, which reaches only half of the speed of some processors. oneDNN, which PyTorch uses
for convolutions, reaches the full speed. The results are equal, up to the order in which the numbers are added.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

LARGE = 2**21  # number of multiplications above which a separate call for each seed is faster
# The only way to oneDNN's product of dense matrices. PyTorch's compiler calls it, under a name of its own.
THERE = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def batched_matmul(x: Tensor, weight: Tensor) -> Tensor:
    """Multiplies x (seeds, rows, inputs) by weight (seeds, inputs, outputs), each seed by itself."""
    large = x[0].numel() * weight.shape[-1] >= LARGE
    if THERE and large and x.dtype == torch.float32:
        made: Tensor = BatchedMatmul.apply(x, weight)  # type: ignore[no-untyped-call]
        return made
    return x @ weight


class BatchedMatmul(torch.autograd.Function):
    """Computes y = x w and its gradients dx = dy w' and dw = x' dy."""

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
    """Multiplies a (seeds, n, k) by the transpose of b (seeds, m, k): a b' (seeds, n, m)."""
    times = torch.ops.mkldnn._linear_pointwise
    made = [times(rows, columns, None, "none", [], "") for rows, columns in zip(a, b)]
    return torch.stack(made) if len(made) > 1 else made[0][None]
