"""Show me the PyTorch: a run in the plane as a short script in plain torch that stands on its own, its backbone too."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Plane

SCRIPT = """\
# {title}
# Needs: pip install torch
import math

import torch
from torch import nn

torch.manual_seed({seed})


def examples(n, turn=0.0, winding=1.0, mirrored=False):
    \"\"\"n points (n, 2) on six spiral arms, and the arm of each.\"\"\"
    arm, t = torch.randperm(n) % 6, 0.15 + 0.85 * torch.rand(n)
    angle = 2 * math.pi * (arm / 6 + winding * t + turn / 360)
    x = 2 * t[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    return x * torch.tensor([-1.0 if mirrored else 1.0, 1.0]) + 0.08 * torch.randn(n, 2), arm


def accuracy(head, x, y):
    with torch.no_grad():
        return (head(backbone(x)).argmax(1) == y).float().mean().item()


def learn(head, x, y, batch, stages):
    layers = [backbone[0], backbone[2], backbone[4], head]
    for layers_moved, steps, rate, decay in stages:
        for layer in layers:
            layer.requires_grad_(layer in layers[-layers_moved:])
        # The head learns at `rate`, every layer below it `decay` times slower than the one above.
        adam = torch.optim.Adam([
            {{"params": layer.parameters(), "lr": rate / decay**depth}}
            for depth, layer in enumerate(reversed(layers[-layers_moved:]))
        ])
        seen = torch.cat([torch.randperm(len(x)) for _ in range(steps * batch // len(x) + 1)])
        for pick in seen.split(batch)[:steps]:
            loss = nn.functional.cross_entropy(head(backbone(x[pick])), y[pick])
            adam.zero_grad()
            loss.backward()
            adam.step()


backbone = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
{before}{task}
"""

BEFORE = """
# Before: which of six arms? {steps} steps, paid for once.
arms, old_test = nn.Linear(64, 6), examples(3000)
learn(arms, *examples({points}), {batch}, [(4, {steps}, {rate:g}, 1)])
print(f"arms before {{accuracy(arms, *old_test):.3f}}")
"""

TASK = """
# Now: {what}
world = {world}
head = {head}
x, arm = examples({points}, **world)
learn(head, x, {answer}, {batch}, {stages})
x, arm = examples(3000, **world)
{after}print(f"now {{accuracy(head, x, {answer}):.3f}}")"""


def script(run: Run, title: str) -> str:
    """One seed of a run in the plane, from scratch or from the arms."""
    task = run.task
    assert isinstance(task, Plane)
    moved = {"full": 4, "probe": 1}
    before = ""
    if run.start:
        (first,) = run.start.stages
        assert isinstance(run.start.task, Plane)
        before = BEFORE.format(points=6 * run.start.task.labels, batch=first.batch, steps=first.steps, rate=first.rate)
    points = (6 if task.ask == "arm" else 2) * task.labels
    what, head, answer = f"which of two colours? {points} points, and a head of its own.", "nn.Linear(64, 2)", "arm % 2"
    if task.ask == "arm":
        what = f"which of six arms, of these? {points} points" + (
            ", and the head that knew the others." if before else "."
        )
        head, answer = "arms" if before else "nn.Linear(64, 6)", "arm"
    now = TASK.format(
        what=what,
        head=head,
        answer=answer,
        points=points,
        world={name: getattr(task, name) for name in ("turn", "winding", "mirrored")},
        batch=run.stages[0].batch,
        stages=[(moved[s.method], s.steps, s.rate, s.decay) for s in run.stages],
        after='print(f"arms now {accuracy(arms, *old_test):.3f}")\n' if run.watch else "",
    )
    return SCRIPT.format(title=title, seed=run.first_seed, before=before, task=now)
