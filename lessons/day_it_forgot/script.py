"""Trains one net on the digits 0 to 4 and then on 5 to 9, with one head for all ten digits."""

import torch
from torch import Tensor, nn

from lessons.kit.scripts.parts import batches, convolutional, handwriting

SEED = 0
LABELS = 20  # labelled digits per class
OLD_LABELS = 20
OLD_STEPS = 300  # training steps on 0 to 4
OLD_RATE = 1e-3
OLD_BATCH = 16
STEPS = 300  # training steps on 5 to 9
RATE = 1e-3
BATCH = 16
INVERTED = False  # whether 5 to 9 are dark on a bright ground
LOOKS = (0, 5, 10, 20, 30, 40, 60, 100, 200)  # steps at which both skills are tested


def report() -> str:
    """Returns the accuracy on unseen digits 0 to 4 and 5 to 9. The net may answer with any of the ten digits."""
    with torch.no_grad():
        right = [(net(images[k, :100]).argmax(1) == k).float().mean().item() for k in range(10)]
    return f"0 to 4 {sum(right[:5]) / 5:.3f}, 5 to 9 {sum(right[5:]) / 5:.3f}"


def learn(digits: Tensor, labels: int, steps: int, rate: float, size: int) -> None:
    x = torch.cat([images[k, 100 + torch.randperm(400)[:labels]] for k in digits])
    y = digits.repeat_interleave(labels)
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    for step, pick in enumerate(batches(len(x), size, steps)):
        if step in LOOKS:
            print(f"step {step}: {report()}")
        loss = nn.functional.cross_entropy(net(x[pick]), y[pick])
        adam.zero_grad()
        loss.backward()
        adam.step()


torch.manual_seed(SEED)
images = handwriting()
net = nn.Sequential(convolutional(), nn.Linear(64, 10))
learn(torch.arange(5), OLD_LABELS, OLD_STEPS, OLD_RATE, OLD_BATCH)
print("now training on 5 to 9 only")
if INVERTED:
    images[5:] = 1 - images[5:]
learn(torch.arange(5, 10), LABELS, STEPS, RATE, BATCH)
print(f"at the end: {report()}")
