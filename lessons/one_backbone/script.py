"""Scores a backbone for a task without any training (LogME), and then trains a probe on it, with one seed."""

import math

import torch
from torch import Tensor, nn

from core.experiment.tasks import Glyphs
from core.worlds import glyphs
from lessons.kit.scripts.parts import (
    accuracy,
    convolutional,
    copy_weights,
    handwriting,
    held_out,
    labelled,
    layers,
    learn,
)

SEED = 0
JOB = "digits"  # or glyphs: cyrillic, greek, kana, latin, symbols
LABELS = 5  # labelled examples of each class
INVERTED = False  # dark ink on a bright background
TURNED = False  # by 90 degrees
BACKBONE = "lessons/shipped/weights/207a8437a97c3aad96a2.safetensors"
STEPS = 300
RATE = 5e-3
BATCH = 16


def evidence(f: Tensor, goal: Tensor) -> Tensor:
    """log p(goal | f) for goal = f w + noise, w ~ N(0, 1 / a), noise ~ N(0, 1 / b), at the best a and b."""
    a = b = torch.tensor(1.0).double()
    for _ in range(100):
        inverse = torch.linalg.inv(a * torch.eye(f.shape[1]) + b * f.T @ f)
        w = b * inverse @ f.T @ goal
        used = f.shape[1] - a * inverse.trace()
        a, b = used / (w @ w).clamp(min=1e-12), (len(f) - used) / ((f @ w - goal) ** 2).sum()
    precision = a * torch.eye(f.shape[1]) + b * f.T @ f
    w = b * torch.linalg.solve(precision, f.T @ goal)
    fit = len(f) * (b / (2 * math.pi)).log() + f.shape[1] * a.log() - b * ((f @ w - goal) ** 2).sum() - a * (w @ w)
    return (fit - torch.logdet(precision)) / 2


torch.manual_seed(SEED)
if JOB == "digits":
    images = handwriting()
    if INVERTED:
        images = 1 - images
    if TURNED:
        images = images.rot90(1, (3, 4))
    x, y = labelled(images, LABELS)
    test_x, test_y = held_out(images)
else:  # glyphs from strokes of fonts, which Headstart draws
    drawn = glyphs.train(Glyphs(scripts=JOB, labels=LABELS), range(SEED, SEED + 1))
    x, y = (part[0] for part in drawn.take(torch.arange(drawn.size)[None]))
    test_x, test_y = glyphs.test(Glyphs(scripts=JOB, labels=LABELS))

net = convolutional()
copy_weights(BACKBONE, dict(zip(["conv1", "conv2", "hidden"], layers(net))))
with torch.no_grad():
    features, test_features = net(x).double(), net(test_x).double()

classes = int(y.max()) + 1
score = sum(evidence(features, (y == k).double()).item() for k in range(classes)) / classes / len(y)
print(f"LogME {score:.3f}, and nothing was trained")

head = nn.Linear(64, classes).double()
learn(head, torch.optim.Adam(head.parameters(), lr=RATE), features, y, BATCH, STEPS)
print(f"accuracy {accuracy(head, test_features, test_y):.3f}")
