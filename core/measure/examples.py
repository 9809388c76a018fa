"""Some training examples of each task, as pictures: what a net gets to see."""

from __future__ import annotations

import base64
from typing import Any

import torch
from torch import Tensor

from core import worlds
from core.nets import Theta
from core.spec import Measure, Run


def measure(value: Measure, learned: list[dict[Run, Theta]]) -> dict[str, Any]:
    """{"pictures": for each task a list of {"image", "truth"}}; images as `packed` makes them."""
    shown = []
    for task in value.tasks:
        pool = worlds.load(task).train(task, range(1))
        x, y = pool.take(torch.arange(min(value.count, pool.size))[None])
        order = torch.argsort(y[0], stable=True)
        shown.append([{"image": packed(x[0, k]), "truth": int(y[0, k])} for k in order])
    return {"pictures": shown}


def packed(image: Tensor) -> str:
    """An image (1, 28, 28) in [0, 1] as 784 bytes in base64."""
    return base64.b64encode((image * 255).round().byte().numpy().tobytes()).decode()
