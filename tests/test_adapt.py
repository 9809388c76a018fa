"""The methods that train few weights: low rank and rescaling against PEFT, biases and adapters against PyTorch."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from core import adapt, nets, worlds
from core.adapt import adapter
from core.experiment.checks import module_names
from core.experiment.spec import Run, Stage
from core.experiment.static_inspection import reads_field
from core.nets import Theta
from core.tensors.delta import between
from core.training.stage import orders
from core.training.start import rngs
from tests.test_train import ARMS, CHILD, DIGITS, as_plain, double, family, filled, outcome, start_of

__all__ = ["double"]
STEPS = 15


def patched(run: Run, method: str, size: int = 0) -> Run:
    return replace(run, stages=(Stage(method=method, size=size, steps=STEPS, batch=16, rate=1e-2),))


def trained(module: nn.Module, run: Run, seed: int) -> nn.Module:
    """Trains the run's one stage for one seed, on every parameter of the module that requires a gradient."""
    (stage,) = run.stages
    pool = worlds.load(run.task).train(run.task, range(run.seeds))
    moving = [parameter for parameter in module.parameters() if parameter.requires_grad]
    adam = torch.optim.Adam(moving, lr=stage.rate, fused=False, foreach=False)
    order = orders(pool.size, stage, rngs("order", range(run.seeds), 0))
    for index in order.split(stage.batch, dim=1):
        x, y = pool.take(index)
        adam.zero_grad()
        F.cross_entropy(module(x[seed]), y[seed]).backward()
        adam.step()
    return module


@pytest.mark.parametrize("method", module_names("adapt"))
def test_size_matters_where_the_file_reads_it(method: str) -> None:
    """The sandbox offers a size for every method whose file reads it, so it must make a difference there."""
    run = patched(CHILD, method)
    start = start_of(run, family(run))
    moving = [adapt.load(method).phi(start, size, rngs("phi", range(run.seeds), 0)) for size in (1, 2)]
    small, large = ({name: part.shape for name, part in phi.items()} for phi in moving)
    assert (small != large) == reads_field("adapt", method, "size")


def as_peft(name: str, factor: Tensor) -> Tensor:
    """Returns one seed's A or B in PEFT's shape. For a convolution, B is a convolution of one pixel."""
    if name.startswith("conv"):
        return factor[..., None, None] if name.endswith("B") else factor
    return factor.T


def as_pefts(name: str, part: Tensor) -> tuple[str, Tensor]:
    """Returns PEFT's name for one seed's part of phi, and the shape in which PEFT keeps it."""
    layer, kind, kernels = nets.layer_of(name), name.rpartition(".")[2], name.startswith("conv")
    if kind == "scale":
        return f"{layer}.ia3_l.default", 1 + (part[None, :, None, None] if kernels else part[:, None])
    return f"{layer}.lora_{kind}.default.weight", as_peft(name, part)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("run", [CHILD, replace(DIGITS, start=DIGITS)], ids=["mlp", "conv"])
@pytest.mark.parametrize(("method", "size"), [("low_rank", 1), ("low_rank", 3), ("ia3", 0)])
def test_our_low_rank_and_our_rescaling_are_pefts(run: Run, method: str, size: int) -> None:
    peft = pytest.importorskip("peft", reason="PEFT is not installed here: pip install -r requirements-dev.txt")
    run = patched(run, method, size)
    ancestors = family(run)
    theta = outcome(run, ancestors)[1]
    start = start_of(run, ancestors)
    phi = adapt.load(method).phi(start, size, rngs("phi", range(run.seeds), 0))
    *below, head = dict.fromkeys(nets.layer_of(name) for name in start)
    for seed in range(run.seeds):
        config = {
            "low_rank": peft.LoraConfig(r=size or 1, lora_alpha=size, target_modules=below, modules_to_save=[head]),
            "ia3": peft.IA3Config(target_modules=below, feedforward_modules=[], modules_to_save=[head]),
        }[method]
        theirs = peft.get_peft_model(filled(run, start, seed), config)
        named = dict(theirs.named_parameters())
        with torch.no_grad():
            for name, part in phi.items():
                if nets.layer_of(name) != head:
                    theirs_name, value = as_pefts(name, part[seed])
                    named[f"base_model.model.{theirs_name}"].copy_(value)
        assert sum(p.numel() for p in named.values() if p.requires_grad) == sum(p[seed].numel() for p in phi.values())
        merged = trained(theirs, run, seed).merge_and_unload()
        for name, parameter in merged.named_parameters():
            name = name.replace("modules_to_save.default.", "")
            assert torch.allclose(as_plain(theta[name][seed]), parameter, atol=1e-8), name


def test_rescaling_multiplies_features_below_the_head() -> None:
    """Rescaling makes every feature below the head a multiple of itself."""
    run = patched(CHILD, "ia3")
    ancestors = family(run)
    start, theta = start_of(run, ancestors), outcome(run, ancestors)[1]
    for layer in ("hidden1", "hidden2", "hidden3"):
        times = theta[f"{layer}.bias"] / start[f"{layer}.bias"]
        assert torch.allclose(theta[f"{layer}.weight"], start[f"{layer}.weight"] * times, atol=1e-5)
        assert (times - 1).abs().max() > 1e-3


def test_low_rank_delta_respects_its_rank() -> None:
    """Low rank changes every matrix below the head by at most its rank, and no bias there."""
    run = patched(CHILD, "low_rank", 2)
    ancestors = family(run)
    delta = between(start_of(run, ancestors), outcome(run, ancestors)[1])
    for name in ("hidden1.weight", "hidden2.weight", "hidden3.weight"):
        assert torch.linalg.matrix_rank(delta[name], atol=1e-5).tolist() == [2, 2]
    for name in ("hidden1.bias", "hidden2.bias", "hidden3.bias"):
        assert not delta[name].any()
    assert delta["head.weight"].any() and delta["head.bias"].any()


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("run", [CHILD, DIGITS], ids=["mlp", "conv"])
def test_training_biases_agrees_with_plain_pytorch(run: Run) -> None:
    """PyTorch freezes everything but the biases and the head."""
    run = patched(run, "bias")
    ancestors = family(run)
    theta = outcome(run, ancestors)[1]
    module = filled(run, start_of(run, ancestors), 1)
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(name.endswith("bias") or name.startswith("head"))
    for name, parameter in trained(module, run, 1).named_parameters():
        assert torch.allclose(as_plain(theta[name][1]), parameter, atol=1e-8), name


# --- Adapters ------------------------------------------------------------------------------------------------------


class Detour(nn.Module):
    """Houlsby's adapter in plain PyTorch, after a linear layer or a convolution."""

    def __init__(self, down: Tensor, up: Tensor):
        super().__init__()
        self.down, self.up = nn.Parameter(down.clone()), nn.Parameter(up.clone())

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 2:
            return x + F.relu(x @ self.down) @ self.up
        narrow = F.conv2d(x, self.down.T[:, :, None, None]).relu()
        return x + F.conv2d(narrow, self.up.T[:, :, None, None])


def with_detours(run: Run, start: Theta, width: int, seed: int) -> nn.Sequential:
    """Returns one seed's plain net, with an adapter after the ReLU of every layer below the head."""
    phi = adapter.phi(start, width, rngs("phi", range(run.seeds), 0))
    module, rows, layer = filled(run, start, seed).requires_grad_(False), [], ""
    for name, part in module.named_children():
        layer = name if list(part.parameters()) else layer
        rows.append(part.requires_grad_(layer == "head"))
        if isinstance(part, nn.ReLU):
            rows.append(Detour(phi[f"{layer}.down"][seed], phi[f"{layer}.up"][seed]))
    return nn.Sequential(*rows)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("run", [CHILD, DIGITS], ids=["mlp", "conv"])
def test_an_adapter_learns_what_plain_modules_learn(run: Run) -> None:
    run = patched(run, "adapter", 3)
    ancestors = family(run)
    theta = outcome(run, ancestors)[1]
    start = start_of(run, ancestors)
    net = nets.load(run.net, worlds.load(run.task).classes(run.task))
    x = worlds.load(run.task).test(run.task)[0][:50].double()
    logits = nets.forward(net, theta, x.expand(run.seeds, *x.shape))
    for seed in range(run.seeds):
        module = trained(with_detours(run, start, 3, seed), run, seed)
        assert torch.allclose(logits[seed], module(x), atol=1e-7)
    assert all(torch.equal(theta[name], start[name]) for name in start if not name.startswith("head"))


def test_child_of_adapted_run_trains_its_adapters() -> None:
    """A run that starts from an adapted run keeps the adapters and trains them on."""
    first = patched(CHILD, "adapter", 3)
    second = replace(patched(CHILD, "adapter", 3), start=first)
    ancestors = family(second)
    points, theta = outcome(second, ancestors)
    assert points[0].accuracy == outcome(first, ancestors)[0][-1].accuracy
    assert not torch.equal(theta["hidden1.up"], ancestors[first]["hidden1.up"])


# --- Cost ----------------------------------------------------------------------------------------------------------


def test_bias_training_cost_agrees_with_pytorch() -> None:
    run = replace(patched(DIGITS, "bias"), seeds=1)
    module = filled(run, start_of(run, {}), 0)
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(name.endswith("bias") or name.startswith("head"))
    assert outcome(run)[0][-1].flops == STEPS * counted(module, run)


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
def test_the_cost_of_adapters_is_what_pytorch_counts(run: Run) -> None:
    run = replace(patched(run, "adapter", 5), seeds=1)
    module = with_detours(run, start_of(run, {}), 5, 0)
    assert outcome(run)[0][-1].flops == STEPS * counted(module, run)


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
def test_rescaling_cost_counts_its_matrix_products(run: Run) -> None:
    """The scaled matrix is made first, so its whole gradient is computed: as much as full fine-tuning takes."""
    run = replace(patched(run, "ia3"), seeds=1)
    assert outcome(run)[0][-1].flops == STEPS * counted(filled(run, start_of(run, {}), 0), run)


def counted(module: nn.Module, run: Run) -> int:
    x, y = worlds.load(run.task).train(run.task, range(1)).take(torch.arange(16)[None])
    with FlopCounterMode(display=False) as counter:
        F.cross_entropy(module(x[0].float()), y[0]).backward()
    return int(counter.get_total_flops())


@pytest.mark.parametrize(("method", "part", "wide"), [("low_rank", "A", 1 / 30), ("adapter", "down", 1 / 8)])
def test_new_parts_begin_as_wide_as_fresh_layers(method: str, part: str, wide: float) -> None:
    """New factors and adapters have the width of a fresh layer and lie evenly around zero."""
    start = {
        "hidden.weight": torch.zeros(2, 900, 64), "hidden.bias": torch.zeros(2, 1, 64),
        "head.weight": torch.zeros(2, 64, 10), "head.bias": torch.zeros(2, 1, 10),
    }  # fmt: skip
    phi = adapt.load(method).phi(start, 16, rngs("phi", range(2), 0))
    drawn = phi["hidden.weight.A" if part == "A" else "hidden.down"]
    assert 0.95 * wide < drawn.max() <= wide and -wide <= drawn.min() < -0.95 * wide
    assert drawn.mean().abs() < 0.1 * wide
    kernels = {"conv2.weight": torch.zeros(2, 32, 16, 3, 3), **start}
    drawn = adapt.load("low_rank").phi(kernels, 8, rngs("phi", range(2), 0))["conv2.weight.A"]
    assert drawn.shape == (2, 8, 16, 3, 3)
    assert 0.95 / 12 < drawn.max() <= 1 / 12  # sixteen times nine numbers go into each


# --- What phi and delta name, worked by hand -------------------------------------------------------------------------

SMALL = {
    "words.word": torch.ones(1, 5, 3),  # a table: a layer that has no bias
    "hidden.weight": torch.ones(1, 3, 4), "hidden.bias": torch.ones(1, 1, 4),
    "head.weight": torch.ones(1, 4, 2), "head.bias": torch.ones(1, 1, 2),
}  # fmt: skip


def shapes(method: str, size: int, start: Theta = SMALL) -> dict[str, tuple[int, ...]]:
    """Returns the shapes of one seed's phi, without the head."""
    phi = adapt.load(method).phi(start, size, rngs("phi", range(1), 0))
    return {name: tuple(part.shape[1:]) for name, part in phi.items() if nets.layer_of(name) != "head"}


@pytest.mark.parametrize("size", [0, 1])
def test_default_size_is_the_smallest(size: int) -> None:
    assert shapes("last_k", size) == {}  # the head alone, and not every layer
    assert shapes("adapter", size) == {"hidden.down": (4, 1), "hidden.up": (1, 4)}
    assert shapes("low_rank", size) == {
        "words.word.A": (5, 1), "words.word.B": (1, 3), "hidden.weight.A": (3, 1), "hidden.weight.B": (1, 4),
    }  # fmt: skip


def test_adapter_follows_biased_layers_and_draws_once() -> None:
    """An adapter stands only after layers with a bias, and is drawn once, not again for a learned start."""
    assert shapes("adapter", 2) == {"hidden.down": (4, 2), "hidden.up": (2, 4)}
    learned = {"hidden.down": torch.ones(1, 4, 3), "hidden.up": torch.ones(1, 3, 4)}
    for start in (learned | SMALL, SMALL | learned):  # as a store has them, in any order
        phi = adapter.phi(start, 2, rngs("phi", range(1), 0))
        assert [phi[name].tolist() for name in learned] == [[[[0.0] * 3] * 4], [[[0.0] * 4] * 3]]


def test_low_rank_delta_is_a_product_of_factors() -> None:
    """The delta names the matrix and not its factors."""
    phi = {
        "hidden.weight.A": torch.tensor([[[1.0], [2], [3]]]), "hidden.weight.B": torch.tensor([[[1.0, 0, 2, -1]]]),
        "head.weight": torch.ones(1, 4, 2), "head.bias": torch.zeros(1, 1, 2),
    }  # fmt: skip
    delta = adapt.load("low_rank").delta(SMALL, phi)
    assert sorted(delta) == ["head.bias", "head.weight", "hidden.weight"]
    assert delta["hidden.weight"].tolist() == [[[1, 0, 2, -1], [2, 0, 4, -2], [3, 0, 6, -3]]]
    assert torch.equal(delta["head.weight"], phi["head.weight"])


def test_rescaling_scales_bias_with_its_weight() -> None:
    """The bias is rescaled with the weight of its own layer and with no other matrix."""
    assert shapes("ia3", 0) == {"words.word.scale": (3,), "hidden.weight.scale": (4,)}
    start = SMALL | {"hidden.other": 2 * torch.ones(1, 3, 4)}
    phi = {"hidden.other.scale": torch.full((1, 4), 5.0), "hidden.weight.scale": torch.tensor([[0.5, 1, 0, 2]])}
    for named in (phi, dict(reversed(phi.items()))):
        delta = adapt.load("ia3").delta(start, named)
        assert delta["hidden.bias"].tolist() == [[[0.5, 1, 0, 2]]]
        assert delta["hidden.other"].tolist() == [[[10.0] * 4] * 3]
        assert delta["hidden.weight"].tolist() == [[[0.5, 1, 0, 2]] * 3]
