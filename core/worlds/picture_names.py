"""A world with the thousand names of ImageNet. Its pictures are emoji, and nobody knows which of the names is right for
them. So it measures how sure a net is of its answer. Does not depend on nets.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from core.experiment.tasks import Names, Pictures
from core.worlds import TrainingSet, pictures

UNIT, EXHIBIT = "confidence", "nothing"
FILE = Path(__file__).parents[1] / "pretrained" / "imagenet_names.txt"


@cache
def every_name() -> tuple[str, ...]:
    return tuple(FILE.read_text("utf-8").splitlines())


def names(task: Names) -> tuple[str, ...]:
    return every_name()


def classes(task: Names) -> int:
    return len(every_name())


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """Returns how sure the net is of its most likely name, from 0 to 1."""
    return answers.softmax(-1).amax(-1)


def train(task: Names, seeds: range) -> TrainingSet:
    """Returns emoji with their kinds in the place of names, because nobody trains on this task."""
    return pictures.train(Pictures(), seeds)


def test(task: Names) -> tuple[Tensor, Tensor]:
    """Returns emoji, whose names are not known."""
    x, y = pictures.test(Pictures())
    return x, torch.zeros_like(y)
