"""Calls private operations of PyTorch 2.13.0, and public ones instead where the private ones do not exist.

No other module of `core` calls private operations, so a new version of PyTorch has to be compared with this file only.
The private operations are faster. The results agree with the public ones, up to rounding.
"""

from __future__ import annotations

import torch
from torch import Tensor

from core.versions import warn_of_other_version

WRITTEN_FOR = "2.13.0"  # the version of PyTorch
HAS_FUSED_ADAM = hasattr(torch, "_fused_adam_") and hasattr(torch, "_foreach_add_")
# The only way to oneDNN's product of dense matrices. PyTorch's compiler calls it, under a name of its own.
HAS_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def check_version() -> None:
    """Writes a sentence into the log if another version of PyTorch is installed than this file was written for."""
    slower = "runs may be slower or differ a little from the results that ship"
    warn_of_other_version("PyTorch", torch.__version__, WRITTEN_FOR, slower)


def count_steps(steps: list[Tensor]) -> None:
    """Adds 1 to every counter, in place."""
    if HAS_FUSED_ADAM:
        torch._foreach_add_(steps, 1)
        return
    for step in steps:
        step.add_(1)


def step_adam(
    parameters: list[Tensor],
    gradients: list[Tensor],
    means: list[Tensor],
    squares: list[Tensor],
    steps: list[Tensor],
    rate: float,
    betas: tuple[float, float],
    epsilon: float,
) -> None:
    """Makes one step of Adam, in place. The gradients must be contiguous. The steps are already counted."""
    beta1, beta2 = betas
    if HAS_FUSED_ADAM:
        torch._fused_adam_(
            parameters, gradients, means, squares, [], steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=0,
            eps=epsilon, amsgrad=False, maximize=False,
        )  # fmt: skip
        return
    with torch.no_grad():
        for parameter, gradient, mean, square, step in zip(parameters, gradients, means, squares, steps):
            mean.lerp_(gradient, 1 - beta1)
            square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            root = (square / (1 - beta2 ** step.item())).sqrt_().add_(epsilon)
            parameter.addcdiv_(mean, root, value=-rate / (1 - beta1 ** step.item()))


def multiply_transposed(a: Tensor, b: Tensor) -> Tensor:
    """Multiplies a (seeds, n, k) by the transpose of b (seeds, m, k): a b' (seeds, n, m)."""
    if not HAS_ONEDNN:
        return a @ b.mT
    times = torch.ops.mkldnn._linear_pointwise
    made = [times(rows, columns, None, "none", [], "") for rows, columns in zip(a, b)]
    return torch.stack(made) if len(made) > 1 else made[0][None]
