"""Trains one patch on one pretrained net, so that it learns a new task."""

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from lessons.kit.scripts.parts import (
    accuracy,
    convolutional,
    copy_weights,
    dense,
    handwriting,
    held_out,
    labelled,
    layers,
    learn,
    spirals,
)

SEED = 0
WORLD = "plane"  # plane (the colours of spiral arms) or handwriting
LABELS = 10  # labelled examples per class
MIRRORED = False  # whether the arms are wound the other way round
BACKBONE = "lessons/shipped/weights/b6cca7780fe70510e352.safetensors"
METHOD = "low_rank"  # adapter, bias, full or probe
SIZE = 2  # rank of the patch, or width of the adapter
STEPS = 300
RATE = 1e-2
BATCH = 16


class LowRank(nn.Module):
    """Adds B A, a matrix of rank SIZE, to the weights."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        rows, columns = weight.flatten(1).shape
        self.A = nn.Parameter((torch.rand(SIZE, columns) * 2 - 1) / columns**0.5)
        self.B = nn.Parameter(torch.zeros(rows, SIZE))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + (self.B @ self.A).view_as(weight)


class Adapter(nn.Module):
    """Computes x + up(relu(down(x))) after a layer, with SIZE numbers in the middle."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.down = nn.Parameter((torch.rand(features, SIZE) * 2 - 1) / features**0.5)
        self.up = nn.Parameter(torch.zeros(SIZE, features))

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(1, -1)
        return (x + (x @ self.down).relu() @ self.up).movedim(-1, 1)


torch.manual_seed(SEED)
if WORLD == "plane":
    (x, arm), (test_x, test_arm) = spirals(2 * LABELS, mirrored=MIRRORED), spirals(3000, mirrored=MIRRORED)
    y, test_y = arm % 2, test_arm % 2
    body, names, head = dense(), ["hidden1", "hidden2", "hidden3"], nn.Linear(64, 2)
else:
    images = handwriting()
    test_x, test_y = held_out(images)
    x, y = labelled(images, LABELS)
    body, names, head = convolutional(), ["conv1", "conv2", "hidden"], nn.Linear(64, 10)

# The head is new and is always trained, with every method.
copy_weights(BACKBONE, dict(zip(names, layers(body))))
body.requires_grad_(METHOD == "full")
if METHOD == "bias":
    for name, part in body.named_parameters():
        part.requires_grad_(name.endswith("bias"))
if METHOD == "low_rank":
    for layer in layers(body):
        parametrize.register_parametrization(layer, "weight", LowRank(layer.weight))
if METHOD == "adapter":
    for place, module in enumerate(body):
        if isinstance(module, nn.Linear | nn.Conv2d):
            body[place + 1] = nn.Sequential(nn.ReLU(), Adapter(len(module.weight)))

net = nn.Sequential(body, head)
moving = [part for part in net.parameters() if part.requires_grad]
print(f"{sum(part.numel() for part in moving):,} numbers are trained")
learn(net, torch.optim.Adam(moving, lr=RATE), x, y, BATCH, STEPS)
print(f"accuracy {accuracy(net, test_x, test_y):.3f}")
