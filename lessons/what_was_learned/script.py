"""Show me the PyTorch: copied layers of the arms' net, frozen under a new task, in plain torch that stands alone."""

from __future__ import annotations

from core.serve import store
from core.spec import Run
from core.tasks import Plane
from lessons.kit.digit_script import script as digits

SCRIPT = """\
# {title}: the first {copied} of three layers copied and frozen
# Needs: pip install torch safetensors, and this repository's folder to run in
import math

import torch
from safetensors.torch import load_file
from torch import nn

SEED = {seed}
torch.manual_seed(SEED)


def examples(n):
    \"\"\"Points on six spiral arms turned by {turn:g} degrees; the question is the colour, every other arm's.\"\"\"
    arm = torch.arange(n) % 6
    t = 0.15 + 0.85 * torch.rand(n)
    angle = 2 * math.pi * (arm / 6 + t + {turn:g} / 360)
    points = 2 * t[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    return points + 0.08 * torch.randn(n, 2), arm % 2


net = nn.Sequential(
    nn.Linear(2, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 2),  # the head
)
layers = [net[0], net[2], net[4], net[6]]

# The copied layers: weights that ship with Headstart, of a net that tells the arms apart. The others begin anew.
kept = load_file("{path}")
for k, layer in enumerate(layers[:{copied}], 1):
    layer.weight.data.copy_(kept[f"hidden{{k}}.weight"][0].T)  # the first axis is the seed
    layer.bias.data.copy_(kept[f"hidden{{k}}.bias"].flatten(1)[0])
    layer.requires_grad_(False)

x, y = examples({count})
test_x, test_y = examples(3000)
adam = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr={rate:g})
seen = torch.cat([torch.randperm(len(x)) for _ in range({steps} * {batch} // len(x) + 1)])
for batch in seen.split({batch})[:{steps}]:
    loss = nn.functional.cross_entropy(net(x[batch]), y[batch])
    adam.zero_grad()
    loss.backward()
    adam.step()

with torch.no_grad():
    print(f"accuracy {{(net(test_x).argmax(1) == test_y).float().mean():.3f}}")
"""


def script(run: Run, world: str) -> str:
    """One seed of a run with copied and frozen layers."""
    title = f"{world[0].upper()}{world[1:]}"
    if not isinstance(run.task, Plane):
        return digits(run, f"{title}: the first {run.copied} of three layers copied and frozen")
    assert run.start
    (stage,) = run.stages
    return SCRIPT.format(
        title=title,
        copied=run.copied,
        seed=run.first_seed,
        turn=run.task.turn,
        path=store.weights_path(run.start),
        count=2 * run.task.labels,
        rate=stage.rate,
        steps=stage.steps,
        batch=stage.batch,
    )
