"""Defines small neural nets, each of which is a row of named layers. Every tensor has a leading axis for the seeds.

A net is a dict {layer name: layer}. The last layer is called "head", and all layers before it are the backbone. The
weights are one flat dict theta, {"conv1.weight": (seeds, ...), ...}, which is passed to `forward`. So theta may be
the result of a computation: theta = theta_start + delta(phi). All seeds go through one batched product. This module
does not depend on data or training.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from core.tensors.theta import Theta as Theta

VALUES = 2**21  # numbers of the examples that go through frozen layers at once


@dataclass(frozen=True)
class Linear:
    """A fully connected layer: x (seeds, batch, ...) -> (seeds, batch, outputs)."""

    inputs: int
    outputs: int
    relu: bool = True

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.inputs, self.outputs), "bias": (1, self.outputs)}

    def bound(self, part: str) -> float:
        return 1 / math.sqrt(self.inputs)

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        y = torch.baddbmm(bias, x.flatten(2), weight)
        return y.relu_() if self.relu else y

    def products(self, outputs: tuple[int, ...]) -> int:
        """Returns the number of multiplications for one example, from the shape of its output."""
        return self.inputs * self.outputs


@dataclass(frozen=True)
class Conv:
    """A convolution: x (seeds, batch, inputs, h, w) -> (seeds, batch, outputs, h', w'). The seeds are groups of one
    convolution."""

    inputs: int
    outputs: int
    kernel: int
    stride: int
    padding: int

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.outputs, self.inputs, self.kernel, self.kernel), "bias": (self.outputs,)}

    def bound(self, part: str) -> float:
        return 1 / math.sqrt(self.inputs * self.kernel**2)

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        seeds = len(x)
        x = channels_last(x.transpose(0, 1).flatten(1, 2))
        y = F.conv2d(x, weight.flatten(0, 1), bias.flatten(), self.stride, self.padding, groups=seeds)
        y = y.relu_()
        if y.requires_grad:  # if the gradient has another memory layout than y, the step takes a seventh longer
            y.register_hook(channels_last)
        return y.unflatten(1, (seeds, self.outputs)).transpose(0, 1)

    def products(self, outputs: tuple[int, ...]) -> int:
        return math.prod(outputs) * self.inputs * self.kernel**2


def channels_last(x: Tensor) -> Tensor:
    """Lays out x (n, channels, h, w) with all channels of a pixel side by side in memory, which makes convolutions
    faster."""
    return x.contiguous(memory_format=torch.channels_last)


class Layer(Protocol):
    """The interface of a layer. A layer names its weights and receives them by name."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the shape of each weight for one seed."""

    def bound(self, part: str) -> float:
        """Returns the bound of a new weight, which is drawn uniformly from -bound to bound. PyTorch's default is 1 /
        sqrt(fan in)."""

    def __call__(self, *args: Any, **weights: Any) -> Tensor:
        """Maps x (seeds, batch, ...) to (seeds, batch, ...)."""

    def products(self, outputs: tuple[int, ...]) -> int:
        """Returns the number of multiplications for one example, from the shape of its output."""


Net = dict[str, Layer]


def load(name: str, classes: int) -> Net:
    """Builds a net by the name of its file, with one output in the head for each class."""
    net: Net = import_module(f"core.nets.{name}").layers(classes)
    return net


def layer_of(name: str) -> str:
    """Returns the name of the layer to which a weight belongs."""
    return name.split(".")[0]


def fresh(net: Net, rngs: list[torch.Generator]) -> Theta:
    """Draws random weights, with one generator for each seed."""
    theta = {}
    for name, layer in net.items():
        for part, shape in layer.shapes().items():
            bound = layer.bound(part)
            drawn = [torch.rand(shape, generator=rng) * 2 * bound - bound for rng in rngs]
            theta[f"{name}.{part}"] = torch.stack(drawn)
    return theta


def first_seed(theta: Theta) -> Theta:
    """Returns the first seed's weights, each of shape (1, ...)."""
    return {name: weight[:1] for name, weight in theta.items()}


def forward(net: Net, theta: Theta, x: Tensor, first: int = 0, end: int | None = None) -> Tensor:
    """Passes x (seeds, batch, ...) through the layers from `first` up to but not including `end`. The output of all
    layers is the logits."""
    for name, layer in list(net.items())[first:end]:
        x = layer(x, **weights_of(net, theta, name))
        if f"{name}.down" in theta:
            x = adapter_output(theta[f"{name}.down"], theta[f"{name}.up"], x)
    return x


def frozen_features(net: Net, theta: Theta, x: Tensor, end: int) -> Tensor:
    """Returns the output of the layers before `end`, as `forward` does, for layers that are not trained.

    If all seeds have the very same weights there, as nets have that begin with a model of other people, their examples
    go through one net, a few at a time. What is the same for all seeds goes through it once.
    """
    seeds, below = len(x), set(list(net)[:end])
    weights = [weight for name, weight in theta.items() if layer_of(name) in below]
    if seeds == 1 or not weights or any(weight.stride(0) for weight in weights):
        return forward(net, theta, x, end=end)
    alike = x.stride(0) == 0
    flat = x[0] if alike else x.flatten(0, 1)
    parts = flat.split(max(1, VALUES // flat[0].numel()))
    y = torch.cat([forward(net, first_seed(theta), part[None], end=end)[0] for part in parts])
    return y.expand(seeds, *y.shape) if alike else y.unflatten(0, (seeds, -1))


def weights_of(net: Net, theta: Theta, name: str) -> Theta:
    """Returns the weights of a layer by their parts, and those that it borrows from another layer."""
    layer = net[name]
    borrowed: dict[str, str] = getattr(layer, "borrows", {})
    return {part: theta[f"{name}.{part}"] for part in layer.shapes()} | {
        part: theta[other] for part, other in borrowed.items()
    }


def adapter_output(down: Tensor, up: Tensor, x: Tensor) -> Tensor:
    """Applies an adapter: x (seeds, batch, features, ...) + up(relu(down(x))), the same at every place of an image."""
    features_last = x.movedim(2, -1)
    added = torch.bmm(torch.bmm(features_last.flatten(1, -2), down).relu(), up)
    return x + added.view(features_last.shape).movedim(-1, 2)


def products(net: Net, theta: Theta, x: Tensor) -> dict[str, int]:
    """Counts the multiplications that one example x (seeds, 1, ...) costs in each layer and in each half of an
    adapter, in order."""
    counts = {}
    for k, (name, layer) in enumerate(net.items()):
        x = forward(net, theta, x, k, k + 1)
        counts[name] = layer.products(tuple(x.shape[2:]))
        for part in (f"{name}.down", f"{name}.up"):
            if part in theta:
                counts[part] = theta[part][0].numel() * math.prod(x.shape[3:])
    return counts


def step_flops(net: Net, theta: Theta, x: Tensor, moving: Collection[str]) -> int:
    """Counts the operations of one training step for one example x (seeds, 1, ...) and one seed, if the weights named
    in `moving` are trained.

    The count includes the forward pass, the gradients of the trained weights, and the gradients of all features above
    the first of them. Frozen layers are counted at every step, as if their features were not cached. The cost of
    computing delta is not counted.
    """
    with torch.no_grad():
        counts = products(net, theta, x)
    order = list(counts)
    first = min(order.index(name if name in counts else layer_of(name)) for name in moving)
    matrices = {name if name in counts else layer_of(name) for name in moving if not name.endswith(("bias", "gain"))}
    features = sum(counts[name] for name in order[first + 1 :])
    return 2 * (sum(counts.values()) + sum(counts[name] for name in matrices) + features)
