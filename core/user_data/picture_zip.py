"""Reads a zip of pictures with a folder for each class, and checks that its classes can be learned.

Albums of small grey pictures and albums of photos are read in the same way, and have the same limits. The zip's list of
files is read and checked by core/user_data/zip_names.py. Only pictures are decoded, and their size is limited. No file
is ever written under a name from the zip. This module does not import torch.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from core.experiment.checks import BadValue, quote
from core.user_data import provenance, storage
from core.user_data.delimited import count_noun
from core.user_data.file_kinds import refuse_others
from core.user_data.small_pictures import BROKEN, EACH, ENDINGS, LIGHT, Convert, decode
from core.user_data.zip_names import Entry, assign_classes, join_names, list_files

LARGEST, UNPACKED = 50_000_000, 100_000_000  # bytes: of a zip, and of its contents when unpacked
ENTRIES = 6_000  # entries of a zip, counted before it is opened
PICTURES, CLASSES = 2_000, (2, 20)  # most pictures; fewest and most classes
ALL_PIXELS = 300_000_000  # pixels of all pictures together
OURS = b"headstart"  # the comment of a zip that this app wrote: its pictures are as nets see them


@dataclass(frozen=True, eq=False)
class PictureFolders:
    """Holds the pictures of a zip, and the folder that is the class of each."""

    images: list[np.ndarray]
    folders: list[str]
    notes: tuple[str, ...]  # sentences about how the zip was read
    ours: bool  # whether this app wrote the zip


class Pictured(Protocol):
    """What both kinds of albums have: their pictures, the class of each, and how they were read."""

    @property
    def images(self) -> np.ndarray: ...
    @property
    def labels(self) -> np.ndarray: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


def read(data: bytes, convert: Convert) -> PictureFolders:
    """Reads the pictures in a zip, each made small by `convert`. Raises BadValue with a sentence if it has no pictures
    in folders."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large. A zip file with pictures may have at most {LARGEST // 1_000_000} MB.")
    if (many := storage.count_zip_entries(data)) > ENTRIES:
        raise BadValue(f"This zip file has {many:,} entries, but it may have at most {PICTURES:,} pictures.")
    refuse_others(data, zips=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = select_files(list_files(archive))
            found = read_pictures(archive, files, convert)
            ours = archive.comment == OURS
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
    return PictureFolders([image for image, _ in chosen], [name for _, name in chosen], tuple(notes), ours)


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


def read_pictures(archive: zipfile.ZipFile, files: list[Entry], convert: Convert) -> list[tuple[Entry, np.ndarray]]:
    """Decodes the files that are pictures."""
    found, spent = [], 0
    for entry in files:
        if entry.name.startswith("."):
            continue
        with archive.open(entry.info) as file:
            one = decode(file.read(EACH + 1), entry.name, convert)
        if one is None:
            continue
        spent += one[1]
        if spent > ALL_PIXELS:
            raise BadValue(
                f"All pictures together may have {ALL_PIXELS // 1_000_000} million pixels, photos (JPEG) "
                f"{LIGHT} times as many."
            )
        found.append((entry, one[0]))
    return found


def distinct_pictures(images: Sequence[np.ndarray], folders: Sequence[str]) -> list[int]:
    """Returns the positions of the pictures without duplicates in a class."""
    return [*{(image.tobytes(), folder): k for k, (image, folder) in enumerate(zip(images, folders))}.values()]


def check_classes(folders: Sequence[str], zipped: bool = True) -> tuple[str, ...]:
    """Returns the names of the classes in alphabetical order. Raises BadValue with a sentence if nets cannot learn
    them. If `zipped` is false, the pictures do not come from a zip."""
    each = Counter(folders)
    if not CLASSES[0] <= len(each) <= CLASSES[1]:
        names = f" ({join_names([*each])})" if len(each) == 1 else ""
        if zipped:
            what = f"{count_noun(len(each), 'folder')} of pictures{names}"
            raise BadValue(f"This zip file has {what}. It needs 2 to {CLASSES[1]} folders, one for each class.")
        what = f"{len(each)} class{'es' * (len(each) != 1)}{names}"
        raise BadValue(f"You have pictures of {what}. The nets need 2 to {CLASSES[1]} classes.")
    fewest = min(each, key=lambda folder: each[folder])
    if each[fewest] < storage.LEAST:
        different = count_noun(each[fewest], "different picture")
        part = "Folder" if zipped else "Class"
        raise BadValue(f"{part} {quote(fewest)} has {different}, but every class needs {storage.LEAST}.")
    return tuple(sorted(each))


def write(images: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> bytes:
    """Returns pictures as a zip of PNG files in folders, as a net sees them."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        archive.comment = OURS
        for k, (image, label) in enumerate(zip(images, labels)):
            one = io.BytesIO()
            Image.fromarray(image).save(one, "PNG")
            folder = names[label].replace("/", "_")
            # without the time, so that equal albums give equal zips
            archive.writestr(zipfile.ZipInfo(f"{folder}/{k:04}.png"), one.getvalue())
    return told.getvalue()


def keep(found: Pictured, word: str, path: Callable[[str], Path], write_to: Callable[[], bytes], name: str) -> str:
    """Stores pictures under a name that contains a digest of them, and returns this name. It begins with a word of the
    file's name, or with `word`. Raises BadValue with a sentence if they cannot be stored."""
    said = found.images.tobytes() + found.labels.tobytes() + "/".join(found.names).encode("utf-8", "replace")
    kept = storage.storage_name(name, said, word)
    storage.keep(path(kept), "album", lambda part: part.write_bytes(write_to()), name)
    provenance.keep(path(kept), provenance.Provenance(found.notes))
    return kept
