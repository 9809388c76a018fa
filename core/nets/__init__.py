"""Small nets as a row of named layers, every tensor with a leading seed axis.

A net is {layer name: layer}, the last layer is called "head", and all before it is the backbone. Its weights
are one flat dict theta, {"conv1.weight": (seeds, ...), ...}, handed to `forward`, so that theta may be computed:
theta = theta_start + delta(phi). All seeds go through one batched product. Knows no data and no training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module

import torch
import torch.nn.functional as F
from torch import Tensor

Theta = dict[str, Tensor]


@dataclass(frozen=True)
class Linear:
    """x (seeds, batch, ...) -> (seeds, batch, outputs)."""

    inputs: int
    outputs: int
    relu: bool = True

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.inputs, self.outputs), "bias": (1, self.outputs)}

    def __call__(self, weight: Tensor, bias: Tensor, x: Tensor) -> Tensor:
        y = torch.baddbmm(bias, x.flatten(2), weight)
        return y.relu() if self.relu else y

    def products(self, outputs: tuple[int, ...]) -> int:
        """Multiplications for one example, from the shape of its output."""
        return self.inputs * self.outputs


@dataclass(frozen=True)
class Conv:
    """x (seeds, batch, inputs, h, w) -> (seeds, batch, outputs, h', w'), the seeds as groups of one convolution."""

    inputs: int
    outputs: int
    kernel: int
    stride: int
    padding: int

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.outputs, self.inputs, self.kernel, self.kernel), "bias": (self.outputs,)}

    def __call__(self, weight: Tensor, bias: Tensor, x: Tensor) -> Tensor:
        seeds = len(x)
        x = x.transpose(0, 1).flatten(1, 2).contiguous(memory_format=torch.channels_last)
        y = F.conv2d(x, weight.flatten(0, 1), bias.flatten(), self.stride, self.padding, groups=seeds)
        return y.relu().unflatten(1, (seeds, self.outputs)).transpose(0, 1)

    def products(self, outputs: tuple[int, ...]) -> int:
        return math.prod(outputs) * self.inputs * self.kernel**2


Layer = Linear | Conv
Net = dict[str, Layer]


def load(name: str, classes: int) -> Net:
    net: Net = import_module(f"core.nets.{name}").layers(classes)
    return net


def layer_of(name: str) -> str:
    return name.split(".")[0]


def fresh(net: Net, rngs: list[torch.Generator]) -> Theta:
    """Random weights, one generator a seed: uniform within 1 / sqrt(fan in), PyTorch's own default."""
    theta = {}
    for layer_name, layer in net.items():
        weight = layer.shapes()["weight"]
        bound = 1 / math.sqrt(weight[0] if isinstance(layer, Linear) else math.prod(weight[1:]))
        for part, shape in layer.shapes().items():
            drawn = [torch.rand(shape, generator=rng) * 2 * bound - bound for rng in rngs]
            theta[f"{layer_name}.{part}"] = torch.stack(drawn)
    return theta


def forward(net: Net, theta: Theta, x: Tensor, first: int = 0, end: int | None = None) -> Tensor:
    """x (seeds, batch, ...) through the layers from `first` to before `end`; through all of them: logits."""
    for name, layer in list(net.items())[first:end]:
        x = layer(theta[f"{name}.weight"], theta[f"{name}.bias"], x)
    return x


def products(net: Net, theta: Theta, x: Tensor) -> list[int]:
    """Multiplications one example x (seeds, 1, ...) costs in each layer, forwards."""
    counts = []
    for k, layer in enumerate(net.values()):
        x = forward(net, theta, x, k, k + 1)
        counts.append(layer.products(tuple(x.shape[2:])))
    return counts
