"""How much room the store takes, and what is let go when that is too much: HEADSTART_STORE_LIMIT, in GB.

All of it can be made again. Weights go soon where nobody goes on from them: they are nearly all that a run takes.
Then, as long as the store is over its limit, what was used longest ago, weights before what is known about them. Never
what is being written, what that stands on, or what was used a moment ago; what ships is not in the store.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from core.experiment.checks import BadValue
from core.experiment.spec import digest, from_json
from core.serve.requests import ancestors
from core.store import class_records, store
from core.store.folders import discard
from core.store.store import LOOKED, USED, WEIGHTS
from core.user_data import ownership

GB = 10**9
LIMIT = 5.0  # GB
DOWN_TO = 0.9  # of the limit, so that the next result does not reach it again
MOMENT = 60.0  # seconds in which nothing goes that was made or used; weights that nobody used since go then
RESTS = 3600.0  # seconds after their last use in which weights go that somebody did go on from
UNUSED = ownership.DAYS * 86400.0  # seconds after their last use in which data go that a learner brought
EVERY = 30.0  # seconds between two looks


@dataclass(frozen=True)
class Evictable:
    """What can be let go on its own."""

    path: Path
    size: int  # bytes
    used: float  # when, in seconds since 1970
    idle: float = 0.0  # when it goes even if there is room, in seconds since 1970; 0 is never
    rank: int = 1  # what is 0 goes first


def limit() -> float:
    """How many bytes the store may take."""
    said = os.environ.get("HEADSTART_STORE_LIMIT", "")
    with suppress(ValueError):
        if (gigabytes := float(said or LIMIT)) > 0:
            return gigabytes * GB
    logging.getLogger(__name__).warning("HEADSTART_STORE_LIMIT is a number of GB, such as %g; %r is not.", LIMIT, said)
    return LIMIT * GB


def tidy(every: float = EVERY) -> None:
    """Let go what is too much, unless another process does or has just done so."""
    try:
        mark, now = store.folder("locks") / "tidied", time.time()
        with FileLock(store.home() / "locks" / "tidy", timeout=0):
            if mark.exists() and now - mark.stat().st_mtime < every:
                return
            mark.touch()
            for left in (store.home() / "gone").glob("*"):  # by a process that ended meanwhile
                discard(left)
            class_records.sweep()
            make_room(list(evictables()), now)
    except (OSError, Timeout):  # the next look will find it
        return


def make_room(found: list[Evictable], now: float) -> None:
    """Let go what is idle, and then as much as is over the limit."""
    taken, most, busy = sum(thing.size for thing in found), limit(), in_hand()
    for thing in sorted(found, key=lambda thing: (not 0 < thing.idle < now, thing.rank, thing.used)):
        idle = 0 < thing.idle < now
        if not idle and taken <= most * DOWN_TO:
            return
        if (idle or taken > most) and now - thing.used > MOMENT and name(thing) not in busy and evict(thing):
            most = most if idle else most * DOWN_TO
            taken -= thing.size


def evictables() -> Iterator[Evictable]:
    """All that the store holds."""
    for path in (store.home() / "runs").glob("*"):
        with suppress(OSError):
            files = {file.name: file.stat() for file in os.scandir(path)}
            made = max((files[n].st_mtime for n in ("events.jsonl", "answer.json", WEIGHTS) if n in files), default=0.0)
            looked, used = (max(made, files[mark].st_mtime if mark in files else 0.0) for mark in (LOOKED, USED))
            if weights := files.pop(WEIGHTS, None):
                idle = used + RESTS if USED in files else made + MOMENT
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


def name(thing: Evictable) -> str:
    """The digest of what a thing belongs to."""
    return (thing.path.parent if thing.path.name == WEIGHTS else thing.path).name.removesuffix(".part")


def in_hand() -> set[str]:
    """The digests of what is being written, and of what that stands on."""
    found = set[str]()
    for path in (store.home() / "runs").glob("*.part"):
        with suppress(OSError, ValueError, BadValue):
            value = from_json(json.loads((path / "spec.json").read_text("utf-8")))
            if store.is_being_written(value):
                found.update([digest(value), *map(digest, ancestors(value))])
    return found


def evict(thing: Evictable) -> bool:
    """Let one thing go, unless a process has its value in hand."""
    try:
        with FileLock(store.folder("locks") / name(thing), timeout=0):
            if ownership.path(owned := thing.path.name.split(".")[0]):
                ownership.remove(owned)
            else:
                discard(thing.path)
            return True
    except (OSError, Timeout):
        return False
