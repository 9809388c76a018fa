"""Averages the weights of two children of one backbone and of a stranger, and tests nets on the lines between them."""

import copy

import torch
from torch import nn

from lessons.kit.scripts.attention import annealed
from lessons.kit.scripts.parts import (
    batches,
    convolutional,
    copy_weights,
    handwriting,
    held_out,
    labelled,
    layers,
    learn_in_stages,
)

SEED = 0
BACKBONE = "lessons/shipped/weights/207a8437a97c3aad96a2.safetensors"  # a net that tells drawn glyphs apart
LABELS = 20  # labelled digits of each class, other ones for each child
BATCH = 16
HEAD_STEPS = 150
HEAD_RATE = 5e-3
STEPS = 300
RATE = 1e-3
EVERY = 400  # labelled digits of each class for the stranger, so that it reads about as well as a child
STRANGER_STEPS = 1500
STRANGER_RATE = 1e-3
STRANGER_BATCH = 64


def digits_net() -> nn.Sequential:
    return nn.Sequential(convolutional(), nn.Linear(64, 10))


torch.manual_seed(SEED)
images = handwriting()
backbone = digits_net()
copy_weights(BACKBONE, dict(zip(("conv1", "conv2", "hidden"), layers(backbone))))
learn_in_stages(backbone, *labelled(images, LABELS), BATCH, [(1, HEAD_STEPS, HEAD_RATE, 1)])  # trains only the head

children = copy.deepcopy(backbone), copy.deepcopy(backbone)
for child in children:  # each child has its own labels
    learn_in_stages(child, *labelled(images, LABELS), BATCH, [(4, STEPS, RATE, 1)])
stranger = digits_net()
adam = torch.optim.Adam(stranger.parameters())
every_x, every_y = labelled(images, EVERY)
for step, pick in enumerate(batches(len(every_x), STRANGER_BATCH, STRANGER_STEPS)):
    adam.param_groups[0]["lr"] = STRANGER_RATE * annealed(step, STRANGER_STEPS)
    loss = nn.functional.cross_entropy(stranger(every_x[pick]), every_y[pick])
    adam.zero_grad()
    loss.backward()
    adam.step()

# Nothing is trained from here on.
x, y = held_out(images)
mixed = digits_net()
for name, other in (("backbone", backbone), ("child B", children[1]), ("stranger", stranger)):
    here, there = children[0].state_dict(), other.state_dict()
    far = torch.cat([(there[key] - here[key]).flatten() for key in here]).norm()
    print(f"from child A to {name}: distance {far:.1f}")
    for share in (0, 0.25, 0.5, 0.75, 1):
        mixed.load_state_dict({key: here[key].lerp(there[key], share) for key in here})
        with torch.no_grad():
            answers = mixed(x)
        right = (answers.argmax(1) == y).float().mean()
        print(f"  {share:.0%} of the way: loss {nn.functional.cross_entropy(answers, y):.3f}, accuracy {right:.3f}")
