"""Albums, pictures in folders that are their classes: two that come with the app, and learners' own as worlds.

A zip (core/zipped.py) is kept as arrays, under the digest of what they show (core/own.py). Knows no torch.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from math import cos, sin
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from core import alphabet, own
from core.check import BadValue
from core.serve import store
from core.strokes import Drawing
from core.tasks import ALBUMS
from core.zipped import SIDE, pictures, small

CLASSES = (2, 20)  # at least and at most
FEWEST = 4  # pictures of a class, of which one tests
CLOTHING = Path(__file__).parent / "worlds" / "photos" / "clothing.png"
KINDS = {"bag": 8, "boot": 9, "sandal": 5, "shirt": 0, "trousers": 1}  # of clothing, by their rows there
SIGNS, EACH = 8, 40  # symbols of the signs, and pictures of each class


@dataclass(frozen=True, eq=False)
class Pictures:
    name: str  # of its file
    classes: tuple[str, ...]  # what each folder is called
    images: np.ndarray  # (n, 28, 28) uint8, ink bright
    labels: tuple[int, ...]  # a class each

    @property
    def counts(self) -> tuple[int, ...]:
        found = Counter(self.labels)
        return tuple(found[k] for k in range(len(self.classes)))


def read(data: bytes, name: str) -> Pictures:
    """The album in a zip of this name; BadValue with a sentence if it is none."""
    folders, images = zip(*pictures(data))
    classes = tuple(sorted(set(folders)))
    labels = tuple(map(classes.index, folders)) if len(classes) <= CLASSES[1] else ()
    return checked(Pictures(own.called(Path(name).name, "album", most=60), classes, np.stack(images), labels))


def checked(album: Pictures) -> Pictures:
    """The album, if a net can learn from it and be tested on it."""
    low, high = CLASSES
    if not low <= len(album.classes) <= high:
        raise BadValue(f"An album has {low} to {high} class folders, not {len(album.classes)}.")
    for name, count in zip(album.classes, album.counts):
        if count < FEWEST:
            raise BadValue(f"Every class needs {FEWEST} pictures, of which one tests; {own.quoted(name)} has {count}.")
    return album


# --- Keeping --------------------------------------------------------------------------------------------------------


def path(name: str) -> Path:
    return store.home() / "albums" / f"{name}.npz"


def keep(album: Pictures) -> str:
    """Keep an own album and return its name; BadValue with a sentence if it cannot be kept."""
    content = album.images.tobytes() + bytes(album.labels) + "\n".join(album.classes).encode()
    name, file = own.name(Path(album.name).stem, "album", content), io.BytesIO()
    named = np.array([album.name, *album.classes])
    np.savez_compressed(file, named=named, images=album.images, labels=np.array(album.labels, np.uint8))
    own.write("album", {path(name): file.getvalue()})
    return name


def known(name: str) -> bool:
    """Whether this is an own album that is on this machine, and whole."""
    return name not in ALBUMS and own.known(load, name)


def load(name: str) -> Pictures:
    """An album by its name; BadValue with a sentence if it is not on this machine, or damaged."""
    return ready(name) if name in ALBUMS else own.load("album", name, path(name), stored, "Choose its zip again.")


@lru_cache(maxsize=8)
def stored(path: Path) -> Pictures:
    with np.load(path, allow_pickle=False) as kept:
        called, *classes = map(str, kept["named"])
        found = Pictures(called, tuple(classes), kept["images"], tuple(kept["labels"].tolist()))
    if found.images.shape != (len(found.labels), SIDE, SIDE) or found.images.dtype != np.uint8:
        raise ValueError("not an album")
    return checked(found)


def called(name: str) -> str:
    """What its owner calls an album: the name of its zip."""
    return load(name).name if known(name) else name


# --- What comes with the app ------------------------------------------------------------------------------------------


@cache
def ready(name: str) -> Pictures:
    """Forty pictures of a class: signs of the harbour in many hands, or photos of clothing (core/worlds/photos)."""
    if name == "wardrobe":
        sheet = np.asarray(Image.open(CLOTHING))
        rows = sheet.reshape(len(sheet) // SIDE, SIDE, -1, SIDE).swapaxes(1, 2).reshape(10, -1, SIDE, SIDE)
        found = {kind: rows[k, :EACH] for kind, k in KINDS.items()}
    else:
        rng, symbols = random.Random(3), alphabet.load("harbour").symbols[:SIGNS]
        found = {one.name: np.stack([drawn(one.drawings[0], rng) for _ in range(EACH)]) for one in symbols}
    classes = tuple(sorted(found))
    labels = tuple(k for k in range(len(classes)) for _ in range(EACH))
    return Pictures(f"{name}.zip", classes, np.concatenate([found[one] for one in classes]), labels)


def drawn(drawing: Drawing, rng: random.Random) -> np.ndarray:
    """(28, 28) uint8: a drawing as another hand might pen it, turned, leaning and bent."""
    turn, lean, bend, size = (rng.gauss(0, wide) for wide in (0.2, 0.25, 9, 0.15))
    page = Image.new("L", (8 * SIDE, 8 * SIDE))
    pen = ImageDraw.Draw(page)
    for stroke in drawing:
        places = []
        for x, y in stroke:
            a = (x - 50) * (1 + size) + lean * (y - 50) + bend * sin(y / 20)
            b = (y - 50) * (1 - size) + bend * cos(x / 20)
            places.append(
                (4 * SIDE + 1.5 * (a * cos(turn) - b * sin(turn)), 4 * SIDE + 1.5 * (a * sin(turn) + b * cos(turn)))
            )
        pen.line(places, fill=255, width=rng.randint(12, 22), joint="curve")
    return small(page)


def as_zip(album: Pictures) -> bytes:
    """The album as a file that can be read again."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for number, (picture, label) in enumerate(zip(album.images, album.labels)):
            png = io.BytesIO()
            Image.fromarray(picture).save(png, "PNG")
            entry = zipfile.ZipInfo(f"{album.classes[label]}/{number:04}.png")  # of no time: the same is the same file
            zipped.writestr(entry, png.getvalue())
    return file.getvalue()
