"""Keeps, beside what a learner brought, how it was read: sentences about it, its encoding, and a table's whole file.

So the page can say what was left out after a reload too, and other columns of a table can be chosen. It does not belong
to what the thing is: no name and no digest rests on it. Knows no torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.experiment.checks import BadValue
from core.store import store

NOTES, SOURCE = ".notes", ".source"  # how the files beside it end


@dataclass(frozen=True)
class Provenance:
    """How something was read."""

    notes: tuple[str, ...] = ()  # sentences
    encoding: str = ""  # that was chosen for its file, if one was


def keep(path: Path, what: Provenance, source: bytes = b"") -> None:
    """Write it beside the thing at this path; BadValue with a sentence if the disk is full."""
    said = json.dumps({"notes": what.notes, "encoding": what.encoding}, ensure_ascii=False)
    try:
        store.write_whole(path.with_suffix(NOTES), lambda part: part.write_text(said, "utf-8"))
        if source:
            store.write_whole(path.with_suffix(SOURCE), lambda part: part.write_bytes(source))
    except OSError as error:
        raise BadValue("The disk is full or cannot be written, so what was read could not be noted.") from error


def read(path: Path) -> Provenance:
    """How the thing at this path was read; nothing where that is not known."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        found = json.loads(path.with_suffix(NOTES).read_text("utf-8"))
        return Provenance(tuple(map(str, found["notes"])), str(found["encoding"]))
    return Provenance()


def source(path: Path) -> bytes:
    """The file that the thing at this path was read from, if it was kept."""
    with suppress(OSError):
        return path.with_suffix(SOURCE).read_bytes()
    return b""


def with_notes(sentence: str, notes: Sequence[str]) -> str:
    """A sentence and the notes behind it."""
    return " ".join([sentence, *notes])
