"""The kinds of data that learners bring: tables, albums, texts and alphabets, and how each is kept. Knows no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.experiment.spec import Run
from core.experiment.tasks import OWN
from core.user_data import album, alphabet, corpus, table


@dataclass(frozen=True)
class UserDataKind:
    """How things of one kind are kept, and taken along."""

    ending: str
    most: int  # bytes of its file
    known: Callable[[str], bool]
    path: Callable[[str], Path]
    write: Callable[[str], str | bytes]
    keep: Callable[[bytes, str], str]


KINDS = {  # by the field of a task that names it
    "table": UserDataKind(
        "csv", table.LARGEST, table.exists, table.path, lambda n: table.write(table.load(n)), table.keep_again
    ),
    "album": UserDataKind(
        "zip",
        album.LARGEST,
        album.exists,
        album.path,
        lambda n: album.zipped(album.load(n)),
        partial(album.keep, again=True),
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
    """What the run and its ancestors stand on that is somebody's own: by its file in a bundle, its kind and name."""
    tasks = [task for each in run.lineage() for task in (each.task, *each.watch)]
    named = [(kind, getattr(task, field, "")) for task in tasks for field, kind in KINDS.items()]
    return {f"{name}.{kind.ending}": (kind, name) for kind, name in named if OWN.fullmatch(name)}


def files(run: Run) -> dict[str, bytes]:
    """All of these that are on this machine."""
    found = {file: kind.write(name) for file, (kind, name) in user_data_of(run).items() if kind.known(name)}
    return {file: said.encode() if isinstance(said, str) else said for file, said in found.items()}
