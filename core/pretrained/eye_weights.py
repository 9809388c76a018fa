"""Converts the weights of EfficientNet-Lite0 into the layout of core/nets/efficientnet_lite0.py."""

from __future__ import annotations

import io

import torch
from safetensors.torch import save
from torch import Tensor

EPSILON = 1e-3  # of the batch norms

Weights = dict[str, Tensor]


def convert(pickled: bytes) -> bytes:
    """Reads the original file as tensors only, so nothing in it can run, and returns the file that is kept."""
    renamed = rename(torch.load(io.BytesIO(pickled), map_location="cpu", weights_only=True))
    return save({name: part.contiguous() for name, part in renamed.items()})


def rename(original: Weights) -> Weights:
    """Returns the weights under our names, with every batch norm as a gain and a bias."""

    def conv(ours: str, convolution: str, norm: str) -> Weights:
        prefix = "" if ours.endswith(".") else "_"
        gain, bias, mean, variance = (
            original[f"{norm}.{part}"].double() for part in ("weight", "bias", "running_mean", "running_var")
        )
        gain = gain / (variance + EPSILON).sqrt()
        kernels = original[f"{convolution}.weight"]
        found = {f"{ours}{prefix}gain": gain - 1, f"{ours}{prefix}bias": bias - mean * gain}
        return {f"{ours}weight" if not prefix else ours: kernels} | {name: part.float() for name, part in found.items()}

    found = conv("stem.", "_conv_stem", "_bn0")
    number = 0
    while (block := f"_blocks.{number}") + "._bn1.weight" in original:
        ours = f"block{number + 1}."
        if f"{block}._bn0.weight" in original:
            found |= conv(f"{ours}expand", f"{block}._expand_conv", f"{block}._bn0")
        found |= conv(f"{ours}depthwise", f"{block}._depthwise_conv", f"{block}._bn1")
        found |= conv(ours, f"{block}._project_conv", f"{block}._bn2")
        number += 1
    found |= conv("features.", "_conv_head", "_bn1")
    return found | {"head.weight": original["_fc.weight"].T, "head.bias": original["_fc.bias"][None]}
