"""What learners bring: each thing is kept in the store under a name with the digest of what it says, so that a run on
it is a value, the same on every machine. The kinds are core/user_data/corpus.py, alphabet.py, table.py and album.py.
Knows no torch.
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
TEST = 4  # every so many-th example of a class only tests
LEAST = 4  # examples of a class
BESIDE = (
    ".name",
    ".notes",
    ".source",
)  # files that are kept beside a thing: what it is called, core/user_data/provenance.py
AGAIN = "Choose its file again."
BROKEN = (OSError, ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)  # of damaged files


def storage_name(name: str, said: bytes, otherwise: str) -> str:
    """What something is kept as: own-<the letters of its name>-<a digest of what it says>."""
    word = re.sub("[^a-z0-9]", "", Path(name).stem.lower())[:12] or otherwise
    return f"own-{word}-{hashlib.sha256(said).hexdigest()[:8]}"


def keep(path: Path, what: str, write: Callable[[Path], object], name: str = "") -> None:
    """Write something whole or not at all, and beside it the name of its file where that is not in it; BadValue with a
    sentence if it cannot be kept."""
    try:
        store.folder(path.parent.name)
        store.write_whole(path, write)
        if name:
            shown = "".join(letter for letter in Path(name).name if letter.isprintable())[:60] or what
            store.write_whole(path.with_suffix(".name"), lambda part: part.write_text(shown, "utf-8"))
    except OSError as error:
        raise BadValue(f"The disk is full or cannot be written, so this {what} could not be kept.") from error


def count_zip_entries(data: bytes) -> int:
    """How many entries a zip lists, before anything opens it: who opens it makes an object of each."""
    return data.count(b"PK\x01\x02")


def display_name(path: Path, name: str) -> str:
    """What its owner calls it: the name of its file; where that is not known, the word in its name here."""
    try:
        return path.with_suffix(".name").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return name.split("-")[1] if OWN.fullmatch(name) else name


def exists(load: Callable[[str], object], name: str) -> bool:
    """Whether there is something of this name on this machine, and whole."""
    with suppress(BadValue):
        return bool(load(name))
    return False


def load(
    what: str, name: str, path: Path, ready: tuple[str, ...], read: Callable[[Path, int], T], again: str = AGAIN
) -> T:
    """What is kept there, by `read` from the file of this size; BadValue with a sentence, and what to do, if it is not
    on this machine, or damaged."""
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
    for file in (path, *(path.with_suffix(ending) for ending in BESIDE)):
        file.unlink(missing_ok=True)


def split_train_test(classes: Sequence[int], name: str) -> tuple[list[list[int]], list[list[int]]]:
    """Which examples of each class train, and which only test: a quarter of each, drawn by the name alone."""
    luck, train, test = random.Random(name), [], []
    for k in range(max(classes) + 1):
        places = [place for place, one in enumerate(classes) if one == k]
        luck.shuffle(places)
        cut = max(1, len(places) // TEST)
        test.append(places[:cut])
        train.append(places[cut:])
    return train, test
