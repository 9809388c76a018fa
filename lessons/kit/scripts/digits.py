"""One seed of a net that learns handwriting, from scratch or from a backbone."""

import torch
from torch import nn

from lessons.kit.scripts.parts import (
    accuracy,
    convolutional,
    copy_weights,
    handwriting,
    held_out,
    labelled,
    layers,
    learn_in_stages,
)

SEED = 0
LABELS = 5  # labelled digits a class
INVERTED = False  # dark ink on a bright ground
BACKBONE = ""  # a file of weights to start from
COPIED = ["conv1", "conv2", "hidden"]  # layers taken from it
STAGES = [(4, 300, 1e-3, 1.0)]  # layers that move, from the head down; steps, rate, decay
BATCH = 16

torch.manual_seed(SEED)
images = handwriting()
if INVERTED:
    images = 1 - images
x, y = labelled(images, LABELS)
net = nn.Sequential(convolutional(), nn.Linear(64, 10))
if BACKBONE:
    copy_weights(BACKBONE, dict(zip(COPIED, layers(net))))  # what is above begins anew
learn_in_stages(net, x, y, BATCH, STAGES)
print(f"accuracy {accuracy(net, *held_out(images)):.3f}")
