"""Albums of the learner's own: a zip of small pictures in folders, one a class, as 28 x 28 grey images. Knows no torch.

An archive is somebody's word. Its list is checked before anything is unpacked, only pictures are decoded, each within
bounds, nothing is ever written by a name of the archive's, and what is kept are the pixels alone, in one .npz file.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from core import own
from core.check import BadValue, shown
from core.serve import store
from core.tasks import ALBUMS, OWN

FOLDER = Path(__file__).parent / "worlds" / "albums"
LARGEST, UNPACKED, EACH = 50_000_000, 100_000_000, 10_000_000  # bytes: of a zip, of all in it, of one picture
ENTRIES = 6_000  # of an archive, before it is looked at
PICTURES, CLASSES = 2_000, (2, 20)  # at most; at least and at most
PIXELS, ALL_PIXELS = 6_000_000, 300_000_000  # of one picture, of all
# A JPEG is decoded at an eighth of its size: 12 million pixels in 0.02 to 0.1 s, a quarter of what others take.
PHOTO, LIGHT = 30_000_000, 4
SIDE = 28
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini")  # what machines leave in folders; and all that begins with a dot
BROKEN: tuple[type[Exception], ...] = (  # what Python and Pillow raise where bytes are not what they should be
    OSError, ValueError, SyntaxError, struct.error, zlib.error, EOFError, LookupError, TypeError, RuntimeError,
    OverflowError, zipfile.BadZipFile, Image.DecompressionBombError,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Album:
    images: np.ndarray  # (n, 28, 28) uint8, ink bright
    labels: np.ndarray  # (n,) int64, places in `names`
    names: tuple[str, ...]  # of the classes: their folders, in alphabetical order
    turned: bool = False  # their ground was bright, so that they are shown as negatives
    doubled: int = 0  # pictures that were there twice and were left out

    @property
    def says(self) -> str:
        """What was read, in a sentence."""
        ground = "Their ground was bright, so they are shown as negatives" if self.turned else "Their ground is dark"
        twice = f" {self.doubled} pictures that were there twice were left out." if self.doubled else ""
        return (
            f"{len(self.images):,} pictures in {len(self.names)} classes, each grey and fitted into {SIDE} x {SIDE}. "
            f"{ground}: ink is bright, as in all images here. A quarter of every class only tests.{twice}"
        )


def read(data: bytes) -> Album:
    """The album in a zip; BadValue with a sentence if it is none."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large: a zip of pictures has at most {LARGEST // 1_000_000} MB.")
    if (many := own.entries(data)) > ENTRIES:
        raise BadValue(f"This zip has {many:,} entries; it may have {PICTURES:,} pictures.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            places = listed(archive)
            small, spent = [], 0
            for entry, _ in places:
                image, pixels = decoded(archive, entry)
                spent += pixels
                if spent > ALL_PIXELS:
                    raise BadValue(
                        f"All pictures together may have {ALL_PIXELS // 1_000_000} million pixels, photos (JPEG) "
                        f"{LIGHT} times as many."
                    )
                small.append(image)
    except BROKEN as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue("This file is no zip, or it is damaged. Pack the folders again.") from error
    turned = float(np.median([edge(image) for image in small])) > 127
    fitted = [square(255 - image if turned else image) for image in small]
    return made(fitted, [folder for _, folder in places], turned)


def listed(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, str]]:
    """The pictures of an archive, each with its class, once its list is found to be harmless."""
    found = []
    for entry in archive.infolist():
        path, said = PurePosixPath(entry.filename), shown(PurePosixPath(entry.filename).name)
        odd = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename
        if odd or stat.S_ISLNK(entry.external_attr >> 16):
            raise BadValue(f"The entry {said} leads out of the zip. Pack plain folders of pictures.")
        if entry.flag_bits & 1:
            raise BadValue("This zip is locked with a password. Pack it without one.")
        if entry.is_dir() or any(part in JUNK or part.startswith(".") for part in path.parts):
            continue
        if entry.file_size > EACH:
            raise BadValue(f"The file {said} has more than {EACH // 1_000_000} MB.")
        if len(path.parts) < 2:
            raise BadValue(f"The file {said} lies in no folder. Each class is a folder of pictures.")
        found.append((entry, path))
    if not 1 <= len(found) <= PICTURES:
        raise BadValue(f"This zip has {len(found):,} files; it takes up to {PICTURES:,} pictures in folders.")
    if sum(entry.file_size for entry, _ in found) > UNPACKED:
        raise BadValue(f"Unpacked, this zip has more than {UNPACKED // 1_000_000} MB.")
    if len({path for _, path in found}) < len(found):
        raise BadValue("This zip has two files of the same name in one folder. Pack it again.")
    if len({len(path.parts) for _, path in found}) > 1:
        raise BadValue("Some pictures lie deeper than others. Each class is one folder, and all lie side by side.")
    return [(entry, path.parts[-2].strip()[:40]) for entry, path in found]


def decoded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[np.ndarray, int]:
    """One picture, grey, its longer side 28, uint8; and how many pixels it counts for."""
    said = shown(PurePosixPath(entry.filename).name)
    with archive.open(entry) as file:
        data = file.read(EACH + 1)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            pixels, photo = picture.width * picture.height, isinstance(picture, JpegImageFile)
            if pixels > (most := PHOTO if photo else PIXELS):
                raise BadValue(f"The picture {said} has more than {most // 1_000_000} million pixels.")
            if max(picture.size) >= 2 * SIDE * min(picture.size):
                raise BadValue(f"The picture {said} is too narrow: nothing is left of it in {SIDE} x {SIDE}.")
            picture.draft("RGB", (4 * SIDE, 4 * SIDE))
            grey = ImageOps.exif_transpose(in_grey(picture))
            how = Image.Resampling.BOX if max(grey.size) > SIDE else Image.Resampling.BILINEAR
            return np.asarray(ImageOps.contain(grey, (SIDE, SIDE), how)), pixels // (LIGHT if photo else 1)
    except BROKEN as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue(f"The file {said} is no picture that can be read: PNG, JPEG, GIF, BMP or WebP.") from error


def in_grey(picture: Image.Image) -> Image.Image:
    """8 bits of grey, what is transparent on a ground that its ink stands out from."""
    if picture.mode.startswith("I"):
        deep = np.asarray(picture).astype(np.int64)
        return Image.fromarray((deep.clip(0, 65535) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        grey, opaque = (np.asarray(part, float) for part in (clear.convert("L"), clear.getchannel("A")))
        ground = 0 if (grey * opaque).sum() > 127 * opaque.sum() else 255
        return Image.fromarray(((grey * opaque + ground * (255 - opaque)) / 255).round().astype(np.uint8))
    return picture.convert("RGB").convert("L")


def edge(image: np.ndarray) -> float:
    """The grey of a picture's ground: the median along its border."""
    return float(np.median(np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])))


def square(image: np.ndarray) -> np.ndarray:
    """In the middle of 28 x 28, the rest as its border is."""
    high, wide = image.shape
    whole = np.full((SIDE, SIDE), round(edge(image)), np.uint8)
    top, left = (SIDE - high) // 2, (SIDE - wide) // 2
    whole[top : top + high, left : left + wide] = image
    return whole


def made(images: list[np.ndarray], folders: list[str], turned: bool) -> Album:
    single = {(image.tobytes(), folder): image for image, folder in zip(images, folders)}
    each = Counter(folder for _, folder in single)
    if not CLASSES[0] <= len(each) <= CLASSES[1]:
        raise BadValue(f"This zip has {len(each)} folders of pictures; it takes 2 to {CLASSES[1]}, one for each class.")
    fewest = min(each, key=lambda folder: each[folder])
    if each[fewest] < own.LEAST:
        raise BadValue(f"Folder {shown(fewest)} has {each[fewest]} different pictures; each needs {own.LEAST}.")
    names = tuple(sorted(each))
    labels = np.array([names.index(folder) for _, folder in single])
    return Album(np.stack([*single.values()]), labels, names, turned, len(images) - len(single))


def path(name: str) -> Path:
    return store.home() / "albums" / f"{name}.npz" if OWN.fullmatch(name) else FOLDER / f"{name}.npz"


def known(name: str) -> bool:
    """Whether there is an album of this name on this machine, and whole."""
    return own.known(load, name)


def says(name: str) -> str:
    """What was read of it, in a sentence."""
    return load(name).says


def called(name: str) -> str:
    return own.called(path(name), name)


def keep(data: bytes, name: str) -> str:
    """Keep an album, from a zip of this name, and return what it is kept as; BadValue with a sentence if it cannot."""
    album = read(data)
    said = album.images.tobytes() + album.labels.tobytes() + "/".join(album.names).encode("utf-8", "replace")
    kept = own.named(name, said, "album")
    own.keep(path(kept), "album", lambda part: part.write_bytes(packed(album)), name)
    return kept


def packed(album: Album) -> bytes:
    """As it is kept: pixels and names, no objects."""
    told = io.BytesIO()
    names = np.array(album.names)
    flags = np.array([album.turned, album.doubled])
    np.savez_compressed(told, images=album.images, labels=album.labels, names=names, flags=flags)
    return told.getvalue()


def zipped(album: Album) -> bytes:
    """The album as a zip of PNG files in folders, as a net sees them."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        for k, (image, label) in enumerate(zip(album.images, album.labels)):
            one = io.BytesIO()
            Image.fromarray(image).save(one, "PNG")
            folder = album.names[label].replace("/", "_")
            archive.writestr(zipfile.ZipInfo(f"{folder}/{k:04}.png"), one.getvalue())  # without the time of day
    return told.getvalue()


def load(name: str) -> Album:
    """An album by its name; BadValue with a sentence if it is not on this machine, or damaged."""
    return own.load("album", name, path(name), ALBUMS, stored)


@lru_cache(maxsize=32)
def stored(path: Path, size: int) -> Album:
    with np.load(path, allow_pickle=False) as kept:
        turned, doubled = kept["flags"].tolist()
        return Album(kept["images"], kept["labels"], tuple(kept["names"].tolist()), bool(turned), doubled)
