"""A delta taken apart: against numpy, and against matrices whose rank is known."""

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


def test_truncation_to_full_rank_changes_nothing_and_to_none_leaves_the_biases() -> None:
    delta = random_delta("mlp")
    whole, nothing = truncated(delta, 64), truncated(delta, 0)
    for name, part in delta.items():
        assert torch.allclose(whole[name], part, atol=1e-5)
        assert torch.equal(nothing[name], part if name.endswith("bias") else torch.zeros_like(part))


def test_the_spectrum_of_a_known_matrix() -> None:
    delta = {"hidden.weight": torch.tensor([[[3.0, 0.0], [0.0, 4.0]]]), "hidden.bias": torch.ones(1, 1, 2)}
    assert spectrum(delta)["hidden.weight"].tolist() == [[4.0, 3.0]]
    assert list(spectrum(delta)) == ["hidden.weight"]


def test_a_start_of_one_seed_serves_all_and_a_head_of_another_shape_is_left_out() -> None:
    start, end = random_delta("mlp", 1), random_delta("mlp", 3)
    end["head.weight"] = torch.zeros(3, 64, 2)
    delta = between(start, end)
    assert "head.weight" not in delta
    assert torch.allclose(start["hidden2.weight"] + delta["hidden2.weight"], end["hidden2.weight"])
