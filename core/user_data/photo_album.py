"""Reads and stores the learner's own photos: a zip with a folder for each class, or photos that were collected one by
one.

Of every photo, the square in its middle is stored, as 128 x 128 pixels in colour, and nothing else: not the place, the
date or the camera that the file names. All photos are in one .npz file. core/user_data/picture_zip.py reads the zip
within its limits. This module does not import torch.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from core.experiment.checks import BadValue, quote
from core.experiment.tasks import OWN
from core.store import store
from core.user_data import picture_zip, provenance, storage
from core.user_data.delimited import count_noun
from core.user_data.file_kinds import is_heic
from core.user_data.picture_zip import PICTURES
from core.user_data.small_pictures import decode, eight_bits
from core.user_data.zip_names import SPLIT, join_names

SIDE, SMALLEST = 128, 16  # pixels of a stored photo, and of the shorter side of a file
NAME = 40  # most characters of the name of a class
COLLECTED = "my photos"  # display name of photos that did not come as one file


@dataclass(frozen=True, eq=False)
class PhotoAlbum:
    """Holds the photos of an album and the class of each."""

    images: np.ndarray  # (n, 128, 128, 3) uint8
    labels: np.ndarray  # (n,) int64, positions in `names`
    names: tuple[str, ...]  # names of the classes, in alphabetical order
    doubled: int = 0  # number of duplicate photos, which were left out
    notes: tuple[str, ...] = ()  # sentences about how the zip was read

    @property
    def says(self) -> str:
        """Describes what was read, in plain text."""
        twice = f" {count_noun(self.doubled, 'duplicate photo')} left out." if self.doubled else ""
        return (
            f"{len(self.images):,} photos in {len(self.names)} classes: {join_names(self.names)}. Of each photo, the "
            f"square in its middle is kept, with {SIDE} x {SIDE} pixels in colour, and without its place and date. A "
            f"quarter of each class is used only for testing.{twice}"
        )

    @property
    def by_class(self) -> dict[str, list[np.ndarray]]:
        """Returns the photos of each class by its name."""
        return {name: [*self.images[self.labels == k]] for k, name in enumerate(self.names)}


# --- Reading --------------------------------------------------------------------------------------------------------


def read(data: bytes, again: bool = False) -> PhotoAlbum:
    """Reads the photos in a zip. Raises BadValue with a sentence if nets cannot learn them. `again` is not needed,
    because a photo that this app wrote comes back as it was."""
    found = picture_zip.read(data, middle_square)
    return build(found.images, found.folders, found.notes)


def read_photo(data: bytes, name: str) -> np.ndarray:
    """Reads one photo from a file with this name, (128, 128, 3) uint8. Raises BadValue with a sentence if it is not a
    picture or has the wrong size."""
    if is_heic(data):
        raise BadValue(f"The photo {quote(name)} is a HEIC or AVIF file. Save it as JPEG and choose the JPEG file.")
    found = decode(data, name, middle_square)
    if found is None:
        raise BadValue(f"The file {quote(name)} is not a picture. Choose a PNG, JPEG, GIF, BMP or WebP file.")
    return found[0]


def middle_square(picture: Image.Image, said: str) -> np.ndarray:
    """Returns the square in the middle of a picture, upright and in colour, (128, 128, 3) uint8. Of an animation it
    takes the first picture, and transparent parts become white."""
    if min(picture.size) < SMALLEST:
        raise BadValue(f"The picture {said} is too small. It needs at least {SMALLEST} pixels in each direction.")
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    upright = eight_bits(ImageOps.exif_transpose(picture))
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return np.asarray(ImageOps.fit(upright.convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC))


def build(
    images: Sequence[np.ndarray], classes: Sequence[str], notes: tuple[str, ...] = (), zipped: bool = True
) -> PhotoAlbum:
    """Returns the album of these photos, without duplicates in a class. Raises BadValue with a sentence if nets cannot
    learn them."""
    if len(images) > PICTURES:
        raise BadValue(f"You have {len(images):,} photos, but an album may have at most {PICTURES:,}.")
    single = picture_zip.distinct_pictures(images, classes)
    names = picture_zip.check_classes([classes[k] for k in single], zipped)
    if all(map(SPLIT.fullmatch, names)):
        raise BadValue(f"The names {join_names(names)} are parts of a dataset, not classes. Name what the photos show.")
    labels = np.array([names.index(classes[k]) for k in single])
    return PhotoAlbum(np.stack([images[k] for k in single]), labels, names, len(images) - len(single), notes)


def clean_name(text: str) -> str:
    """Returns the name of a class as it can also be the name of a folder. It is empty if nothing is left of it."""
    whole = unicodedata.normalize("NFC", text)
    kept = "".join(letter if letter.isprintable() and letter not in "/\\:" else " " for letter in whole)
    return " ".join(kept.split()).lstrip("._@ ")[:NAME].rstrip(" .")


# --- Storing --------------------------------------------------------------------------------------------------------


def path(name: str) -> Path:
    """Returns the path of an album, which may not exist."""
    return store.home() / "photos" / f"{name}.npz"


def exists(name: str) -> bool:
    """Returns whether an album of this name is on this machine and undamaged."""
    return bool(OWN.fullmatch(name)) and storage.exists(load, name)


def describe(name: str) -> str:
    """Describes how the photos were read, in plain text."""
    return provenance.with_notes(load(name).says, provenance.read(path(name)).notes)


def display_name(name: str) -> str:
    """Returns the name of the photos, for display."""
    return storage.display_name(path(name), name)


def keep(data: bytes, name: str) -> str:
    """Stores the photos in a zip with this file name, and returns the name under which they are stored. Raises BadValue
    with a sentence if they cannot be stored."""
    return keep_album(read(data), name)


def keep_collected(photos: Mapping[str, Sequence[np.ndarray]]) -> str:
    """Stores photos that were collected by class, and returns the name under which they are stored."""
    pairs = [(image, name) for name, images in sorted(photos.items()) for image in images]
    return keep_album(build([image for image, _ in pairs], [name for _, name in pairs], zipped=False), COLLECTED)


def keep_album(album: PhotoAlbum, name: str) -> str:
    """Stores photos under a name that contains a digest of them, and returns this name."""
    return picture_zip.keep(album, "photos", path, lambda: to_npz(album), name)


def to_npz(album: PhotoAlbum) -> bytes:
    """Converts photos to the form in which they are stored: pixels and names, without Python objects."""
    told = io.BytesIO()
    names = np.array(album.names)
    np.savez_compressed(told, images=album.images, labels=album.labels, names=names, doubled=album.doubled)
    return told.getvalue()


def zipped(album: PhotoAlbum) -> bytes:
    """Returns the photos as a zip of PNG files in folders, as a net sees them."""
    return picture_zip.write(album.images, album.labels, album.names)


def load(name: str) -> PhotoAlbum:
    """Loads photos by their name. Raises BadValue with a sentence if they are not on this machine or damaged."""
    return storage.load("photo album", name, path(name), (), load_file, "Bring the photos again.")


@lru_cache(maxsize=4)  # an album may have 100 MB
def load_file(path: Path, size: int) -> PhotoAlbum:
    with np.load(path, allow_pickle=False) as kept:
        return PhotoAlbum(kept["images"], kept["labels"], tuple(kept["names"].tolist()), int(kept["doubled"]))
