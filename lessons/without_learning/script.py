"""Trains one transformer to continue lines. Then it learns new lines from its prompt, and no weight changes."""

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from lessons.kit.scripts.attention import Block, annealed, norm

SEED = 0
POINTS = 12  # points of each line in a prompt
STEPS = 150  # training steps of pretraining
BATCH = 64
RATE = 3e-3
FAR = 1.0  # of the lines in the test: standard deviation of x
STEEP = 1.0  # of the lines in the test: standard deviation of the slope
BEND = 0.0  # how much of a parabola is added
MINE = [(-2.0, -1.0), (-1.0, -0.5), (0.5, 0.25), (1.0, 0.5)]  # put your own points here
WIDTH = 48


def lines(n: int, far: float = 1, steep: float = 1, bend: float = 0) -> tuple[Tensor, Tensor]:
    """Returns the points of n random lines: x and y, each with the shape (n, POINTS)."""
    x, a, b = far * torch.randn(n, POINTS), torch.randn(n, 1), torch.randn(n, 1)
    return x, a + steep * b * x + bend * (x**2 - far**2)


def prompt(x: Tensor, y: Tensor) -> Tensor:
    """Returns prompts with the shape (n, 2 * points, 2). They alternate between a question x and its answer y."""
    nothing = torch.zeros_like(x)
    return torch.stack([torch.stack([x, nothing], -1), torch.stack([nothing, y], -1)], -2).flatten(1, 2)


def weight(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(torch.empty(rows, columns).uniform_(-(rows**-0.5), rows**-0.5))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.read = weight(2, WIDTH)
        self.place = nn.Parameter(torch.empty(32, WIDTH).uniform_(-(2**-0.5), 2**-0.5))
        self.blocks = nn.Sequential(Block(WIDTH, 4, 2), Block(WIDTH, 4, 2))
        self.say = nn.Linear(WIDTH, 1)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Returns the net's answer at every x, from the points before it, with the shape (n, points)."""
        seen = prompt(x, y)
        said = self.say(norm(self.blocks(seen @ self.read + self.place[: seen.shape[1]])))
        return said[:, ::2, 0]


torch.manual_seed(SEED)
net = Net()
adam = torch.optim.Adam(net.parameters(), lr=RATE)
rate = LambdaLR(adam, lambda step: annealed(step, STEPS))
for _ in range(STEPS):  # every prompt shows a new line; weights change only in this loop
    x, y = lines(BATCH)
    loss = (net(x, y) - y).square().mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    rate.step()

# From here on the net only answers, and nothing is trained.
before = [part.detach().clone() for part in net.parameters()]
with torch.no_grad():
    x, y = lines(1000, FAR, STEEP, BEND)
    error = (net(x, y) - y).square().mean(0) / y.square().mean(0)  # 1 means as large as for always answering 0
    print("error after 0, 1, 2, ... examples:", " ".join(f"{share:.3f}" for share in error))
    x, y = torch.tensor([*MINE, (2.0, 0.0)]).T[:, None]
    print(f"after your points, the net answers {net(x, y)[0, -1]:.2f} at x = 2")
print("weights changed:", sum(int((part != was).sum()) for part, was in zip(net.parameters(), before)))
print(f"error after {POINTS - 1} examples {error[-1]:.4f}")
