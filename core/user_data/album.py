"""Reads and stores the learner's own albums: a zip of small pictures with a folder for each class.

The pictures are stored as 28 x 28 grey images in one .npz file. core/user_data/picture_zip.py reads the zip within its
limits. This module does not import torch.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.experiment.tasks import ALBUMS, OWN
from core.store import store
from core.user_data import picture_zip, provenance, storage
from core.user_data.delimited import count_noun
from core.user_data.small_pictures import SIDE, bright_grounds, small_grey, square
from core.user_data.zip_names import join_names

FOLDER = Path(__file__).parents[1] / "worlds" / "albums"


@dataclass(frozen=True, eq=False)
class Album:
    """Holds the pictures of an album and the class of each."""

    images: np.ndarray  # (n, 28, 28) uint8, with bright ink
    labels: np.ndarray  # (n,) int64, positions in `names`
    names: tuple[str, ...]  # names of the classes: their folders, in alphabetical order
    turned: bool = False  # whether most had a bright ground, so that they are shown as negatives
    doubled: int = 0  # number of duplicate pictures, which were left out
    negatives: int = -1  # number of pictures shown as negatives; -1 means all or none, as `turned` says
    notes: tuple[str, ...] = ()  # sentences about how the zip was read

    @property
    def says(self) -> str:
        """Describes what was read, in plain text."""
        if 0 < self.negatives < len(self.images):
            ground = f"{self.negatives:,} of them had a bright background, so they are shown as negatives"
        else:
            ground = (
                "Their background was bright, so they are shown as negatives"
                if self.turned
                else "Their background is dark"
            )
        twice = f" {count_noun(self.doubled, 'duplicate picture')} left out." if self.doubled else ""
        return (
            f"{len(self.images):,} pictures in {len(self.names)} classes: {join_names(self.names)}. Each picture is "
            f"grey and has {SIDE} x {SIDE} pixels. {ground}. In all images of this app the ink is bright. A quarter of "
            f"each class is used only for testing.{twice}"
        )


def read(data: bytes, again: bool = False) -> Album:
    """Reads the album in a zip. Raises BadValue with a sentence if it is not an album. `again` means that this app
    wrote it."""
    found = picture_zip.read(data, small_grey)
    bright = [not (again or found.ours) and turns for turns in bright_grounds(found.images)]
    fitted = [square(255 - image if turns else image) for image, turns in zip(found.images, bright)]
    return build_album(fitted, found.folders, bright, found.notes)


def build_album(
    images: list[np.ndarray], folders: list[str], bright: list[bool] | bool, notes: tuple[str, ...] = ()
) -> Album:
    """Returns the album of these pictures, without duplicates in a class. Raises BadValue with a sentence if nothing
    can be learned from it."""
    turns = bright if isinstance(bright, list) else [bright] * len(images)
    single = picture_zip.distinct_pictures(images, folders)
    names = picture_zip.check_classes([folders[k] for k in single])
    labels = np.array([names.index(folders[k]) for k in single])
    negatives = sum(turns[k] for k in single)
    stacked = np.stack([images[k] for k in single])
    return Album(stacked, labels, names, 2 * negatives > len(single), len(images) - len(single), negatives, notes)


def path(name: str) -> Path:
    """Returns the path of an album, which may not exist."""
    return store.home() / "albums" / f"{name}.npz" if OWN.fullmatch(name) else FOLDER / f"{name}.npz"


def exists(name: str) -> bool:
    """Returns whether an album of this name is on this machine and undamaged."""
    return storage.exists(load, name)


def describe(name: str) -> str:
    """Describes how the album was read, in plain text."""
    return provenance.with_notes(load(name).says, provenance.read(path(name)).notes)


def display_name(name: str) -> str:
    """Returns the name of the album's file, for display."""
    return storage.display_name(path(name), name)


def keep(data: bytes, name: str, again: bool = False) -> str:
    """Stores an album from a zip with this file name, and returns the name under which it is stored.

    Raises BadValue with a sentence if it cannot be stored. `again` means that this app wrote the zip.
    """
    album = read(data, again)
    return picture_zip.keep(album, "album", path, lambda: to_npz(album), name)


def to_npz(album: Album) -> bytes:
    """Converts an album to the form in which it is stored: pixels and names, without Python objects."""
    told = io.BytesIO()
    names = np.array(album.names)
    flags = np.array([album.turned, album.doubled, album.negatives])
    np.savez_compressed(told, images=album.images, labels=album.labels, names=names, flags=flags)
    return told.getvalue()


def zipped(album: Album) -> bytes:
    """Returns the album as a zip of PNG files in folders, as a net sees the pictures."""
    return picture_zip.write(album.images, album.labels, album.names)


def load(name: str) -> Album:
    """Loads an album by its name. Raises BadValue with a sentence if it is not on this machine or damaged."""
    return storage.load("album", name, path(name), ALBUMS, load_file)


@lru_cache(maxsize=32)
def load_file(path: Path, size: int) -> Album:
    with np.load(path, allow_pickle=False) as kept:
        # earlier versions did not store the number of negatives
        turned, doubled, negatives = [*kept["flags"].tolist(), -1][:3]
        return Album(kept["images"], kept["labels"], tuple(kept["names"].tolist()), bool(turned), doubled, negatives)
