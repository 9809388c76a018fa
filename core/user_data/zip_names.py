"""Reads the list of a zip of pictures: which entries lead out of it, what they are called, which folders are classes.

A zip is somebody's word, so its list is checked before anything is unpacked. Knows no torch.
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

SPLIT = re.compile(  # folders of parts of a dataset, which are no classes
    r"(\w+[_ -])?(train(ing)?|test(ing)?|val(id(ation)?)?|dev|eval(uation)?|hold[_ -]?out)"
    r"([_ -]?(set|data|images|imgs))?",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"(^|/)(__MACOSX/|@eaDir/|\.[^/]+/|\._)")  # folders that machines hide, and second files of a Mac
DRIVE = re.compile(r"[A-Za-z]:/")
DOS = ("cp437", "cp850", "cp866")  # what zip programs fall back to
OEM = 1.6  # how much that speaks for one of these


@dataclass(frozen=True)
class Entry:
    """One file of a zip."""

    info: zipfile.ZipInfo
    folders: tuple[str, ...]
    name: str


def list_files(archive: zipfile.ZipFile) -> list[Entry]:
    """All files of an archive; BadValue with a sentence if one of them leads out of it or is locked."""
    entries = archive.infolist()
    found = []
    for entry, name in zip(entries, decode_names(entries)):
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        path = name.replace("\\", "/")
        odd = path.startswith("/") or DRIVE.match(path) or ".." in parts
        if odd or stat.S_ISLNK(entry.external_attr >> 16):
            last = quote(parts[-1] if parts else name)
            raise BadValue(f"The entry {last} leads out of the zip. Pack plain folders of pictures.")
        if path.endswith("/") or not parts or HIDDEN.search(path):
            continue
        if entry.flag_bits & 1:
            raise BadValue("This zip is locked with a password. Pack it without one.")
        found.append(Entry(entry, tuple(part.strip() for part in parts[:-1]), parts[-1]))
    if len({(*one.folders, one.name) for one in found}) < len(found):
        raise BadValue("This zip has two files of the same name in one folder. Pack it again.")
    return found


def decode_names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """What the entries are called. A name that is not marked as UTF-8 may be it all the same, or in an old encoding
    that all names share."""
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
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def shared_encoding(raw: Sequence[bytes]) -> str:
    """The likeliest encoding of names that are not UTF-8."""
    words = b"\n".join(dict.fromkeys(part for name in raw for part in re.split(rb"[/. ]", name) if not part.isascii()))
    ranks = {}
    for code in (*DOS, *encoding.LEGACY):
        found = score(words.decode(code, "replace"), code)
        ranks[code] = found.mean + (OEM / max(1, found.signs) ** 0.5 if code in DOS else 0.0)
    return max(ranks, key=ranks.__getitem__)


def assign_classes(entries: Sequence[Entry]) -> tuple[list[str | None], list[str]]:
    """The class of each picture, None for one that lies in no class's folder; and sentences about how folders were
    read. BadValue with a sentence if the folders are no classes."""
    notes: list[str] = []
    paths: list[tuple[str, ...]] = [entry.folders for entry in entries]
    if not any(paths):
        name = quote(entries[0].name)
        raise BadValue(f"The file {name} lies in no folder. Each class is a folder of pictures.")
    paths, splits = merge_splits(paths)
    if splits:
        if not any(paths):
            raise BadValue(
                f"The folders {join_names(splits)} are parts of a dataset, not classes. Put a folder a class in them."
            )
        notes.append(f"The parts {join_names(splits)} were put together: a quarter of every class only tests here.")
    while len({path[0] for path in paths if path}) == 1 and any(len(path) > 1 for path in paths):
        paths = [path[1:] for path in paths]  # a folder around all others
    deep = [path for path in paths if path]
    if outside := len(paths) - len(deep):
        notes.append(f"{count_noun(outside, 'picture')} in no class's folder left out.")
    depths, inner = {len(path) for path in deep}, {path[-1] for path in deep}
    place = -1 if len(depths) == 1 and len(inner) <= 20 else 0
    if len(depths) > 1:
        notes.append("Pictures in a folder within a class count for that class.")
    return shorten([path[place] if path else None for path in paths]), notes


def merge_splits(paths: list[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], list[str]]:
    """The paths without a level of folders that are called train, test and the like; and what these are called."""
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
    """Names of at most 40 letters, as long as they differ."""
    whole = {name for name in classes if name}
    most = 40 if len({name[:40] for name in whole}) == len(whole) else 200
    return [name and name[:most].strip() for name in classes]


def join_names(words: Sequence[str], most: int = 6) -> str:
    """Some names in a row: "a, b and c"."""
    shown = [f"“{word}”" for word in words[:most]]
    if len(words) > most:
        shown.append(f"{len(words) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
