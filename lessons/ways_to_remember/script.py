"""One seed of a net that protects what it knows while it learns more: digits after glyphs, or five tasks in a row."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.experiment.tasks import Glyphs
from core.worlds import glyphs
from lessons.kit.scripts.parts import (
    accuracy,
    batches,
    convolutional,
    copy_weights,
    handwriting,
    held_out,
    labelled,
    layers,
)

SEED = 0
METHOD = "ewc"  # l2_sp, lwf or replay
STRENGTH = 100.0  # how much the penalty weighs; the loss of the new task weighs 1
COUNT = 1  # how many old examples of each class are kept, or looked at once
BACKBONE = ""  # weights of the net that reads glyphs; "" means five tasks in a row, digits cut into 49 tiles
TASKS = 5  # in a row
LABELS = 20  # labelled digits of each class
INVERTED = False  # dark ink on a bright ground
STEPS = 300  # for each task
RATE = 1e-3
BATCH = 16


def protection() -> Callable[[Tensor], Tensor]:
    """Adds a second loss to the loss on new examples x, so that the body keeps what it already knows."""
    if METHOD == "replay":

        def penalty(x: Tensor) -> Tensor:
            """Practises as many kept examples of every old task as the new batch has."""
            total = torch.tensor(0.0)
            for old_x, old_y in olds:
                pick = torch.randint(len(old_x), (len(x),))
                total = total + F.cross_entropy(old_head(body(old_x[pick])), old_y[pick])
            return STRENGTH * total

    if METHOD == "l2_sp":
        anchor = [weight.detach().clone() for weight in body.parameters()]

        def penalty(x: Tensor) -> Tensor:
            """Holds every weight near its start (Li et al. 2018)."""
            away = [((weight - start) ** 2).sum() for weight, start in zip(body.parameters(), anchor)]
            return STRENGTH / 2 * torch.stack(away).sum()

    if METHOD == "ewc":
        anchor = [weight.detach().clone() for weight in body.parameters()]
        for example in olds[-1][0]:
            logits = old_head(body(example[None]))
            answer = torch.multinomial(logits.detach().softmax(1), 1)[:, 0]
            gradients = torch.autograd.grad(F.cross_entropy(logits, answer), list(body.parameters()))
            for total, gradient in zip(fisher, gradients):
                total += gradient**2 / len(olds[-1][0])

        def penalty(x: Tensor) -> Tensor:
            """Holds every weight as tightly as the net's answers depend on it (Kirkpatrick et al. 2017)."""
            held = zip(body.parameters(), anchor, fisher)
            return STRENGTH / 2 * torch.stack([(f * (weight - start) ** 2).sum() for weight, start, f in held]).sum()

    if METHOD == "lwf":
        teacher = copy.deepcopy(body)

        def penalty(x: Tensor) -> Tensor:
            """Keeps the old answers to the new examples, softened (Li and Hoiem 2016)."""
            with torch.no_grad():
                before = (old_head(teacher(x)) / 2).log_softmax(1)
            after = (old_head(body(x)) / 2).log_softmax(1)
            return STRENGTH * 2**2 * (before.exp() * (before - after)).sum(1).mean()

    return penalty


def learn(x: Tensor, y: Tensor) -> None:
    penalty = protection() if olds else None
    adam = torch.optim.Adam([*body.parameters(), *head.parameters()], lr=RATE)
    for pick in batches(len(x), BATCH, STEPS):
        loss = F.cross_entropy(head(body(x[pick])), y[pick])
        if penalty:
            loss = loss + penalty(x[pick])
        adam.zero_grad()
        loss.backward()
        adam.step()


def jigsaw(x: Tensor, number: int) -> Tensor:
    """Puts 49 tiles of 4 x 4 pixels into another order, the same for all images. Number 0 changes nothing."""
    order = torch.randperm(49, generator=torch.Generator().manual_seed(number)) if number else torch.arange(49)
    tiles = x.view(-1, 7, 4, 7, 4).transpose(2, 3).flatten(1, 2)[:, order]
    return tiles.view(-1, 7, 7, 4, 4).transpose(2, 3).reshape(-1, 1, 28, 28)


torch.manual_seed(SEED)
images = handwriting()
if INVERTED:
    images = 1 - images
test_x, test_y = held_out(images)
x, y = labelled(images, LABELS)
olds: list[tuple[Tensor, Tensor]] = []  # the kept examples of every old task
if BACKBONE:
    body = convolutional()
    old_head: nn.Module = nn.Linear(64, glyphs.classes(Glyphs()))
    copy_weights(BACKBONE, dict(zip(["conv1", "conv2", "hidden", "head"], layers(nn.Sequential(body, old_head)))))
    old_head.requires_grad_(False)
    head: nn.Module = nn.Linear(64, 10)  # for the digits only
    old_x, old_y = glyphs.train(Glyphs(labels=COUNT), range(SEED, SEED + 1)).all_examples()
    olds.append((old_x[0], old_y[0]))
else:
    body = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    old_head = head = nn.Identity()  # one head for all tasks
fisher = [torch.zeros_like(weight) for weight in body.parameters()]

if BACKBONE:
    learn(x, y)
    print(f"glyphs {accuracy(nn.Sequential(body, old_head), *glyphs.test(Glyphs())):.3f}")
    print(f"digits {accuracy(nn.Sequential(body, head), test_x, test_y):.3f}")
else:
    few = torch.cat([torch.arange(k * LABELS, k * LABELS + COUNT) for k in range(10)])
    for task in range(TASKS):
        learn(jigsaw(x, task), y)
        olds.append((jigsaw(x, task)[few], y[few]))
        right = [accuracy(body, jigsaw(test_x, number), test_y) for number in range(task + 1)]
        print(f"after {task + 1}:", *(f"{share:.3f}" for share in right))
