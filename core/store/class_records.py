"""Classes, each for a day: one folder a class in the store, so that all servers that share it see the same.

    classes/<code>/plan.json            what the teacher has set, and the short code; its age is the class's
    classes/<code>/held                 there while learners wait at Predict
    classes/<code>/teachers/<browser>   the browsers that may show the class and close it
    classes/<code>/records/<browser>    what each learner said, one file each: a new guess takes the old one's place
    classes/<code>/files/<name>         what was brought from other classes

Nobody is named: a browser is a digest of its own secret and of the code. Files are written whole, so that forty
learners and two servers need no lock. What plans and records say is lessons/kit/classes/class_plan.py's affair. Imports
no torch.
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
from core.store.folders import discard

DAY = 24 * 3600.0  # seconds that a class lives
CLASSES, RECORDS, FILES = 100, 500, 20  # at most: classes at a time, and of one class
LARGEST = 4_000  # bytes of a plan or a record
LARGEST_FILE = 500_000  # bytes of what is brought
SETTLED = 2.0  # seconds after which no more changes bear the time of a folder's last one
CODE = re.compile(r"[\w-]{16}", re.ASCII)
OVER = "This class is over: a class lives for a day, or until its teacher closes it."
FULL = "The disk is full or cannot be written, so this could not be kept."
Json = dict[str, Any]
T = TypeVar("T")


def begin(plan: Json, browser: str) -> str:
    """A class begins, and this browser is its teacher's: its code. BadValue with a sentence if that cannot be."""
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
    """What the teacher has set; BadValue with a sentence where there is no such class, or no more."""
    if not CODE.fullmatch(code):
        raise BadValue("This link names no class. Ask for the link again.")
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
    """Only to be read."""
    return from_bytes(at / "plan.json")


def seconds_left(code: str) -> float:
    """Seconds until the class is over."""
    with suppress(OSError):
        return max(0.0, (place(code) / "plan.json").stat().st_mtime + DAY - time.time())
    return 0.0


def by_short_code() -> dict[str, str]:
    """Returns the codes of all classes by their short ones."""
    found = {}
    for at in folders():
        with suppress(BadValue):
            found[str(plan(at.name).get("short"))] = at.name
    return found


def join(text: str, browser: str, address: str) -> str:
    """Returns the code of the class whose short code was typed; BadValue with a sentence if there is none, or if a
    browser, an address or all together were wrong too often."""
    return class_codes.find(text, by_short_code, browser, address)


def hold(code: str, held: bool) -> None:
    """From now on the learners of a class wait at Predict, or no longer do."""
    with suppress(OSError):
        if held:
            (place(code) / "held").touch()
        else:
            (place(code) / "held").unlink(missing_ok=True)


def holds(code: str) -> bool:
    """Whether the learners of a class wait at Predict. They do not where the class is over."""
    return (place(code) / "held").exists()


# --- Who teaches ----------------------------------------------------------------------------------------------------


def teaches(code: str, browser: str) -> bool:
    return (place(code) / "teachers" / digest(code, browser)).exists()


def let_in(code: str, key: str, browser: str) -> None:
    """Who has the class's key is its teacher too, in this browser from now on; BadValue with a sentence otherwise."""
    if not secrets.compare_digest(str(plan(code)["key"]).encode(), key.encode("utf-8", "replace")):
        raise BadValue("This is not the teacher's link of this class.")
    with suppress(OSError):
        (place(code) / "teachers" / digest(code, browser)).touch()


def close(code: str) -> None:
    """The class is over, and nothing of it is left."""
    with suppress(OSError):
        discard(place(code))


def sweep() -> None:
    """Classes that are over are gone, and so is what is no whole class."""
    for at in folders():
        if not seconds_left(at.name) and time.time() - at.stat().st_mtime > SETTLED:
            close(at.name)


def folders() -> Iterator[Path]:
    return (at for at in (store.home() / "classes").glob("*") if CODE.fullmatch(at.name))


# --- What learners say ----------------------------------------------------------------------------------------------


def write_record(code: str, browser: str, record: Json) -> None:
    """A learner's record, in the place of their last one; BadValue with a sentence if it cannot be kept."""
    plan(code)
    at = place(code) / "records" / digest(code, browser)
    with suppress(OSError):
        if not at.exists() and len(list(at.parent.iterdir())) >= RECORDS:
            raise BadValue(f"This class has {RECORDS} learners already, so your guess is not counted.")
    write_file(at, to_bytes(record))


def records(code: str) -> list[Json]:
    """What all learners of a class have said, in no order that tells who. The same list until there is more. Only to be
    read."""
    return read_folder(place(code) / "records", from_bytes)


# --- What comes from other classes ----------------------------------------------------------------------------------


def bring(code: str, name: str, data: bytes) -> None:
    """A file of another class, in the place of the last one of this name; BadValue with a sentence if it cannot be
    kept."""
    plan(code)
    at = place(code) / "files" / hashlib.sha256(name.encode()).hexdigest()[:20]
    with suppress(OSError):
        if not at.exists() and len(list(at.parent.iterdir())) >= FILES:
            raise BadValue(f"At most {FILES} files can be brought together.")
    write_file(at, data)


def imported_files(code: str) -> list[bytes]:
    """The same list until there is more."""
    return read_folder(place(code) / "files", Path.read_bytes)


# --- Files ----------------------------------------------------------------------------------------------------------


def read_folder(at: Path, read: Callable[[Path], T]) -> list[T]:
    """All files of a folder. They are read again only where one may have changed: two within the clock's tick give the
    folder the same time."""
    try:
        changed = at.stat().st_mtime_ns
    except OSError:
        return []
    return (remembered if time.time() - changed / 1e9 > SETTLED else read_files)(at, read, changed)


def read_files(at: Path, read: Callable[[Path], T], changed: int) -> list[T]:
    found = []
    for path in sorted(at.glob("[0-9a-f]*")):
        with suppress(OSError, ValueError):  # damaged
            found.append(read(path))
    return found


remembered = lru_cache(maxsize=2 * CLASSES)(read_files)


def place(code: str) -> Path:
    return store.home() / "classes" / code


def digest(code: str, browser: str) -> str:
    """A browser's name in one class, which says nothing about it in another."""
    return hashlib.sha256(f"{code} {browser}".encode()).hexdigest()[:20]


def to_bytes(told: Json) -> bytes:
    text = json.dumps(told).encode()
    if len(text) > LARGEST:
        raise BadValue("That is too much for one class.")
    return text


def from_bytes(path: Path) -> Json:
    """ValueError where it is none of ours."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    with suppress(RecursionError):
        if len(data) <= LARGEST and isinstance(told := json.loads(data), dict):
            return told
    raise ValueError(path)


def write_file(path: Path, data: bytes) -> None:
    try:
        write(path, data)
    except OSError as error:
        raise BadValue(FULL if path.parent.exists() else OVER) from error  # it may have been closed at this moment


def write(path: Path, data: bytes) -> None:
    store.write_whole(path, lambda part: part.write_bytes(data))
