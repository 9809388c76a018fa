"""What learners brought and a run stands on, as files in a bundle: tables, albums, texts, alphabets.

Each goes by its name in the store, which has the digest of what it says. Opening reads it as an upload is read, and
what was read must have that very name: so it needs nobody's word, and is kept where uploads are. Knows no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core import album, alphabet, corpus, own, table
from core.serve.foreign import refuse
from core.spec import Run
from core.tasks import OWN


@dataclass(frozen=True)
class Kind:
    """How things of one kind are kept, and taken along."""

    ending: str
    most: int  # bytes of its file
    known: Callable[[str], bool]
    path: Callable[[str], Path]
    write: Callable[[str], str | bytes]
    keep: Callable[[bytes, str], str]


KINDS = {  # by the field of a task that names it
    "table": Kind(
        "csv", table.LARGEST, table.known, table.path, lambda n: table.write(table.load(n)), table.keep_again
    ),
    "album": Kind(
        "zip",
        album.LARGEST,
        album.known,
        album.path,
        lambda n: album.zipped(album.load(n)),
        partial(album.keep, again=True),
    ),
    "subject": Kind("txt", 2 * corpus.MOST, corpus.known, corpus.path, corpus.write, partial(corpus.keep, again=True)),
    "alphabet": Kind(
        "json",
        alphabet.LARGEST,
        alphabet.known,
        alphabet.path,
        lambda n: alphabet.write(alphabet.load(n)),
        lambda data, name: alphabet.keep(alphabet.read(data, again=True)),
    ),
}


def things(run: Run) -> dict[str, tuple[Kind, str]]:
    """What the run and its ancestors stand on that is somebody's own: by its file in a bundle, its kind and name."""
    tasks = [task for each in run.lineage() for task in (each.task, *each.watch)]
    named = [(kind, getattr(task, field, "")) for task in tasks for field, kind in KINDS.items()]
    return {f"{name}.{kind.ending}": (kind, name) for kind, name in named if OWN.fullmatch(name)}


def files(run: Run) -> dict[str, bytes]:
    """All of these that are on this machine."""
    found = {file: kind.write(name) for file, (kind, name) in things(run).items() if kind.known(name)}
    return {file: said.encode() if isinstance(said, str) else said for file, said in found.items()}


@contextmanager
def kept(run: Run, content: Callable[[str, int], bytes | None]) -> Iterator[None]:
    """Keep what a bundle has of these, by `content` of a file's name and the bytes it may have; where what follows
    refuses the bundle, all that was not here before is gone again."""
    new: list[tuple[Kind, str]] = []
    try:
        for file, (kind, name) in things(run).items():
            data = content(file, kind.most)
            if data is None or kind.known(name):
                continue
            word, there = name.split("-")[1], set(kind.path(name).parent.glob("own-*"))
            found = kind.keep(data, f"{word}.{kind.ending}")
            if kind.path(found) not in there:  # else somebody brought the same before, and it stays
                new.append((kind, found))
            if found != name:
                refuse(f"what it has as {word} is not what its run was made with")
        yield
    except BaseException:
        for kind, name in new:
            own.remove(kind.path(name))
        raise
