"""Returns some training examples of each task as pictures."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import worlds
from core.experiment.tasks import Task
from core.measure import Learned
from core.training.tracked_examples import to_base64 as in_bytes


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """Returns {"pictures": [task] a list of {"image", "truth", "place"}, "classes": [task]}.

    Images are in the format of `to_base64`, in order of their classes. "place" is the position of the image in the
    first seed's training set.
    """
    shown, classes = [], []
    for task in tasks:
        world = worlds.load(task)
        classes.append(world.classes(task))
        pool = world.train(task, range(1))
        x, y = pool.take(torch.arange(min(count, pool.size))[None])
        order = torch.argsort(y[0], stable=True)
        shown.append([{"image": to_base64(x[0, k]), "truth": int(y[0, k]), "place": int(k)} for k in order])
    return {"pictures": shown, "classes": classes}


def to_base64(image: Tensor) -> str:
    """Encodes an image (1, 28, 28) in [0, 1] as 784 bytes in base64."""
    return in_bytes(image * 255)
