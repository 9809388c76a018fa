"""One seed of a net that learns points in the plane, from scratch or after six spiral arms."""

import torch
from torch import nn

from lessons.kit.scripts.parts import accuracy, dense, learn_in_stages, spirals

SEED = 0
PRETRAINED = True  # on six spiral arms
OLD_LABELS = 500  # points an arm, in pretraining
OLD_BATCH = 128
OLD_STEPS = 3000
OLD_RATE = 3e-3
ASK = "colour"  # or the arm itself: arms have two colours in turn
LABELS = 10  # labelled points a class
TURN = 0.0  # degrees
WINDING = 1.0  # turns of an arm from the centre to the rim; 0 is straight wedges
MIRRORED = False
STAGES = [(1, 150, 5e-3, 1.0), (4, 150, 1e-3, 2.0)]  # layers that move, from the head down; steps, rate, decay
BATCH = 16
WATCHED = True  # are the old arms tested again?

torch.manual_seed(SEED)
backbone = dense()
if PRETRAINED:
    arms, old = nn.Linear(64, 6), spirals(3000)
    x, arm = spirals(6 * OLD_LABELS)
    learn_in_stages(nn.Sequential(backbone, arms), x, arm, OLD_BATCH, [(4, OLD_STEPS, OLD_RATE, 1)])
    print(f"arms before {accuracy(nn.Sequential(backbone, arms), *old):.3f}")

if ASK == "colour":
    head = nn.Linear(64, 2)
    x, arm = spirals(2 * LABELS, TURN, WINDING, MIRRORED)
    test_x, test_arm = spirals(3000, TURN, WINDING, MIRRORED)
    y, test_y = arm % 2, test_arm % 2
else:
    head = arms if PRETRAINED else nn.Linear(64, 6)
    x, y = spirals(6 * LABELS, TURN, WINDING, MIRRORED)
    test_x, test_y = spirals(3000, TURN, WINDING, MIRRORED)
net = nn.Sequential(backbone, head)
learn_in_stages(net, x, y, BATCH, STAGES)
if WATCHED:
    print(f"arms now {accuracy(nn.Sequential(backbone, arms), *old):.3f}")
print(f"now {accuracy(net, test_x, test_y):.3f}")
