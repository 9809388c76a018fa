"""What the scripts on EfficientNet-Lite0 share: the layers of the net, which give the features of a picture."""

import torch.nn.functional as F
from torch import Tensor

STRIDES = {"stem": 2, "block2": 2, "block4": 2, "block6": 2, "block12": 2}  # of all layers that halve the picture


def convolve(x: Tensor, weight: Tensor, gain: Tensor, bias: Tensor, stride: int = 1) -> Tensor:
    """Convolves x, each channel by itself if the weight has one input. Borders are those of TensorFlow."""
    kernel, groups = weight.shape[-1], x.shape[1] // weight.shape[1]
    border = max(kernel - stride, 0)
    x = F.pad(x, (border // 2, border - border // 2) * 2)
    x = F.conv2d(x, weight, stride=stride, groups=groups)
    return x * (1 + gain)[:, None, None] + bias[:, None, None]


def features(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """Returns 1,280 numbers for each picture (n, 3, 128, 128)."""
    for name in dict.fromkeys(name.split(".")[0] for name in sorted(weights, key=position)):
        part = {key.split(".")[1]: value for key, value in weights.items() if key.split(".")[0] == name}
        stride, before = STRIDES.get(name, 1), x
        if "expand" in part:
            x = F.relu6(convolve(x, part["expand"], part["expand_gain"], part["expand_bias"]))
        if "depthwise" in part:
            x = F.relu6(convolve(x, part["depthwise"], part["depthwise_gain"], part["depthwise_bias"], stride))
            x = convolve(x, part["weight"], part["gain"], part["bias"])
            x = x + before if x.shape == before.shape else x
        elif name != "head":
            x = F.relu6(convolve(x, part["weight"], part["gain"], part["bias"], stride))
    return x.mean((2, 3))


def position(name: str) -> int:
    """Returns the place of a layer in the net."""
    layer = name.split(".")[0]
    return int(layer.removeprefix("block")) if "block" in layer else {"stem": 0, "features": 98, "head": 99}[layer]
