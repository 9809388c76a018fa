"""Analysis of a delta, against numpy and against matrices of known rank."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core import nets
from core.tensors.delta import between, spectrum, truncated
from core.worlds import generator


def random_delta(net: str = "conv", seeds: int = 2) -> nets.Theta:
    return nets.fresh(nets.load(net, 6), [generator("delta", seed) for seed in range(seeds)])


@pytest.mark.parametrize("rank", [1, 3])
def test_truncation_is_numpys_of_every_seed_alone(rank: int) -> None:
    delta = random_delta()
    cut = truncated(delta, rank)
    for name in ("conv2.weight", "hidden.weight"):
        for seed in range(2):
            matrix = delta[name][seed].numpy()
            u, s, v = np.linalg.svd(matrix.reshape(len(matrix), -1))
            expected = (u[:, :rank] * s[:rank]) @ v[:rank]
            assert np.allclose(cut[name][seed].numpy().reshape(expected.shape), expected, atol=1e-5)


def test_full_rank_truncation_changes_nothing() -> None:
    """Truncation to rank 0 leaves only the biases."""
    delta = random_delta("mlp")
    whole, nothing = truncated(delta, 64), truncated(delta, 0)
    for name, part in delta.items():
        assert torch.allclose(whole[name], part, atol=1e-5)
        assert torch.equal(nothing[name], part if name.endswith("bias") else torch.zeros_like(part))


def test_the_spectrum_of_a_known_matrix() -> None:
    delta = {"hidden.weight": torch.tensor([[[3.0, 0.0], [0.0, 4.0]]]), "hidden.bias": torch.ones(1, 1, 2)}
    assert spectrum(delta)["hidden.weight"].tolist() == [[4.0, 3.0]]
    assert list(spectrum(delta)) == ["hidden.weight"]


def test_delta_repeats_start_and_skips_reshaped_head() -> None:
    """A start of one seed serves all seeds."""
    start, end = random_delta("mlp", 1), random_delta("mlp", 3)
    end["head.weight"] = torch.zeros(3, 64, 2)
    delta = between(start, end)
    assert "head.weight" not in delta
    assert torch.allclose(start["hidden2.weight"] + delta["hidden2.weight"], end["hidden2.weight"])
