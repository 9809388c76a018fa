"""Stores how a learner's upload was read, beside the data: sentences about it, its encoding, and a table's whole
file.

So a page can say what was left out even after a reload, and the learner can choose other columns of a table. This
information is not part of the data: names and digests do not depend on it. This module does not import torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.experiment.checks import BadValue
from core.store import store

NOTES, SOURCE = ".notes", ".source"  # endings of the files beside the data


@dataclass(frozen=True)
class Provenance:
    """Says how an upload was read."""

    notes: tuple[str, ...] = ()  # sentences
    encoding: str = ""  # encoding that the learner chose for the file, if any


def keep(path: Path, what: Provenance, source: bytes = b"") -> None:
    """Stores the provenance beside the data at this path. Raises BadValue with a sentence if the disk is full."""
    said = json.dumps({"notes": what.notes, "encoding": what.encoding}, ensure_ascii=False)
    try:
        store.write_whole(path.with_suffix(NOTES), lambda part: part.write_text(said, "utf-8"))
        if source:
            store.write_whole(path.with_suffix(SOURCE), lambda part: part.write_bytes(source))
    except OSError as error:
        raise BadValue("The disk is full or cannot be written, so what was read could not be noted.") from error


def read(path: Path) -> Provenance:
    """Returns how the data at this path were read. The result is empty if that is not known."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        found = json.loads(path.with_suffix(NOTES).read_text("utf-8"))
        return Provenance(tuple(map(str, found["notes"])), str(found["encoding"]))
    return Provenance()


def source(path: Path) -> bytes:
    """Returns the file from which the data at this path were read, if it was stored."""
    with suppress(OSError):
        return path.with_suffix(SOURCE).read_bytes()
    return b""


def with_notes(sentence: str, notes: Sequence[str]) -> str:
    """Returns a sentence followed by the notes."""
    return " ".join([sentence, *notes])
