"""Reads the list of files in a zip of pictures: decodes their names, refuses unsafe paths, and finds the class
folders.

A zip may come from anybody, so its list is checked before anything is unpacked. This module does not import torch.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from core.experiment.checks import BadValue, quote
from core.user_data import encoding
from core.user_data.delimited import count_noun
from core.user_data.plausibility import score

SPLIT = re.compile(  # folders that are parts of a dataset, and not classes
    r"(\w+[_ -])?(train(ing)?|test(ing)?|val(id(ation)?)?|dev|eval(uation)?|hold[_ -]?out)"
    r"([_ -]?(set|data|images|imgs))?",
    re.IGNORECASE,
)
# folders that computers hide, and the second files that a Mac writes
HIDDEN = re.compile(r"(^|/)(__MACOSX/|@eaDir/|\.[^/]+/|\._)")
DRIVE = re.compile(r"[A-Za-z]:/")
DOS = ("cp437", "cp850", "cp866")  # encodings that zip programs fall back to
OEM = 1.6  # how much the score of such an encoding is raised


@dataclass(frozen=True)
class Entry:
    """Holds one file of a zip."""

    info: zipfile.ZipInfo
    folders: tuple[str, ...]
    name: str


def list_files(archive: zipfile.ZipFile) -> list[Entry]:
    """Returns the files of a zip. Raises BadValue with a sentence if a path leads out of it or a file is locked."""
    entries = archive.infolist()
    found = []
    for entry, name in zip(entries, decode_names(entries)):
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        path = name.replace("\\", "/")
        odd = path.startswith("/") or DRIVE.match(path) or ".." in parts
        if odd or stat.S_ISLNK(entry.external_attr >> 16):
            last = quote(parts[-1] if parts else name)
            raise BadValue(f"The entry {last} points outside the zip file. Pack plain folders of pictures.")
        if path.endswith("/") or not parts or HIDDEN.search(path):
            continue
        if entry.flag_bits & 1:
            raise BadValue("This zip file is locked with a password. Pack it without a password.")
        found.append(Entry(entry, tuple(part.strip() for part in parts[:-1]), parts[-1]))
    if len({(*one.folders, one.name) for one in found}) < len(found):
        raise BadValue("This zip file has two files with the same name in one folder. Pack it again.")
    return found


def decode_names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Decodes the names of the entries. A name without a mark for UTF-8 may still be UTF-8, or in an old encoding
    that all such names share."""
    raw = {e.orig_filename: e.orig_filename.encode("cp437", "replace") for e in entries if not e.flag_bits & 0x800}
    old = [name for name in raw.values() if not is_utf8(name)]
    code = shared_encoding(old) if old else "utf_8"
    told = []
    for entry in entries:
        name = raw.get(entry.orig_filename) if not entry.flag_bits & 0x800 else None
        text = entry.orig_filename if name is None else name.decode("utf_8" if is_utf8(name) else code, "replace")
        told.append(unicodedata.normalize("NFC", text.split("\0")[0]))
    return told


def is_utf8(name: bytes) -> bool:
    """Returns whether a name is valid UTF-8."""
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def shared_encoding(raw: Sequence[bytes]) -> str:
    """Returns the most likely encoding of names that are not UTF-8."""
    words = b"\n".join(dict.fromkeys(part for name in raw for part in re.split(rb"[/. ]", name) if not part.isascii()))
    ranks = {}
    for code in (*DOS, *encoding.LEGACY):
        found = score(words.decode(code, "replace"), code)
        ranks[code] = found.mean + (OEM / max(1, found.signs) ** 0.5 if code in DOS else 0.0)
    return max(ranks, key=ranks.__getitem__)


def assign_classes(entries: Sequence[Entry]) -> tuple[list[str | None], list[str]]:
    """Returns the class of each picture, or None outside of class folders, and sentences about how the folders were
    read.

    Raises BadValue with a sentence if the folders are not classes.
    """
    notes: list[str] = []
    paths: list[tuple[str, ...]] = [entry.folders for entry in entries]
    if not any(paths):
        name = quote(entries[0].name)
        raise BadValue(f"The file {name} is not in a folder. Put the pictures of each class in a folder of their own.")
    paths, splits = merge_splits(paths)
    if splits:
        if not any(paths):
            raise BadValue(
                f"The folders {join_names(splits)} are parts of a dataset, not classes. Put one folder for each class "
                "in them."
            )
        notes.append(f"The parts {join_names(splits)} were put together. The app makes its own split for testing.")
    while len({path[0] for path in paths if path}) == 1 and any(len(path) > 1 for path in paths):
        paths = [path[1:] for path in paths]  # one folder contains all others
    deep = [path for path in paths if path]
    if outside := len(paths) - len(deep):
        notes.append(f"{count_noun(outside, 'picture')} outside the folders of the classes left out.")
    depths, inner = {len(path) for path in deep}, {path[-1] for path in deep}
    place = -1 if len(depths) == 1 and len(inner) <= 20 else 0
    if len(depths) > 1:
        notes.append("Pictures in a subfolder belong to the class of the folder above it.")
    return shorten([path[place] if path else None for path in paths]), notes


def merge_splits(paths: list[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Removes the levels of folders with names such as train and test. Returns the paths and the removed names."""
    found: dict[str, None] = {}
    level = 0
    while True:
        here = [path[level] for path in paths if len(path) > level]
        if not here:
            return paths, list(found)
        useful = level or len({*here}) > 1 or any(len(path) > 1 for path in paths)
        if useful and all(map(SPLIT.fullmatch, here)):
            found |= dict.fromkeys(here)
            paths = [path[:level] + path[level + 1 :] for path in paths]
        else:
            level += 1


def shorten(classes: Sequence[str | None]) -> list[str | None]:
    """Shortens names to 40 characters, if they remain different."""
    whole = {name for name in classes if name}
    most = 40 if len({name[:40] for name in whole}) == len(whole) else 200
    return [name and name[:most].strip() for name in classes]


def join_names(words: Sequence[str], most: int = 6) -> str:
    """Joins some names: "a, b and c"."""
    shown = [f"“{word}”" for word in words[:most]]
    if len(words) > most:
        shown.append(f"{len(words) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
