"""One backbone from a pile of drawings: how surprised it is by others, and what its features are worth for digits."""

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
DRAWINGS = 10  # of each glyph
STAGES = [(4, 242, 2e-3, 1.0), (4, 104, 4e-4, 1.0)]  # layers that move: all; steps, rate, decay
BATCH = 64
PROBE_LABELS = 10  # labelled digits a class
PROBE_STEPS = 300
PROBE_RATE = 5e-3
PROBE_BATCH = 16


def drawn(seed: int, count: int) -> tuple[Tensor, Tensor]:
    """Strokes of fonts, drawn with a pen: that is left to Headstart."""
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
    print(f"{len(x):,} drawings: loss {nn.functional.cross_entropy(net(new_x), new_y):.2f} nats on new ones")

for ink, images in (("digits", handwriting()), ("inverted digits", 1 - handwriting())):
    some_x, some_y = labelled(images, PROBE_LABELS)
    test_x, test_y = held_out(images)
    with torch.no_grad():
        features, test_features = body(some_x), body(test_x)
    head = nn.Linear(64, 10)
    learn(head, torch.optim.Adam(head.parameters(), lr=PROBE_RATE), features, some_y, PROBE_BATCH, PROBE_STEPS)
    print(f"{ink}: accuracy {accuracy(head, test_features, test_y):.3f}")
