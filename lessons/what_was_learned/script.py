"""One seed of a net that learns colours on the first layers of the arms' net, copied and frozen."""

import torch
from torch import nn

from lessons.kit.scripts.parts import accuracy, copy_weights, dense, layers, learn, spirals

SEED = 0
BACKBONE = "lessons/shipped/weights/68b7bd8920703d2a74e7.safetensors"  # a net that tells six spiral arms apart
COPIED = 1  # how many of its three layers are copied, counted from the input
LABELS = 10  # labelled points of each colour
TURN = 0.0  # degrees
STEPS = 300
RATE = 1e-3
BATCH = 16

torch.manual_seed(SEED)
net = nn.Sequential(dense(), nn.Linear(64, 2))
copied = {f"hidden{k}": layer for k, layer in enumerate(layers(net)[:COPIED], 1)}
copy_weights(BACKBONE, copied)  # the layers above keep their random weights
for layer in copied.values():
    layer.requires_grad_(False)

x, arm = spirals(2 * LABELS, TURN)
test_x, test_arm = spirals(3000, TURN)
adam = torch.optim.Adam([part for part in net.parameters() if part.requires_grad], lr=RATE)
learn(net, adam, x, arm % 2, BATCH, STEPS)  # every other arm has the same colour
print(f"accuracy {accuracy(net, test_x, test_arm % 2):.3f}")
