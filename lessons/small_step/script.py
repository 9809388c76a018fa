"""Trains two nets that know spiral arms, and mixes their weights: theta + alpha * delta, with one seed."""

import copy

import torch
from torch import nn

from lessons.kit.scripts.parts import accuracy, dense, learn, spirals

SEED = 0
OLD_LABELS = 500  # labelled points of each arm
OLD_STEPS = 1000
OLD_RATE = 3e-3
OLD_BATCH = 64
APART = False  # whether the new net starts from other random weights, instead of the old net
TURN = 30.0  # degrees by which the new arms are turned
LABELS = 50
STEPS = 300
RATE = 1e-3
BATCH = 16
LAYER = ""  # the layer that gets delta: 0.0, 0.2 or 0.4, or 1 for the head; "" stands for all
RANK = 0  # how many of its strongest directions each matrix of delta keeps; 0 keeps all


def arms_net() -> nn.Sequential:
    return nn.Sequential(dense(), nn.Linear(64, 6))


torch.manual_seed(SEED)
old, (x, y) = arms_net(), spirals(6 * OLD_LABELS)
learn(old, torch.optim.Adam(old.parameters(), lr=OLD_RATE), x, y, OLD_BATCH, OLD_STEPS)
new = arms_net() if APART else copy.deepcopy(old)
x, y = spirals(6 * LABELS, TURN)
learn(new, torch.optim.Adam(new.parameters(), lr=RATE), x, y, BATCH, STEPS)

# Nothing is trained from here on.
theta = old.state_dict()
delta = {name: new.state_dict()[name] - weight for name, weight in theta.items()}
size = torch.cat([part.flatten() for part in delta.values()]).norm()
print(f"delta is {size / torch.cat([part.flatten() for part in theta.values()]).norm():.1%} of theta")
if LAYER:
    delta = {name: part if name.startswith(LAYER) else 0 * part for name, part in delta.items()}
if RANK:
    for name, part in delta.items():
        if part.ndim == 2:
            left, sizes, right = torch.linalg.svd(part, full_matrices=False)
            delta[name] = (left[:, :RANK] * sizes[:RANK]) @ right[:RANK]

tests = spirals(3000), spirals(3000, TURN)
mixed = arms_net()
for alpha in (-0.5, 0, 0.25, 0.5, 0.75, 1, 1.5):
    mixed.load_state_dict({name: weight + alpha * delta[name] for name, weight in theta.items()})
    right = [accuracy(mixed, *test) for test in tests]
    print(f"alpha {alpha:5.2f}: old task {right[0]:.3f}, new task {right[1]:.3f}")
