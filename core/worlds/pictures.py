"""A world of colour pictures in classes: emoji by two vendors, photos, handwritten digits, and the learner's own
photos. Does not depend on nets.

The pictures of each kind are divided once. Some are only used for testing, equally many of every kind, and training
draws from the others. Both vendors have drawn the same emoji, which are divided in the same way, so a net that has
learned from one vendor has never seen what the other vendor's test shows. Of the learner's own photos, a quarter of
each class is only used for testing.
"""

from __future__ import annotations

import base64
import io
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image as Picture
from torch import Tensor

from core.experiment.brought_tasks import DIGITS, EMOJI, OTHER_EMOJI, PHOTOS, SIX_EMOJI
from core.experiment.checks import BadValue
from core.experiment.tasks import OWN, Pictures
from core.pretrained import model_files
from core.user_data import photo_album, storage
from core.worlds import TrainingSet, draw_per_class, evenly_spaced, generator, handwriting

SIDE, TILE = 128, 64  # pixels of an example, and of a picture on a page
SHEETS = Path(__file__).with_name("emoji")
PHOTO_FILE = model_files.PHOTOS
SHEET_SIDE, COLUMNS = 64, 20  # pixels of an emoji on a sheet, emoji in a row
VENDORS = {EMOJI: "google", OTHER_EMOJI: "twitter", SIX_EMOJI: "google"}
SIX = ("mammal", "bird", "bug", "fruit", "vegetable", "flower")
TEN = ("mammal", "bird", "bug", "fruit", "vegetable", "vehicle", "clothing", "tool", "building", "instrument")
HELD, LEAST = 6, 5  # test pictures of each kind at most, and pictures of each kind that stay for training
DIGITS_EACH = 60  # digits of each class that are used here


def names(task: Pictures) -> tuple[str, ...]:
    if task.source == DIGITS:
        return tuple(f"the digit {k}" for k in range(10))
    if OWN.fullmatch(task.source):
        return photo_album.load(task.source).names
    return SIX if task.source in (SIX_EMOJI, PHOTOS) else TEN


def classes(task: Pictures) -> int:
    return len(names(task))


@lru_cache(maxsize=8)  # somebody's own photos may have 100 MB
def pictures(source: str) -> tuple[Tensor, list[list[int]]]:
    """Returns all pictures of a source, (n, 3, side, side) uint8, and the positions of those of each class. Raises
    BadValue if the photos are not on this machine."""
    if source == DIGITS:
        grey = 255 - handwriting.digits()[:, :DIGITS_EACH].flatten(0, 1)  # dark ink on white paper
        return grey[:, None].expand(-1, 3, -1, -1), [
            list(range(k * DIGITS_EACH, (k + 1) * DIGITS_EACH)) for k in range(10)
        ]
    if source == PHOTOS:
        return photos()
    if OWN.fullmatch(source):
        album = photo_album.load(source)
        places = [np.flatnonzero(album.labels == k).tolist() for k in range(len(album.names))]
        return torch.from_numpy(album.images).permute(0, 3, 1, 2), places
    sheet = np.array(Picture.open(SHEETS / f"{VENDORS[source]}.png").convert("RGB"))
    tiles = (
        sheet.reshape(-1, SHEET_SIDE, COLUMNS, SHEET_SIDE, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3, *[SHEET_SIDE] * 2)
    )
    of_kind, start = {}, 0
    for line in (SHEETS / "kinds.tsv").read_text("utf-8").splitlines():
        kind, listed = line.split("\t")
        count = len(listed.split())
        of_kind[kind], start = list(range(start, start + count)), start + count
    return torch.from_numpy(tiles), [of_kind[kind] for kind in names(Pictures(source=source))]


def photos() -> tuple[Tensor, list[list[int]]]:
    """Returns the photos that `make real` brings."""
    if not PHOTO_FILE.exists():
        raise BadValue("The photos are not on this machine. `make real` downloads them.")
    with np.load(PHOTO_FILE) as found:
        pixels, kinds = found["pixels"], found["kinds"].tolist()
    return torch.from_numpy(pixels), [[k for k, one in enumerate(kinds) if one == kind] for kind in SIX]


@cache
def divided(source: str) -> tuple[list[list[int]], list[list[int]]]:
    """Returns the positions of the training and of the test pictures of each class."""
    if OWN.fullmatch(source):
        return storage.split_train_test(photo_album.load(source).labels.tolist(), source)
    _, places = pictures(source)
    held = min(HELD, min(map(len, places)) - LEAST)
    # The purpose does not name the source, so both vendors hold back the same emoji.
    order = [torch.randperm(len(each), generator=generator("pictures held", k)) for k, each in enumerate(places)]
    mixed = [[each[k] for k in shuffled] for each, shuffled in zip(places, order)]
    return [each[held:] for each in mixed], [each[:held] for each in mixed]


def as_input(pixels: Tensor) -> Tensor:
    """Converts pixels (n, 3, side, side) from 0 to 255 into float images (n, 3, 128, 128)."""
    if pixels.shape[-1] != SIDE:
        pixels = F.interpolate(pixels.float(), (SIDE, SIDE), mode="bilinear", align_corners=False)
    return scale_pixels(pixels)


def scale_pixels(pixels: Tensor) -> Tensor:
    """Converts pixels from 0 to 255 into the numbers that core/nets/efficientnet_lite0.py reads, from about -1 to 1."""
    return (pixels.float() - 127) / 128


def train(task: Pictures, seeds: range) -> TrainingSet:
    """Draws `labels` pictures of every class for each seed."""
    pixels, (places, _) = pictures(task.source)[0], divided(task.source)
    drawn = [draw_per_class(places, task.labels, generator("pictures", seed)) for seed in seeds]
    return PictureSet(pixels, *map(torch.stack, zip(*drawn)))


class PictureSet(TrainingSet):
    """Holds the positions of the training pictures, (seeds, n), because all pictures at once may be a gigabyte."""

    def __init__(self, pixels: Tensor, positions: Tensor, y: Tensor):
        super().__init__(positions, y)
        self.pixels = pixels

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        positions, y = super().take(index)
        return as_input(self.pixels[positions.flatten()]).unflatten(0, positions.shape), y


def held_out(source: str) -> tuple[Tensor, Tensor]:
    """Returns the positions of the test pictures, ordered by class, and their classes."""
    _, places = divided(source)
    y = torch.arange(len(places)).repeat_interleave(torch.tensor([len(each) for each in places]))
    return torch.tensor([k for each in places for k in each]), y


@lru_cache(maxsize=6)
def tested(source: str) -> tuple[Tensor, Tensor]:
    index, y = held_out(source)
    return as_input(pictures(source)[0][index]), y


def test(task: Pictures) -> tuple[Tensor, Tensor]:
    """Returns the test pictures, ordered by class. They are the same for every number of labels."""
    return tested(task.source)


def exhibit(task: Pictures, count: int) -> list[dict[str, object]]:
    """Returns some test pictures as a page shows them, small and as data URLs."""
    index, y = (evenly_spaced(part, count) for part in held_out(task.source))
    called = names(task)
    shown = pictures(task.source)[0][index]
    return [{"image": data_url(one), "truth": truth, "name": called[truth]} for one, truth in zip(shown, y.tolist())]


def data_url(pixels: Tensor) -> str:
    """Converts a picture (3, side, side) to a small WebP as a data URL."""
    picture = Picture.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
    buffer = io.BytesIO()
    picture.resize((TILE, TILE), Picture.Resampling.LANCZOS).save(buffer, "WEBP", quality=80, method=6)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
