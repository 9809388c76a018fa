"""Multiplies large matrices as fast as the processor can. Does not depend on nets.

PyTorch's own product uses MKL, which reaches only half of the speed of some processors. oneDNN, which PyTorch uses
for convolutions, reaches the full speed. The results are equal, up to the order in which the numbers are added.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core.tensors.torch_private import HAS_ONEDNN, multiply_transposed

LARGE = 2**21  # number of multiplications above which a separate call for each seed is faster


def batched_matmul(x: Tensor, weight: Tensor) -> Tensor:
    """Multiplies x (seeds, rows, inputs) by weight (seeds, inputs, outputs), each seed by itself."""
    large = x[0].numel() * weight.shape[-1] >= LARGE
    if HAS_ONEDNN and large and x.dtype == torch.float32:
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
