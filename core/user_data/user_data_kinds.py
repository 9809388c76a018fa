"""Lists the kinds of data that learners upload: tables, albums, photos, texts and alphabets, and how each is stored.
Does not import torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.experiment.spec import Run
from core.experiment.tasks import OWN
from core.user_data import album, alphabet, corpus, photo_album, picture_zip, table


@dataclass(frozen=True)
class UserDataKind:
    """Says how data of one kind are stored, and how they are written to and read from a bundle."""

    ending: str
    most: int  # limit of its file in bytes
    known: Callable[[str], bool]
    path: Callable[[str], Path]
    write: Callable[[str], str | bytes]
    keep: Callable[[bytes, str], str]


KINDS = {  # by the field of a task that names the data
    "table": UserDataKind(
        "csv", table.LARGEST, table.exists, table.path, lambda n: table.write(table.load(n)), table.keep_again
    ),
    "album": UserDataKind(
        "zip",
        picture_zip.LARGEST,
        album.exists,
        album.path,
        lambda n: album.zipped(album.load(n)),
        partial(album.keep, again=True),
    ),
    "source": UserDataKind(
        "zip",
        picture_zip.LARGEST,
        photo_album.exists,
        photo_album.path,
        lambda n: photo_album.zipped(photo_album.load(n)),
        photo_album.keep,
    ),
    "subject": UserDataKind(
        "txt", 2 * corpus.MOST, corpus.is_own_text, corpus.path, corpus.write, partial(corpus.keep, again=True)
    ),
    "alphabet": UserDataKind(
        "json",
        alphabet.LARGEST,
        alphabet.exists,
        alphabet.path,
        lambda n: alphabet.write(alphabet.load(n)),
        lambda data, name: alphabet.keep(alphabet.read(data, again=True)),
    ),
}


def user_data_of(run: Run) -> dict[str, tuple[UserDataKind, str]]:
    """Returns the kind and name of all learners' data that the run and its ancestors depend on, by their file in a
    bundle."""
    tasks = [task for each in run.lineage() for task in (each.task, *each.watch)]
    named = [(kind, getattr(task, field, "")) for task in tasks for field, kind in KINDS.items()]
    return {f"{name}.{kind.ending}": (kind, name) for kind, name in named if OWN.fullmatch(name)}


def files(run: Run) -> dict[str, bytes]:
    """Returns the contents of those files whose data are on this machine."""
    found = {file: kind.write(name) for file, (kind, name) in user_data_of(run).items() if kind.known(name)}
    return {file: said.encode() if isinstance(said, str) else said for file, said in found.items()}
