"""The pretraining world: stroke glyphs, each drawn with a random pen in a random handwriting. Does not depend on
nets.

The strokes are the Hershey fonts (A. V. Hershey, US National Bureau of Standards, 1967). A drawing takes two small
matrix products. Each point of a stroke is a Gaussian blot, exp(-dx^2) times exp(-dy^2), so the image is the product
of the points' rows and columns. A saturating curve turns the blots into ink.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.experiment.tasks import Glyphs
from core.worlds import TrainingSet, generator
from core.worlds.image import SIDE, alter

POINTS = 96  # points that a glyph is sampled to; more make no difference at 28 pixels
CHUNK = 256  # glyphs drawn at a time
GRADES = 10  # grades of ink

LATIN = "futural futuram cursive gothgbt gothgrt gothiceng gothicger gothicita gothitt rowmand rowmans rowmant"
LATIN += " scriptc scripts timesi timesib timesr timesrb"
SCRIPTS = dict.fromkeys(LATIN.split(), "latin") | {
    "greek": "greek", "greekc": "greek", "greeks": "greek", "timesg": "greek",
    "cyrillic": "cyrillic", "cyrilc_1": "cyrillic", "japanese": "kana",
}  # fmt: skip


@cache
def catalogue() -> tuple[Tensor, Tensor, tuple[str, ...], tuple[str, ...]]:
    """Returns every distinct glyph: points (glyphs, POINTS, 2) in [-1, 1], class (glyphs,), names and scripts of the
    classes."""
    from HersheyFonts import HersheyFonts

    fonts, shapes, labels = HersheyFonts(), [], []
    seen: set[str] = set()
    for font in fonts.default_font_names:
        fonts.load_default_font(font)
        for character in map(chr, range(33, 127)):
            strokes = [np.array(s, float) for s in fonts.strokes_for_text(character) if len(s) > 1]
            shape = sample(strokes)
            if character.isdigit() or shape is None or (key := str(shape.round(2).tolist())) in seen:
                continue
            seen.add(key)
            shapes.append(shape)
            labels.append(name_of(font, character))
    names = sorted(set(labels))
    index = {name: k for k, name in enumerate(names)}
    classes = torch.tensor([index[name] for name in labels])
    points = torch.tensor(np.stack(shapes), dtype=torch.float32)
    return points, classes, tuple(name for _, name in names), tuple(script for script, _ in names)


def name_of(font: str, character: str) -> tuple[str, str]:
    """Returns the glyph's script and class. A Latin or Greek character is one class in all of its fonts. Any other
    character is a class of its own in each font."""
    script = SCRIPTS.get(font, "symbols")
    if font in ("astrology", "music") and character.isalpha():
        script = "latin"
    family = script if script in ("latin", "greek") else font
    return script, f"{family} {character}"


def sample(strokes: list[np.ndarray]) -> np.ndarray | None:
    """Samples POINTS points at equal distances along the strokes. They are centred, and the longer side has length 2.
    Returns None for a mere dot."""
    starts = np.concatenate([s[:-1] for s in strokes]) if strokes else np.zeros((0, 2))
    if not len(starts):
        return None
    steps = np.concatenate([np.diff(s, axis=0) for s in strokes])
    lengths = np.hypot(*steps.T)
    corners = np.concatenate([starts, starts + steps])
    size = np.ptp(corners, axis=0).max()
    if size < 5:  # in font units; a letter is about 21 high
        return None
    ends = np.cumsum(lengths)
    along = (np.arange(POINTS) + 0.5) / POINTS * ends[-1]
    piece = np.searchsorted(ends, along).clip(max=len(ends) - 1)
    share = (along - (ends - lengths)[piece]) / lengths[piece].clip(1e-9)
    middle = (corners.max(0) + corners.min(0)) / 2
    return (starts[piece] + steps[piece] * share[:, None] - middle) / size * 2


def render(points: Tensor, task: Glyphs, rng: torch.Generator) -> Tensor:
    """Draws points (n, POINTS, 2) in [-1, 1] as images (n, 28, 28) in [0, 1], each in a handwriting of its own."""
    n = len(points)

    def normal(*shape: int) -> Tensor:
        return torch.randn(n, *shape, generator=rng)

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(n, 1, 1, generator=rng)

    # The handwriting: rotation, shear, aspect ratio, size, and bends of low frequency along the other axis.
    angle = 0.23 * task.warp * normal(1)
    shear = 0.25 * task.slant * normal(1)
    stretch = torch.exp(0.21 * task.warp * normal(1, 2))
    x, y = points[..., 0], points[..., 1]
    x, y = x - shear * y, y
    x, y = x * angle.cos() - y * angle.sin(), x * angle.sin() + y * angle.cos()
    bend = 0.14 * task.warp * normal(2, 2)
    phase = 6.2832 * torch.rand(n, 2, 2, generator=rng)
    for k in range(2):
        x, y = (
            x + bend[:, k, :1] * torch.sin(1.6 * (k + 1) * y + phase[:, k, :1]),
            y + bend[:, k, 1:] * torch.sin(1.6 * (k + 1) * x + phase[:, k, 1:]),
        )
    place = torch.stack([x, y], -1) * stretch
    low, high = place.amin(1, keepdim=True), place.amax(1, keepdim=True)
    place = (place - (low + high) / 2) / (high - low).amax(-1, keepdim=True).clamp(min=1e-3)
    place = place * uniform(18, 21) + SIDE / 2 + 1.0 * task.warp * normal(1, 2)  # MNIST's digits are 20 pixels tall

    # The pen: one blot for each point. Its strength falls with the pen's width, so that wide lines do not just get
    # darker.
    width = task.pen * uniform(0.5, 1.7)
    ruler = torch.arange(SIDE) + 0.5
    # Far from the pen there is no ink. It is cut off before exp becomes denormal, which makes products ten times
    # slower.
    blots = torch.exp(-((place.transpose(1, 2)[..., None] - ruler) / width[..., None]).square().clamp(max=16))
    columns, rows = blots.unbind(1)  # (n, POINTS, 28) each
    return 1 - torch.exp(-1.6 * torch.bmm(rows.transpose(1, 2), columns))


def images(points: Tensor, task: Glyphs, rng: torch.Generator) -> Tensor:
    """Renders the drawings as images (n, 1, 28, 28), altered as the task says."""
    return alter(render(points, task, rng), task)[:, None]


class Drawings(TrainingSet):
    """A training set that is drawn only as far as it is used, so that the first batch is ready at once."""

    def __init__(self, task: Glyphs, seeds: range):
        self.points, _, labels = select_glyphs(task)
        self.task, self.drawn = task, 0
        self.rngs = [generator("glyphs", seed) for seed in seeds]
        self.which = torch.stack([pick(labels, task.labels, rng) for rng in self.rngs])  # (seeds, n) glyphs
        y = labels[self.which]
        for row, rng, seed in zip(y, self.rngs, seeds):
            wrong = torch.rand(len(row), generator=rng) < task.noise
            row[wrong] = torch.randint(int(labels.max()) + 1, row.shape, generator=generator("noise", seed))[wrong]
        # takes a quarter of the memory of floats
        super().__init__(torch.zeros(*y.shape, 1, SIDE, SIDE, dtype=torch.uint8), y)

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        while self.drawn <= int(index.max()):
            part = slice(self.drawn, self.drawn + CHUNK)
            for row, y, which, rng in zip(self.x, self.y, self.which, self.rngs):
                drawn = images(self.points[which[part]], self.task, rng)
                row[part] = (drawn * 255).round().byte()
                if self.task.ink:
                    y[part] = grade(drawn, self.task)
            self.drawn += CHUNK
        x, y = super().take(index)
        return x.float() / 255, y


@cache
def grades(task: Glyphs) -> Tensor:
    """Returns the amounts of ink (GRADES - 1,) that divide the drawings into equal groups."""
    points, *_ = select_glyphs(task)
    rng = generator("glyphs grades", 0)
    drawn = images(points[torch.randint(len(points), (2000,), generator=rng)], task, rng)
    return drawn.mean((1, 2, 3)).quantile(torch.arange(1, GRADES) / GRADES)


def grade(drawn: Tensor, task: Glyphs) -> Tensor:
    """Returns how much ink each of the drawings (n, 1, 28, 28) has, as a grade from 0 to GRADES - 1."""
    return torch.bucketize(drawn.mean((1, 2, 3)), grades(task))


def pick(labels: Tensor, each: int, rng: torch.Generator) -> Tensor:
    """Draws `each` glyphs of every class in random order. Each font of a class is drawn with equal probability."""
    hands = torch.bincount(labels)
    start = hands.cumsum(0) - hands
    classes = torch.arange(len(hands)).repeat_interleave(each)
    classes = classes[torch.randperm(len(classes), generator=rng)]
    hand = (torch.rand(len(classes), generator=rng) * hands[classes]).long()
    return torch.argsort(labels, stable=True)[start[classes] + hand]


def select_glyphs(task: Glyphs) -> tuple[Tensor, Tensor, Tensor]:
    """Returns the points, glyph numbers and classes 0, 1, ... of the glyphs in the task's scripts."""
    points, classes, _, scripts = catalogue()
    wanted = torch.tensor([task.scripts in ("all", scripts[k]) for k in classes])
    _, labels = torch.unique(classes[wanted], return_inverse=True)
    return points[wanted], torch.nonzero(wanted).flatten(), labels


def classes(task: Glyphs) -> int:
    return GRADES if task.ink else int(select_glyphs(task)[2].max()) + 1


def names(task: Glyphs) -> tuple[str, ...]:
    """Returns the name of each class: the letter or sign itself if it is Latin, otherwise its script."""
    _, _, every, scripts = catalogue()
    kinds = {"greek": "a Greek letter", "cyrillic": "a Cyrillic letter", "kana": "a kana", "symbols": "a symbol"}
    return tuple(
        kinds.get(script, f'the Latin "{name[-1]}"')
        for name, script in zip(every, scripts)
        if task.scripts in ("all", script)
    )


def train(task: Glyphs, seeds: range) -> TrainingSet:
    return Drawings(task, seeds)


@cache
def test(task: Glyphs) -> tuple[Tensor, Tensor]:
    """Returns 2,000 drawings that no seed trains on."""
    points, _, labels = select_glyphs(task)
    rng = generator("glyphs test", 0)
    which = torch.randint(len(points), (2000,), generator=rng)
    drawn = images(points[which], task, rng)
    return drawn, grade(drawn, task) if task.ink else labels[which]
