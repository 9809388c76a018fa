"""Trains one backbone on drawings, and tests its loss on unseen drawings and its features on digits."""

import torch
from torch import Tensor, nn

from core.experiment.tasks import Glyphs
from core.worlds import glyphs
from lessons.kit.scripts.parts import (
    accuracy,
    convolutional,
    handwriting,
    held_out,
    labelled,
    learn,
    learn_in_stages,
)

SEED = 0
DRAWINGS = 10  # drawings of each glyph
STAGES = [
    (4, 242, 2e-3, 1.0),
    (4, 104, 4e-4, 1.0),
]  # for each stage: layers that learn (all), steps, learning rate, decay
BATCH = 64
PROBE_LABELS = 10  # labelled digits of each class
PROBE_STEPS = 300
PROBE_RATE = 5e-3
PROBE_BATCH = 16


def drawn(seed: int, count: int) -> tuple[Tensor, Tensor]:
    """Returns glyphs from strokes of fonts, which Headstart draws."""
    pool = glyphs.train(Glyphs(labels=count), range(seed, seed + 1))
    x, y = pool.take(torch.arange(pool.size)[None])
    return x[0], y[0]


torch.manual_seed(SEED)
x, y = drawn(SEED, DRAWINGS)
body = convolutional()
net = nn.Sequential(body, nn.Linear(64, int(y.max()) + 1))
learn_in_stages(net, x, y, BATCH, STAGES)
new_x, new_y = glyphs.test(Glyphs())
with torch.no_grad():
    print(f"{len(x):,} drawings: loss {nn.functional.cross_entropy(net(new_x), new_y):.2f} nats on unseen drawings")

for ink, images in (("digits", handwriting()), ("inverted digits", 1 - handwriting())):
    some_x, some_y = labelled(images, PROBE_LABELS)
    test_x, test_y = held_out(images)
    with torch.no_grad():
        features, test_features = body(some_x), body(test_x)
    head = nn.Linear(64, 10)
    learn(head, torch.optim.Adam(head.parameters(), lr=PROBE_RATE), features, some_y, PROBE_BATCH, PROBE_STEPS)
    print(f"{ink}: accuracy {accuracy(head, test_features, test_y):.3f}")
