"""Show me the PyTorch: a net that learns from its prompt, as a short script in plain torch that stands alone."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Lines

SCRIPT = """\
# {title}
# Needs: pip install torch
import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed({seed})
POINTS, WIDTH, HEADS, BLOCKS = {points}, 48, 4, 2
STEPS, BATCH, RATE = {steps}, {batch}, {rate:g}


def lines(n, far=1.0, steep=1.0, bend=0.0):
    \"\"\"Points of n random lines: x and y (n, POINTS).\"\"\"
    x, a, b = far * torch.randn(n, POINTS), torch.randn(n, 1), torch.randn(n, 1)
    return x, a + steep * b * x + bend * (x**2 - far**2)


def prompt(x, y):
    \"\"\"(n, 2 * points, 2): x1 with no answer, then y1 with no question, x2, y2, ...\"\"\"
    nothing = torch.zeros_like(x)
    return torch.stack([torch.stack([x, nothing], -1), torch.stack([nothing, y], -1)], -2).flatten(1, 2)


def weight(*shape, bound):
    return nn.Parameter(torch.empty(shape).uniform_(-bound, bound))


def norm(x):
    return F.layer_norm(x, x.shape[-1:])


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        small = 1 / math.sqrt(2 * BLOCKS)  # what is added to the stream begins small
        self.qkv = weight(WIDTH, 3 * WIDTH, bound=WIDTH**-0.5)
        self.out = weight(WIDTH, WIDTH, bound=WIDTH**-0.5 * small)
        self.expand = weight(WIDTH, 4 * WIDTH, bound=WIDTH**-0.5)
        self.contract = weight(4 * WIDTH, WIDTH, bound=(4 * WIDTH) ** -0.5 * small)

    def forward(self, x):
        q, k, v = (one.unflatten(-1, (HEADS, -1)).transpose(1, 2) for one in (norm(x) @ self.qkv).chunk(3, -1))
        found = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # every place looks at those before it
        x = x + found.transpose(1, 2).flatten(2) @ self.out
        return x + F.gelu(norm(x) @ self.expand) @ self.contract


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.read, self.place = weight(2, WIDTH, bound=2**-0.5), weight(32, WIDTH, bound=2**-0.5)
        self.blocks = nn.Sequential(*[Block() for _ in range(BLOCKS)])
        self.say, self.bias = weight(WIDTH, 1, bound=WIDTH**-0.5), weight(1, bound=WIDTH**-0.5)

    def forward(self, x, y):
        \"\"\"What it says at every x, from the points before it: (n, points).\"\"\"
        seen = prompt(x, y)
        said = norm(self.blocks(seen @ self.read + self.place[: seen.shape[1]])) @ self.say + self.bias
        return said[:, ::2, 0]


# Pretraining: every prompt shows another line. Only here do weights move.
net = Net()
adam = torch.optim.Adam(net.parameters())
for step in range(STEPS):
    for group in adam.param_groups:
        group["lr"] = RATE * min(1, (step + 1) / (STEPS / 50)) * (1 + math.cos(math.pi * step / STEPS)) / 2
    x, y = lines(BATCH)
    loss = (net(x, y) - y).square().mean()
    adam.zero_grad()
    loss.backward()
    adam.step()

# From here on it is only asked.
before = [one.detach().clone() for one in net.parameters()]
with torch.no_grad():
    x, y = lines(1000{world})
    error = (net(x, y) - y).square().mean(0) / y.square().mean(0)  # 1 for always saying 0
    print("error after 0, 1, 2, ... examples:", " ".join(f"{{e:.3f}}" for e in error))
    mine = [(-2.0, -1.0), (-1.0, -0.5), (0.5, 0.25), (1.0, 0.5)]  # put your own points here
    x, y = (torch.tensor([[*part, ask]]) for part, ask in zip(zip(*mine), (2.0, 0.0)))
    print(f"at x = 2 it says {{net(x, y)[0, -1]:.2f}}")
print("weights changed:", sum(int((one != was).sum()) for one, was in zip(net.parameters(), before)))
print(f"error after {{POINTS - 1}} examples {{error[-1]:.4f}}")"""


def script(run: Run, world: Lines, title: str) -> str:
    """One seed of a run, asked in a world."""
    assert isinstance(run.task, Lines)
    (stage,) = run.stages
    shifted = {name: getattr(world, name) for name in ("far", "steep", "bend")}
    told = "".join(f", {name}={value:g}" for name, value in shifted.items() if value != getattr(Lines(), name))
    return SCRIPT.format(
        title=title,
        seed=run.first_seed,
        points=run.task.points,
        steps=stage.steps,
        batch=stage.batch,
        rate=stage.rate,
        world=told,
    )
