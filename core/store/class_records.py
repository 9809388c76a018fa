"""Stores the classes of teachers. A class lives for a day. Each class has a folder in the store, so all servers that
share it see the same.

    classes/<code>/plan.json            the teacher's settings, and the short code; its age is the age of the class
    classes/<code>/held                 exists while the learners must wait at Predict
    classes/<code>/teachers/<browser>   the browsers that may show the class and close it
    classes/<code>/records/<browser>    each learner's answers, one file each: a new guess replaces the old one
    classes/<code>/files/<name>         files that were imported from other classes

No names are stored: a browser is a digest of its own secret and of the code. Files are written as a whole, so that
forty learners and two servers need no lock. The contents of plans and records are defined in
lessons/kit/classes/class_plan.py. This module does not import torch.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from core.experiment.checks import BadValue
from core.store import class_codes, store
from core.store.folders import remove_path

DAY = 24 * 3600.0  # lifetime of a class in seconds
CLASSES, RECORDS, FILES = 100, 500, 20  # limits: classes at a time, and records and files of one class
LARGEST = 4_000  # bytes of a plan or a record
LARGEST_FILE = 500_000  # bytes of an imported file
SETTLED = 2.0  # seconds after which a new change always gives the folder a new time
CODE = re.compile(r"[\w-]{16}", re.ASCII)
OVER = "This class is over. A class ends after a day, or when its teacher closes it."
FULL = "The disk is full or cannot be written, so this could not be stored."
Json = dict[str, Any]
T = TypeVar("T")


def begin(plan: Json, browser: str) -> str:
    """Creates a class with this browser as its teacher, and returns its code. Raises BadValue with a sentence if it
    cannot."""
    sweep()
    if len(list(folders())) >= CLASSES:
        raise BadValue(f"There are {CLASSES} classes on this server now. Try again when some of them are over.")
    code = secrets.token_urlsafe(12)
    text = to_bytes(plan | {"key": secrets.token_urlsafe(18), "short": class_codes.new_code(by_short_code())})
    try:
        for name in ("teachers", "records", "files"):
            (store.folder("classes") / code / name).mkdir(parents=True)
        write(place(code) / "plan.json", text)
        (place(code) / "teachers" / digest(code, browser)).touch()
    except OSError as error:
        raise BadValue(FULL) from error
    return code


def plan(code: str) -> Json:
    """Returns the teacher's settings. Raises BadValue with a sentence if the class does not exist or is over."""
    if not CODE.fullmatch(code):
        raise BadValue("This is not the link of a class. Ask for the link again.")
    try:
        changed = (place(code) / "plan.json").stat().st_mtime
        if time.time() - changed > DAY:
            close(code)
            raise BadValue(OVER)
        return planned(place(code), changed)
    except (OSError, ValueError) as error:
        raise BadValue(OVER) from error


@lru_cache(maxsize=CLASSES)
def planned(at: Path, changed: float) -> Json:
    """Reads a plan, and caches it until it changes. The caller must not modify it."""
    return from_bytes(at / "plan.json")


def seconds_left(code: str) -> float:
    """Returns the seconds until the class is over."""
    with suppress(OSError):
        return max(0.0, (place(code) / "plan.json").stat().st_mtime + DAY - time.time())
    return 0.0


def by_short_code() -> dict[str, str]:
    """Returns the codes of all classes by their short codes."""
    found = {}
    for at in folders():
        with suppress(BadValue):
            found[str(plan(at.name).get("short"))] = at.name
    return found


def join(text: str, browser: str, address: str) -> str:
    """Returns the code of the class with this short code.

    Raises BadValue with a sentence if there is no such class, or if a browser, an address or all together typed too
    many wrong codes.
    """
    return class_codes.find(text, by_short_code, browser, address)


def set_waiting(code: str, held: bool) -> None:
    """Makes the learners of a class wait at Predict, or lets them go on."""
    with suppress(OSError):
        if held:
            (place(code) / "held").touch()
        else:
            (place(code) / "held").unlink(missing_ok=True)


def is_waiting(code: str) -> bool:
    """Returns whether the learners of a class must wait at Predict. They need not if the class is over."""
    return (place(code) / "held").exists()


# --- Who teaches ----------------------------------------------------------------------------------------------------


def teaches(code: str, browser: str) -> bool:
    """Returns whether this browser is a teacher's."""
    return (place(code) / "teachers" / digest(code, browser)).exists()


def let_in(code: str, key: str, browser: str) -> None:
    """Notes that this browser belongs to a teacher, if it has the key of the class. Raises BadValue with a sentence
    if it does not."""
    if not secrets.compare_digest(str(plan(code)["key"]).encode(), key.encode("utf-8", "replace")):
        raise BadValue("This is not the teacher's link of this class.")
    with suppress(OSError):
        (place(code) / "teachers" / digest(code, browser)).touch()


def close(code: str) -> None:
    """Ends a class and removes everything that is stored about it."""
    with suppress(OSError):
        remove_path(place(code))


def sweep() -> None:
    """Removes the classes that are over, and folders that are not a whole class."""
    for at in folders():
        if not seconds_left(at.name) and time.time() - at.stat().st_mtime > SETTLED:
            close(at.name)


def folders() -> Iterator[Path]:
    """Yields the folders of all classes."""
    return (at for at in (store.home() / "classes").glob("*") if CODE.fullmatch(at.name))


# --- What learners say ----------------------------------------------------------------------------------------------


def write_record(code: str, browser: str, record: Json) -> None:
    """Stores a learner's record in place of the last one. Raises BadValue with a sentence if it cannot be stored."""
    plan(code)
    at = place(code) / "records" / digest(code, browser)
    with suppress(OSError):
        if not at.exists() and len(list(at.parent.iterdir())) >= RECORDS:
            raise BadValue(f"This class already has {RECORDS} learners, so your prediction is not counted.")
    write_file(at, to_bytes(record))


def records(code: str) -> list[Json]:
    """Returns the records of all learners of a class, in an order that does not tell who they are.

    The list is the same object until there are new records. The caller must not modify it.
    """
    return read_folder(place(code) / "records", from_bytes)


# --- What comes from other classes ----------------------------------------------------------------------------------


def bring(code: str, name: str, data: bytes) -> None:
    """Imports a file from another class, in place of the last one of this name. Raises BadValue with a sentence if it
    cannot be stored."""
    plan(code)
    at = place(code) / "files" / hashlib.sha256(name.encode()).hexdigest()[:20]
    with suppress(OSError):
        if not at.exists() and len(list(at.parent.iterdir())) >= FILES:
            raise BadValue(f"You can add at most {FILES} files of other classes.")
    write_file(at, data)


def imported_files(code: str) -> list[bytes]:
    """Returns the imported files. The list is the same object until there are new files."""
    return read_folder(place(code) / "files", Path.read_bytes)


# --- Files ----------------------------------------------------------------------------------------------------------


def read_folder(at: Path, read: Callable[[Path], T]) -> list[T]:
    """Reads all files of a folder, and caches them until the folder changes.

    The cache is not used while the folder's last change is recent, because two changes within a tick of the clock
    give the folder the same time.
    """
    try:
        changed = at.stat().st_mtime_ns
    except OSError:
        return []
    return (remembered if time.time() - changed / 1e9 > SETTLED else read_files)(at, read, changed)


def read_files(at: Path, read: Callable[[Path], T], changed: int) -> list[T]:
    """Reads all files of a folder, except damaged ones."""
    found = []
    for path in sorted(at.glob("[0-9a-f]*")):
        with suppress(OSError, ValueError):  # the file is damaged
            found.append(read(path))
    return found


remembered = lru_cache(maxsize=2 * CLASSES)(read_files)


def place(code: str) -> Path:
    return store.home() / "classes" / code


def digest(code: str, browser: str) -> str:
    """Returns the name of a browser in one class. The name tells nothing about the browser in other classes."""
    return hashlib.sha256(f"{code} {browser}".encode()).hexdigest()[:20]


def to_bytes(told: Json) -> bytes:
    """Converts a JSON object to bytes. Raises BadValue with a sentence if it is too large."""
    text = json.dumps(told).encode()
    if len(text) > LARGEST:
        raise BadValue("That is too much data for one class.")
    return text


def from_bytes(path: Path) -> Json:
    """Reads a JSON object. Raises ValueError if the file was not written by this module."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    with suppress(RecursionError):
        if len(data) <= LARGEST and isinstance(told := json.loads(data), dict):
            return told
    raise ValueError(path)


def write_file(path: Path, data: bytes) -> None:
    """Writes a file. Raises BadValue with a sentence if the disk is full or the class is over."""
    try:
        write(path, data)
    except OSError as error:
        # the class may have been closed at this moment
        raise BadValue(FULL if path.parent.exists() else OVER) from error


def write(path: Path, data: bytes) -> None:
    store.write_whole(path, lambda part: part.write_bytes(data))
