"""Limits the size of the store (HEADSTART_STORE_LIMIT, in GB) and decides what to remove.

All results can be computed again. Weights take nearly all the space of a run, so they are removed soon if no other run
starts from them. Small patches and heads of models that others have trained stay, because learners take them home. If
the store is still over its limit, the results that were used longest ago are removed, the weights first. Results that
are being written, the runs that they depend on, and results that were used a moment ago are never removed. Shipped
results are not in the store.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

from core.experiment.checks import BadValue
from core.experiment.spec import Run, digest, from_json
from core.serve.requests import ancestors
from core.store import class_records, store
from core.store.folders import remove_path
from core.store.store import LOOKED, USED, WEIGHTS
from core.user_data import ownership

GB = 10**9
LIMIT = 5.0  # GB
DOWN_TO = 0.9  # of the limit, so that the next result does not reach it again
# seconds in which nothing is removed that was made or used; after that, weights that nobody has used are removed
MOMENT = 60.0
RESTS = 3600.0  # seconds after their last use at which weights are removed from which another run has started
UNUSED = ownership.DAYS * 86400.0  # seconds after their last use at which a learner's data are removed
PATCH = 10_000_000  # bytes of a patch that stays as long as there is space
EVERY = 30.0  # seconds between two checks


@dataclass(frozen=True)
class Evictable:
    """Describes a file or folder that can be removed on its own."""

    path: Path
    size: int  # bytes
    used: float  # time of last use, in seconds since 1970
    idle: float = 0.0  # time at which it is removed even if there is space, in seconds since 1970; 0 is never
    rank: int = 1  # rank 0 is removed first


def limit() -> float:
    """Returns the number of bytes that the store may take."""
    said = os.environ.get("HEADSTART_STORE_LIMIT", "")
    with suppress(ValueError):
        if (gigabytes := float(said or LIMIT)) > 0:
            return gigabytes * GB
    logging.getLogger(__name__).warning("HEADSTART_STORE_LIMIT is a number of GB, such as %g; %r is not.", LIMIT, said)
    return LIMIT * GB


def tidy(every: float = EVERY) -> None:
    """Removes what is too much, unless another process is doing so or has just done so."""
    try:
        mark, now = store.folder("locks") / "tidied", time.time()
        with FileLock(store.home() / "locks" / "tidy", timeout=0):
            if mark.exists() and now - mark.stat().st_mtime < every:
                return
            mark.touch()
            for left in (store.home() / "gone").glob("*"):  # left by a process that ended meanwhile
                remove_path(left)
            class_records.sweep()
            make_room(list(evictables()), now)
    except (OSError, Timeout):  # the next check will try again
        return


def make_room(found: list[Evictable], now: float) -> None:
    """Removes what is idle, and then as much as is over the limit."""
    taken, most, busy = sum(thing.size for thing in found), limit(), in_hand()
    for thing in sorted(found, key=lambda thing: (not 0 < thing.idle < now, thing.rank, thing.used)):
        idle = 0 < thing.idle < now
        if not idle and taken <= most * DOWN_TO:
            return
        if (idle or taken > most) and now - thing.used > MOMENT and name(thing) not in busy and evict(thing):
            most = most if idle else most * DOWN_TO
            taken -= thing.size


def evictables() -> Iterator[Evictable]:
    """Yields everything that the store holds."""
    for path in (store.home() / "runs").glob("*"):
        with suppress(OSError):
            files = {file.name: file.stat() for file in os.scandir(path)}
            made = max((files[n].st_mtime for n in ("events.jsonl", "answer.json", WEIGHTS) if n in files), default=0.0)
            looked, used = (max(made, files[mark].st_mtime if mark in files else 0.0) for mark in (LOOKED, USED))
            if weights := files.pop(WEIGHTS, None):
                idle = used + RESTS if USED in files else made + MOMENT
                if weights.st_size <= PATCH and starts_from_model(path):
                    idle = 0.0
                yield Evictable(path / WEIGHTS, weights.st_size, used, idle, rank=0)
            yield Evictable(path, sum(file.st_size for file in files.values()), max(looked, used))
    for path in (path for where in ("aside/*", "brought/*") for path in store.home().glob(where)):
        with suppress(OSError):
            size = sum(file.stat().st_size for file in (path, *path.rglob("*")))
            yield Evictable(path, size, path.stat().st_mtime)
    for _, path in ownership.all_user_data():
        with suppress(OSError):
            used, size = path.stat().st_mtime, sum(file.stat().st_size for file in ownership.files(path))
            yield Evictable(path, size, used, idle=used + UNUSED)


@lru_cache(maxsize=20_000)
def starts_from_model(path: Path) -> bool:
    """Returns whether the run in a folder started from a model that others have trained. The folder has the digest of
    the run as its name, so the answer never changes, and no check reads the file again."""
    with suppress(OSError, ValueError, BadValue):
        run = from_json(json.loads((path / "spec.json").read_text("utf-8")))
        return isinstance(run, Run) and bool(run.start and run.start.brought)
    return False


def name(thing: Evictable) -> str:
    """Returns the digest of the value that a file or folder belongs to."""
    return (thing.path.parent if thing.path.name == WEIGHTS else thing.path).name.removesuffix(".part")


def in_hand() -> set[str]:
    """Returns the digests of all values that are being written, and of the runs that they depend on."""
    found = set[str]()
    for path in (store.home() / "runs").glob("*.part"):
        with suppress(OSError, ValueError, BadValue):
            value = from_json(json.loads((path / "spec.json").read_text("utf-8")))
            if store.is_being_written(value):
                found.update([digest(value), *map(digest, ancestors(value))])
    return found


def evict(thing: Evictable) -> bool:
    """Removes one thing, unless a process is using its value."""
    try:
        with FileLock(store.folder("locks") / name(thing), timeout=0):
            if ownership.path(owned := thing.path.name.split(".")[0]):
                ownership.remove(owned)
            else:
                remove_path(thing.path)
            return True
    except (OSError, Timeout):
        return False
