"""EfficientNet-Lite0 (Tan & Le 2019), a net for colour photos that phones use: 4.7 million weights.

It is made of blocks that save multiplications (Sandler et al. 2018). A usual convolution mixes places and channels at
once. A block does it in three convolutions: one makes six times as many channels, one looks around in each channel by
itself (depthwise), and one mixes the channels into a few. The input is added to the output where both have the same
shape.

After every convolution the original has a batch norm. Its statistics are frozen here, so all that is left of it is
one gain and one bias for each channel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from core.nets import Linear, Net, channels_last

READS = ("photos",)  # forms of examples, as in core/experiment/tasks.py

SIDE = 128  # pixels
STEM, FEATURES = 32, 1280  # channels of the first and of the last convolution
# kernel, stride of the first block, how many times as many channels inside, channels, blocks
ROWS = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)


def convolve(x: Tensor, weight: Tensor, gain: Tensor, bias: Tensor, stride: int = 1) -> Tensor:
    """Convolves x (seeds, batch, inputs, h, w) with weight (seeds, outputs, inputs, k, k), multiplies every channel by
    1 + gain, and adds its bias. If weight is (seeds, inputs, 1, k, k), every channel is convolved by itself.

    The seeds are groups of one convolution. As in TensorFlow, where the net was trained, the output has the size of
    the input divided by the stride, and a border that is odd is wider at the right and at the bottom.
    """
    seeds, kernel = len(x), weight.shape[-1]
    groups = seeds * x.shape[2] // weight.shape[2]
    height, width = (side % stride or stride for side in x.shape[-2:])  # pixels that the last step covers
    top, left = max(kernel - height, 0), max(kernel - width, 0)
    flat = channels_last(x.transpose(0, 1).flatten(1, 2))
    if top % 2 or left % 2:
        flat, padding = F.pad(flat, (left // 2, left - left // 2, top // 2, top - top // 2)), (0, 0)
    else:
        padding = (top // 2, left // 2)
    kernels = (weight * (1 + gain)[..., None, None, None]).flatten(0, 1)
    y = F.conv2d(flat, kernels, bias.flatten(), stride, padding, groups=groups)
    return y.unflatten(1, (seeds, -1)).transpose(0, 1)


@dataclass(frozen=True)
class ConvGain:
    """A convolution with a gain and a bias for each channel: x (seeds, batch, inputs, h, w) -> (seeds, batch, outputs,
    h', w')."""

    inputs: int
    outputs: int
    kernel: int = 1
    stride: int = 1

    def shapes(self) -> dict[str, tuple[int, ...]]:
        weight = (self.outputs, self.inputs, self.kernel, self.kernel)
        return {"weight": weight, "gain": (self.outputs,), "bias": (self.outputs,)}

    def bound(self, part: str) -> float:
        return bound(self.shapes()[part], relu=True)

    def __call__(self, x: Tensor, weight: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
        return F.relu6(convolve(x, weight, gain, bias, self.stride))

    def products(self, outputs: tuple[int, ...]) -> int:
        return math.prod(outputs) * self.inputs * self.kernel**2


class MeanFeatures(ConvGain):
    """The last convolution, and the mean of every channel over all places: (seeds, batch, outputs)."""

    def __call__(self, x: Tensor, weight: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
        return super().__call__(x, weight, gain, bias).mean((-2, -1))

    def products(self, outputs: tuple[int, ...]) -> int:
        return super().products(outputs) * (SIDE // 32) ** 2


@dataclass(frozen=True)
class Block:
    """A block of three convolutions: x (seeds, batch, inputs, h, w) -> (seeds, batch, outputs, h', w'). It has no
    first convolution if `expansion` is 1."""

    inputs: int
    outputs: int
    kernel: int
    stride: int
    expansion: int

    def shapes(self) -> dict[str, tuple[int, ...]]:
        inside = self.inputs * self.expansion
        expand = {"expand": (inside, self.inputs, 1, 1), "expand_gain": (inside,), "expand_bias": (inside,)}
        depthwise = (inside, 1, self.kernel, self.kernel)
        return (expand if self.expansion > 1 else {}) | {
            "depthwise": depthwise,
            "depthwise_gain": (inside,),
            "depthwise_bias": (inside,),
            "weight": (self.outputs, inside, 1, 1),
            "gain": (self.outputs,),
            "bias": (self.outputs,),
        }

    def bound(self, part: str) -> float:
        return bound(self.shapes()[part], relu=part != "weight")

    def __call__(self, x: Tensor, **part: Tensor) -> Tensor:
        y = x
        if self.expansion > 1:
            y = F.relu6(convolve(y, part["expand"], part["expand_gain"], part["expand_bias"]))
        y = F.relu6(convolve(y, part["depthwise"], part["depthwise_gain"], part["depthwise_bias"], self.stride))
        y = convolve(y, part["weight"], part["gain"], part["bias"])
        return x + y if self.stride == 1 and self.inputs == self.outputs else y

    def products(self, outputs: tuple[int, ...]) -> int:
        places, inside = math.prod(outputs[1:]), self.inputs * self.expansion
        first = places * self.stride**2 * self.inputs * inside if self.expansion > 1 else 0
        return first + places * inside * (self.kernel**2 + self.outputs)


def bound(shape: tuple[int, ...], relu: bool) -> float:
    """Returns the bound of a new weight: gains and biases begin at zero, and the others keep the variance of what goes
    through the net (He et al. 2015)."""
    return math.sqrt((6 if relu else 3) / math.prod(shape[1:])) if len(shape) > 1 else 0.0


def layers(classes: int) -> Net:
    """Returns the layers of the net. With 1,000 classes, the head answers with the names of ImageNet."""
    net: Net = {"stem": ConvGain(3, STEM, kernel=3, stride=2)}
    inputs = STEM
    for kernel, stride, expansion, outputs, blocks in ROWS:
        for number in range(blocks):
            net[f"block{len(net)}"] = Block(inputs, outputs, kernel, stride if number == 0 else 1, expansion)
            inputs = outputs
    return net | {"features": MeanFeatures(inputs, FEATURES), "head": Linear(FEATURES, classes, relu=False)}
