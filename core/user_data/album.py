"""Reads and stores the learner's own albums: a zip of small pictures with a folder for each class.

The pictures are stored as 28 x 28 grey images in one .npz file. core/user_data/zip_names.py reads and checks the list
of files in the zip. Only pictures are decoded (core/user_data/small_pictures.py), and their size is limited. No file
is ever written under a name from the zip. This module does not import torch.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from core.experiment.checks import BadValue, quote
from core.experiment.tasks import ALBUMS, OWN
from core.store import store
from core.user_data import provenance, storage
from core.user_data.delimited import count_noun
from core.user_data.file_kinds import refuse_others
from core.user_data.small_pictures import BROKEN, EACH, ENDINGS, LIGHT, SIDE, bright_grounds, decoded, square
from core.user_data.zip_names import Entry, assign_classes, join_names, list_files

FOLDER = Path(__file__).parents[1] / "worlds" / "albums"
LARGEST, UNPACKED = 50_000_000, 100_000_000  # bytes: of a zip, and of its contents when unpacked
ENTRIES = 6_000  # entries of a zip, counted before it is opened
PICTURES, CLASSES = 2_000, (2, 20)  # most pictures; fewest and most classes
ALL_PIXELS = 300_000_000  # pixels of all pictures together
OURS = b"headstart"  # the comment of a zip that this app wrote: its pictures are as nets see them


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
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large. A zip file with pictures may have at most {LARGEST // 1_000_000} MB.")
    if (many := storage.count_zip_entries(data)) > ENTRIES:
        raise BadValue(f"This zip file has {many:,} entries, but it may have at most {PICTURES:,} pictures.")
    refuse_others(data, zips=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = select_files(list_files(archive))
            found = read_pictures(archive, files)
            again = again or archive.comment == OURS
    except BROKEN as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue("This is not a zip file, or it is damaged. Pack the folders again.") from error
    if not found:
        raise BadValue("This zip file has no pictures in folders. Pictures are PNG, JPEG, GIF, BMP or WebP files.")
    classes, notes = assign_classes([entry for entry, _ in found])
    if left_out := len(files) - len(found):
        notes.append(f"{count_noun(left_out, 'file')} left out that cannot be read as PNG, JPEG, GIF, BMP or WebP.")
    chosen = [(image, name) for (_, image), name in zip(found, classes) if name]
    bright = [not again and turns for turns in bright_grounds([image for image, _ in chosen])]
    fitted = [square(255 - image if turns else image) for (image, _), turns in zip(chosen, bright)]
    return build_album(fitted, [name for _, name in chosen], bright, tuple(notes))


def select_files(entries: list[Entry]) -> list[Entry]:
    """Returns the files that may be pictures. Raises BadValue if they are too many or too large."""
    found = []
    for entry in entries:
        if entry.info.file_size <= EACH:
            found.append(entry)
        elif entry.name.lower().endswith(ENDINGS):
            raise BadValue(f"The picture {quote(entry.name)} is larger than {EACH // 1_000_000} MB.")
    if not 1 <= len(found) <= PICTURES:
        raise BadValue(f"This zip file has {len(found):,} files. It needs 1 to {PICTURES:,} pictures in folders.")
    if sum(entry.info.file_size for entry in found) > UNPACKED:
        raise BadValue(f"This zip file has more than {UNPACKED // 1_000_000} MB when it is unpacked.")
    return found


def read_pictures(archive: zipfile.ZipFile, files: list[Entry]) -> list[tuple[Entry, np.ndarray]]:
    """Decodes the files that are pictures, as small grey images."""
    found, spent = [], 0
    for entry in files:
        if entry.name.startswith(".") or (one := decoded(archive, entry)) is None:
            continue
        spent += one[1]
        if spent > ALL_PIXELS:
            raise BadValue(
                f"All pictures together may have {ALL_PIXELS // 1_000_000} million pixels, photos (JPEG) "
                f"{LIGHT} times as many."
            )
        found.append((entry, one[0]))
    return found


def build_album(
    images: list[np.ndarray], folders: list[str], bright: list[bool] | bool, notes: tuple[str, ...] = ()
) -> Album:
    """Returns the album of these pictures, without duplicates in a class. Raises BadValue with a sentence if nothing
    can be learned from it."""
    turns = bright if isinstance(bright, list) else [bright] * len(images)
    single = {(image.tobytes(), folder): (image, turned) for image, folder, turned in zip(images, folders, turns)}
    each = Counter(folder for _, folder in single)
    if not CLASSES[0] <= len(each) <= CLASSES[1]:
        what = f"{count_noun(len(each), 'folder')} of pictures" + f" ({join_names([*each])})" * (len(each) == 1)
        raise BadValue(f"This zip file has {what}. It needs 2 to {CLASSES[1]} folders, one for each class.")
    fewest = min(each, key=lambda folder: each[folder])
    if each[fewest] < storage.LEAST:
        different = count_noun(each[fewest], "different picture")
        raise BadValue(f"Folder {quote(fewest)} has {different}, but every class needs {storage.LEAST}.")
    names = tuple(sorted(each))
    labels = np.array([names.index(folder) for _, folder in single])
    negatives = sum(turned for _, turned in single.values())
    stacked = np.stack([image for image, _ in single.values()])
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
    said = album.images.tobytes() + album.labels.tobytes() + "/".join(album.names).encode("utf-8", "replace")
    kept = storage.storage_name(name, said, "album")
    storage.keep(path(kept), "album", lambda part: part.write_bytes(to_npz(album)), name)
    provenance.keep(path(kept), provenance.Provenance(album.notes))
    return kept


def to_npz(album: Album) -> bytes:
    """Converts an album to the form in which it is stored: pixels and names, without Python objects."""
    told = io.BytesIO()
    names = np.array(album.names)
    flags = np.array([album.turned, album.doubled, album.negatives])
    np.savez_compressed(told, images=album.images, labels=album.labels, names=names, flags=flags)
    return told.getvalue()


def zipped(album: Album) -> bytes:
    """Returns the album as a zip of PNG files in folders, as a net sees the pictures."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        archive.comment = OURS
        for k, (image, label) in enumerate(zip(album.images, album.labels)):
            one = io.BytesIO()
            Image.fromarray(image).save(one, "PNG")
            folder = album.names[label].replace("/", "_")
            # without the time, so that equal albums give equal zips
            archive.writestr(zipfile.ZipInfo(f"{folder}/{k:04}.png"), one.getvalue())
    return told.getvalue()


def load(name: str) -> Album:
    """Loads an album by its name. Raises BadValue with a sentence if it is not on this machine or damaged."""
    return storage.load("album", name, path(name), ALBUMS, load_file)


@lru_cache(maxsize=32)
def load_file(path: Path, size: int) -> Album:
    with np.load(path, allow_pickle=False) as kept:
        # earlier versions did not store the number of negatives
        turned, doubled, negatives = [*kept["flags"].tolist(), -1][:3]
        return Album(kept["images"], kept["labels"], tuple(kept["names"].tolist()), bool(turned), doubled, negatives)
