"""Our product of large matrices and its gradients are those of PyTorch."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.nets.transformer import Block
from core.tensors import batched_matmul as of
from core.tensors.batched_matmul import batched_matmul

SIZES = [(1, 2048, 32, 40), (3, 512, 64, 96)]  # seeds, rows, inputs, outputs


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape))).requires_grad_()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kept", [True, False], ids=["features that move", "features that are given"])
def test_large_product_agrees_with_pytorch(size: tuple[int, ...], kept: bool) -> None:
    """The gradients agree too."""
    seeds, rows, inputs, outputs = size
    assert rows * inputs * outputs >= of.LARGE
    x, weight, wanted = (
        drawn(seeds, rows, inputs).requires_grad_(kept),
        drawn(seeds, inputs, outputs),
        drawn(seeds, rows, outputs),
    )
    leaves = [x, weight] if kept else [weight]
    y, plain = batched_matmul(x, weight), x @ weight
    assert torch.allclose(y, plain, atol=1e-4)
    for mine, theirs in zip(torch.autograd.grad(y, leaves, wanted), torch.autograd.grad(plain, leaves, wanted)):
        assert torch.allclose(mine, theirs, atol=1e-3)


def test_only_large_products_take_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small products and double precision use PyTorch's own."""
    asked = []
    monkeypatch.setattr(of, "multiply_transposed", lambda a, b: asked.append(a.shape) or a @ b.mT)
    for size in ((1, 2048, 32, 40), (1, 16, 32, 40)):
        batched_matmul(drawn(*size[:3]), drawn(size[0], *size[2:]))
    batched_matmul(drawn(1, 2048, 32).double(), drawn(1, 32, 40).double())
    assert asked == [(1, 2048, 32)] * of.HAS_ONEDNN


def test_attention_is_weighted_mean_of_earlier_places() -> None:
    seeds, batch, places, heads, width = 2, 3, 5, 2, 8
    qkv = drawn(seeds, batch, places, 3 * width)
    heard = Block(width, heads, 1).attention(qkv)
    for seed in range(seeds):
        for head in range(heads):
            part = slice(head * width // heads, (head + 1) * width // heads)
            q, k, v = (each[seed, ..., part] for each in qkv.chunk(3, -1))
            fits = q @ k.mT / (width / heads) ** 0.5
            later = torch.ones(places, places, dtype=torch.bool).triu(1)
            mean = fits.masked_fill(later, -torch.inf).softmax(-1) @ v
            assert torch.allclose(heard[seed, ..., part], mean, atol=1e-6)
