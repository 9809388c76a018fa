"""A world of a few symbols that somebody drew, some in other handwriting. Does not depend on nets.

A symbol's first `labels` training images are its drawings, unchanged. If there are fewer drawings, the remaining
images are the same drawings in another person's handwriting, as core/worlds/glyphs.py draws them. All test images are
in other handwriting.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from core.experiment import strokes
from core.experiment.checks import BadValue
from core.experiment.strokes import Drawing
from core.experiment.tasks import Drawn, Glyphs
from core.user_data import alphabet
from core.worlds import TrainingSet, generator, glyphs

TESTS = 40  # images a symbol that are only used for testing
HANDS = Glyphs()  # other people's handwriting, as varied as in the pretraining world
OWN = Glyphs(warp=0, slant=0)  # as it was drawn, except for the pen and the size


def points(drawing: Drawing) -> Tensor | None:
    """Returns a drawing as points (glyphs.POINTS, 2) in [-1, 1], like the glyphs. Returns None for a mere dot."""
    found = glyphs.sample([np.array(stroke, float) for stroke in drawing if len(stroke) > 1])
    return None if found is None else torch.tensor(found, dtype=torch.float32)


@lru_cache(maxsize=64)
def drawings(name: str) -> tuple[Tensor, ...]:
    """Returns the drawings of every symbol, each of shape (drawings, glyphs.POINTS, 2)."""
    found = []
    for symbol in alphabet.load(name).symbols:
        seen = [shape for drawing in symbol.drawings if (shape := points(drawing)) is not None]
        if not seen:
            raise BadValue(f"{symbol.name.capitalize()} is only a dot. Draw it larger.")
        found.append(torch.stack(seen))
    return tuple(found)


def classes(task: Drawn) -> int:
    return len(alphabet.load(task.alphabet).symbols)


def names(task: Drawn) -> tuple[str, ...]:
    return tuple(symbol.name for symbol in alphabet.load(task.alphabet).symbols)


def as_input(shapes: Tensor, others: Tensor, task: Drawn, rng: torch.Generator) -> Tensor:
    """Renders drawings (n, POINTS, 2) as images (n, 1, 28, 28), in another handwriting if `others` (n,) is true."""
    knobs = {name: getattr(task, name) for name in ("turn", "blur", "inverted", "shuffled", "jigsaw")}
    as_drawn = glyphs.images(shapes, replace(OWN, **knobs), rng)
    elsewhere = glyphs.images(shapes, replace(HANDS, **knobs), rng)
    return torch.where(others[:, None, None, None], elsewhere, as_drawn)


def train(task: Drawn, seeds: range) -> TrainingSet:
    """Draws the training images of each seed."""
    symbols, xs, ys = drawings(task.alphabet), [], []
    shapes = torch.stack([symbol[k % len(symbol)] for symbol in symbols for k in range(task.labels)])
    others = torch.tensor([k >= len(symbol) for symbol in symbols for k in range(task.labels)])
    labels = torch.arange(len(symbols)).repeat_interleave(task.labels)
    for seed in seeds:
        rng = generator("drawn", seed)
        order = torch.randperm(len(labels), generator=rng)
        y = labels[order]
        wrong = torch.rand(len(y), generator=rng) < task.noise
        y[wrong] = torch.randint(len(symbols), y.shape, generator=generator("noise", seed))[wrong]
        xs.append(as_input(shapes[order], others[order], task, rng))
        ys.append(y)
    return TrainingSet(torch.stack(xs), torch.stack(ys))


def test(task: Drawn) -> tuple[Tensor, Tensor]:
    """Draws TESTS test images of each symbol."""
    symbols = drawings(task.alphabet)
    shapes = torch.stack([symbol[k % len(symbol)] for symbol in symbols for k in range(TESTS)])
    y = torch.arange(len(symbols)).repeat_interleave(TESTS)
    return as_input(shapes, torch.ones(len(y), dtype=torch.bool), task, generator("drawn test", 0)), y


def image(drawing: str) -> Tensor | None:
    """Renders a drawing in the text format of core/experiment/strokes.py for a net, (1, 1, 28, 28). Returns None for
    a mere dot."""
    shape = points(strokes.read(drawing))
    return None if shape is None else glyphs.images(shape[None], OWN, generator("drawn image", 0))
