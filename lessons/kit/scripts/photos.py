"""Tests the heads that you have trained on your photos, and trains one more, in plain PyTorch.

python train.py            tests your heads on unseen photos, and trains a new head
python train.py cup.jpg    says what a photo shows
"""

import hashlib
import random
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from safetensors.torch import load_file
from torch import Tensor

from lessons.kit.scripts.eye import features

MODEL = "efficientnet_lite0.safetensors"
SHA256 = ""
HEADS = "head.safetensors"
PHOTOS = "photos.npz"
ALBUM = ""  # decides which photos are only for testing
NAMES = ["cup", "spoon"]
LABELS = 5  # per class
SEED = 0
STEPS = 100
RATE = 0.001
BATCH = 16

for name, how in ((MODEL, "README.md says how to get it."), (HEADS, "Unzip the whole folder again.")):
    if not Path(name).exists():
        sys.exit(f"{name} is missing. {how}")
if hashlib.sha256(Path(MODEL).read_bytes()).hexdigest() != SHA256:
    sys.exit(f"{MODEL} is not the file that your heads were trained with. README.md says how to get it.")
weights, heads = load_file(MODEL), load_file(HEADS)


def see(photos: np.ndarray) -> Tensor:
    """Returns the features of photos (n, 128, 128, 3) with pixels from 0 to 255."""
    with torch.no_grad():
        return features(weights, (torch.tensor(photos).permute(0, 3, 1, 2).float() - 127) / 128)


def answers(x: Tensor) -> Tensor:
    """Returns the scores of every class from every head, (heads, n, classes)."""
    return x @ heads["head.weight"] + heads["head.bias"]


for file in sys.argv[1:]:
    with Image.open(file) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        square = ImageOps.fit(upright, (128, 128), Image.Resampling.BICUBIC)
    sure, best = answers(see(np.asarray(square)[None])).softmax(-1).mean(0)[0].max(0)
    print(f"{file}: {NAMES[int(best)]} ({sure:.0%})")
if sys.argv[1:]:
    sys.exit()
if not Path(PHOTOS).exists():
    sys.exit(f"{PHOTOS} is missing, because only the browser that brought the photos can save them.")

# the same photos are kept for testing as in the app: a quarter of each class
album, luck = np.load(PHOTOS), random.Random(ALBUM)
learn, test = [], []
for k in range(len(NAMES)):
    places = np.flatnonzero(album["labels"] == k).tolist()
    luck.shuffle(places)
    held = max(1, len(places) // 4)
    test += places[:held]
    learn += places[held : held + LABELS]
truth = torch.tensor(album["labels"][test])
tested = see(album["images"][test])
for number, right in enumerate((answers(tested).argmax(-1) == truth).float().mean(1).tolist(), 1):
    print(f"Head {number} of the app: right on {right:.1%} of {len(truth)} unseen photos")

torch.manual_seed(SEED)
x, y = see(album["images"][learn]), torch.tensor(album["labels"][learn])
head = torch.nn.Linear(1280, len(NAMES))
optimizer = torch.optim.Adam(head.parameters(), RATE)
for _ in range(STEPS):
    batch = torch.randperm(len(y))[:BATCH]
    loss = F.cross_entropy(head(x[batch]), y[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
right = (head(tested).argmax(1) == truth).float().mean()
print(f"A new head, {LABELS} labels per class: right on {right:.1%} of {len(truth)} unseen photos")
