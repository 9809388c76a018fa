"""Stores what learners upload, under names that contain a digest of the contents.

So a run that uses an upload is a value, which is the same on every machine. The kinds of uploads are in
core/user_data/corpus.py, alphabet.py, table.py and album.py. This module does not import torch.
"""

from __future__ import annotations

import hashlib
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from core.experiment.checks import BadValue, quoted_value
from core.experiment.tasks import OWN
from core.store import store

T = TypeVar("T")
TEST = 4  # one in this many examples of a class is for testing
LEAST = 4  # fewest examples of a class
BESIDE = (
    ".name",
    ".notes",
    ".source",
)  # files that are stored beside the data: the display name, and those of core/user_data/provenance.py
AGAIN = "Upload the file again."
# errors that damaged files raise
BROKEN = (OSError, ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def storage_name(name: str, said: bytes, otherwise: str) -> str:
    """Returns the name under which something is stored: own-<the letters of its name>-<a digest of its contents>."""
    word = re.sub("[^a-z0-9]", "", Path(name).stem.lower())[:12] or otherwise
    return f"own-{word}-{hashlib.sha256(said).hexdigest()[:8]}"


def keep(path: Path, what: str, write: Callable[[Path], object], name: str = "") -> None:
    """Writes an upload as a whole or not at all, and the name of its file beside it, if given. Raises BadValue with a
    sentence if it cannot be stored."""
    try:
        store.folder(path.parent.name)
        store.write_whole(path, write)
        if name:
            shown = "".join(letter for letter in Path(name).name if letter.isprintable())[:60] or what
            store.write_whole(path.with_suffix(".name"), lambda part: part.write_text(shown, "utf-8"))
    except OSError as error:
        raise BadValue(f"The disk is full or cannot be written, so this {what} could not be kept.") from error


def count_zip_entries(data: bytes) -> int:
    """Counts the entries that a zip lists, before it is opened, because opening it makes an object for each entry."""
    return data.count(b"PK\x01\x02")


def display_name(path: Path, name: str) -> str:
    """Returns the file name of an upload, or the word in its stored name if the file name is not known."""
    try:
        return path.with_suffix(".name").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return name.split("-")[1] if OWN.fullmatch(name) else name


def exists(load: Callable[[str], object], name: str) -> bool:
    """Returns whether something of this name is on this machine and undamaged."""
    with suppress(BadValue):
        return bool(load(name))
    return False


def load(
    what: str, name: str, path: Path, ready: tuple[str, ...], read: Callable[[Path, int], T], again: str = AGAIN
) -> T:
    """Loads an upload by calling `read` with its path and size.

    Raises BadValue with a sentence that also says what to do, if the upload is not on this machine or damaged.
    """
    if not ((name in ready or OWN.fullmatch(name)) and path.exists()):
        raise BadValue(f"The {what} {quoted_value(name)} is not on this machine. {again}")
    try:
        found = read(path, path.stat().st_size)
    except BROKEN as error:
        raise BadValue(f"The {what} {quoted_value(name)} is damaged. {again}") from error
    if OWN.fullmatch(name):
        for file in (path, *(path.with_suffix(ending) for ending in BESIDE)):
            if file.exists():
                store.mark_used(file)
    return found


def remove(path: Path) -> None:
    """Removes an upload and the files beside it."""
    for file in (path, *(path.with_suffix(ending) for ending in BESIDE)):
        file.unlink(missing_ok=True)


def split_train_test(classes: Sequence[int], name: str) -> tuple[list[list[int]], list[list[int]]]:
    """Divides the examples of each class into training and test examples. A quarter are for testing. The draw depends
    only on the name."""
    luck, train, test = random.Random(name), [], []
    for k in range(max(classes) + 1):
        places = [place for place, one in enumerate(classes) if one == k]
        luck.shuffle(places)
        cut = max(1, len(places) // TEST)
        test.append(places[:cut])
        train.append(places[cut:])
    return train, test
