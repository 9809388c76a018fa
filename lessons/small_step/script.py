"""Show me the PyTorch: two nets that know arms, and the dial between them, in plain torch that stands on its own."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Plane

SCRIPT = """\
# {title}
# Needs: pip install torch
import copy
import math

import torch
from torch import nn

SEED = {seed}
torch.manual_seed(SEED)


def arms(n, turn):
    \"\"\"n points on six spiral arms, and the arm that each lies on.\"\"\"
    arm, t = torch.arange(n) % 6, 0.15 + 0.85 * torch.rand(n)
    angle = 2 * math.pi * (arm / 6 + t + turn / 360)
    points = 2 * t[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    return points + 0.08 * torch.randn(n, 2), arm


def fresh():
    return nn.Sequential(
        nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(),
        nn.Linear(64, 6),  # the head
    )


def learn(net, x, y, steps, rate, batch):
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    seen = torch.cat([torch.randperm(len(x)) for _ in range(steps * batch // len(x) + 1)])
    for pick in seen.split(batch)[:steps]:
        loss = nn.functional.cross_entropy(net(x[pick]), y[pick])
        adam.zero_grad()
        loss.backward()
        adam.step()
    return net


old = learn(fresh(), *arms({old_points}, 0), {old_stage})
new = {new_start}
new = learn(new, *arms({new_points}, {turn:g}), {new_stage})

# From here on nothing is trained: theta_pre + alpha * delta.
theta = old.state_dict()
delta = {{name: new.state_dict()[name] - weight for name, weight in theta.items()}}
moved = sum(part.square().sum() for part in delta.values()).sqrt()
print(f"delta is {{moved / sum(part.square().sum() for part in theta.values()).sqrt():.1%}} of theta")
{edits}
tests = arms(3000, 0), arms(3000, {turn:g})
mixed = fresh()
for alpha in (-0.5, 0, 0.25, 0.5, 0.75, 1, 1.5):
    mixed.load_state_dict({{name: weight + alpha * delta[name] for name, weight in theta.items()}})
    with torch.no_grad():
        right = [(mixed(x).argmax(1) == y).float().mean() for x, y in tests]
    print(f"alpha {{alpha:5.2f}}: old task {{right[0]:.3f}}, new task {{right[1]:.3f}}")
"""

ONE_LAYER = """\
delta = {{name: part if name.startswith("{place}.") else 0 * part for name, part in delta.items()}}  # one layer only
"""

CUT = """\
for name, part in delta.items():
    if part.ndim == 2:  # every matrix, cut to its strongest directions
        left, sizes, right = torch.linalg.svd(part, full_matrices=False)
        delta[name] = (left[:, :{rank}] * sizes[:{rank}]) @ right[:{rank}]
"""


def script(old: Run, new: Run, layer: int | None, rank: int, title: str) -> str:
    """One seed of two runs on arms and the dial between them; layer counts from 0, rank 0 is uncut."""
    edits = (ONE_LAYER.format(place=2 * layer) if layer is not None else "") + (CUT.format(rank=rank) if rank else "")
    assert isinstance(old.task, Plane) and isinstance(new.task, Plane)
    return SCRIPT.format(
        title=title,
        seed=new.first_seed,
        old_points=6 * old.task.labels,
        old_stage=stage(old),
        new_start="copy.deepcopy(old)" if new.start else "fresh()  # other random weights than the old net began with",
        new_points=6 * new.task.labels,
        new_stage=stage(new),
        turn=new.task.turn,
        edits=edits,
    )


def stage(run: Run) -> str:
    (only,) = run.stages
    return f"steps={only.steps}, rate={only.rate:g}, batch={only.batch}"
