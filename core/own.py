"""What is a learner's own: kept under a name with the digest of what is in it, so that a run on it is a value, the same
on every machine. Texts, alphabets, tables and albums are; this knows none of them.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from core.check import BadValue, shown
from core.serve import store
from core.tasks import OWN

T = TypeVar("T")

PLAIN = re.compile("[a-z0-9-]+")  # a name that leads to no other folder
NAMED = 40  # characters of a name that is shown
DAMAGED = (OSError, ValueError, TypeError, KeyError, AttributeError, EOFError, zipfile.BadZipFile)  # what reading says


def name(word: str, otherwise: str, content: bytes) -> str:
    """own-<what it is called>-<digest of its content>"""
    plain = re.sub("[^a-z0-9]", "", word.lower())[:12] or otherwise
    return f"own-{plain}-{hashlib.sha256(content).hexdigest()[:8]}"


def write(what: str, files: dict[Path, bytes]) -> None:
    """Write files, each whole or not at all; BadValue with a sentence if this text (alphabet, ...) cannot be kept."""
    try:
        for path, data in files.items():
            store.folder(path.parent.name)
            store.write_whole(path, lambda part, data=data: part.write_bytes(data))  # type: ignore[misc]
    except OSError as error:
        raise BadValue(f"The disk is full or cannot be written, so this {what} could not be kept.") from error


def load(what: str, name: str, path: Path, stored: Callable[[Path], T], again: str) -> T:
    """What is kept in a file; BadValue with a sentence if it is not on this machine, or damaged, and how to get it
    `again`."""
    if not (PLAIN.fullmatch(name) and path.exists()):
        raise BadValue(f"The {what} {shown(name)} is not on this machine. {again}")
    try:
        found = stored(path)
    except DAMAGED as error:
        raise BadValue(f"The {what} {shown(name)} is damaged. {again}") from error
    if OWN.fullmatch(name):
        store.use(path)
    return found


def known(load: Callable[[str], object], name: str) -> bool:
    """Whether there is something of this name on this machine, and whole."""
    with suppress(BadValue):
        return bool(load(name))
    return False


def called(told: Any, otherwise: str, most: int = NAMED) -> str:
    """A name as it may be shown: whoever made the file wrote it."""
    text = "".join(letter for letter in told if letter.isprintable()).strip()[:most] if isinstance(told, str) else ""
    return text or otherwise


def quoted(told: str) -> str:
    """What stands in a file, or what it is called, short enough for a sentence; a page shows it as it is, not as
    Markdown."""
    text = called(told, "", most=1000)
    return f"\u201c{text if len(text) <= NAMED else text[: NAMED // 2] + ' … ' + text[-NAMED // 2 :]}\u201d"


def decoded(data: bytes) -> str:
    """A file's text; BadValue if it is none."""
    for code in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1a]", text):
            return text
    raise BadValue("This file is not plain text. Save it as text (UTF-8) and choose it again.")
