"""Results being written, each in a folder of its own that nobody else writes: only workers do this.

Imports no torch; knows no training and no screen.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from core.experiment.spec import Measure, Run, digest, to_json
from core.store import store


class Unwritable(OSError):
    """Nothing can be kept; the message is a sentence for the learner."""


WRITER = "writer"  # the file that names whoever writes a folder
FULL = "The disk is full, so this run could not be kept. Free some space and run it again."
LOCKED = "This server may not write its results, so this run could not be kept. Tell whoever runs it."
WHY = dict.fromkeys((errno.ENOSPC, errno.EDQUOT), FULL)
WHY |= dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR), LOCKED)


class Folder:
    """A result being written. Every event goes to disk at once, so that others can watch."""

    def __init__(self, value: Run | Measure, restarted: bool):
        self.path = store.folder("runs") / f"{digest(value)}.part"
        self.restarted = restarted  # an earlier attempt was cut off
        self.path.mkdir()
        self.name = uuid.uuid4().hex  # of this attempt, so that no later folder is taken for this one
        (self.path / WRITER).write_text(self.name, "utf-8")

    def check(self) -> None:
        """FileNotFoundError where somebody has removed the folder, lock and all, and another may have made its own."""
        if (self.path / WRITER).read_text("utf-8") != self.name:
            raise FileNotFoundError(self.path)

    def write(self, name: str, data: Any) -> None:
        self.check()
        store.write_whole(self.path / name, lambda part: part.write_text(json.dumps(data), "utf-8"))

    def append(self, event: store.Event) -> None:
        self.check()
        with (self.path / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")

    def finish(self) -> None:
        self.check()
        done = self.path.with_suffix("")
        (self.path / WRITER).unlink()
        discard(done)  # all but its weights, which had been let go
        os.rename(self.path, done)


@contextmanager
def writing(value: Run | Measure, wait: float = 600) -> Iterator[Folder | None]:
    """The right to write a value's folder, or None where there is nothing left to do.

    Across processes only one has it at a time; the lock goes when its process goes, however it goes. What an
    earlier attempt left, and a folder that does not hold what it should, are set aside first. Raises Unwritable.
    """
    try:
        with FileLock(store.folder("locks") / digest(value), timeout=wait):
            if store.is_intact(value):
                yield None
                return
            path = store.home() / "runs" / digest(value)
            part = path.with_suffix(".part")
            left = store.read_events(part)  # none where it was cut off before it had said anything
            cut_off = part.exists() and not (left and left[-1]["kind"] in ("stopped", "failed"))
            if not store.is_evicted(value):
                set_aside(path)
            set_aside(part)
            folder = Folder(value, restarted=cut_off)
            folder.write("spec.json", to_json(value))
            yield folder
    except OSError as error:
        if error.errno in WHY:
            raise Unwritable(WHY[error.errno]) from error
        raise


def set_aside(path: Path) -> None:
    """Keep a folder that is no longer trusted where somebody can look at it."""
    if path.exists():
        shutil.move(path, store.folder("aside") / f"{path.name}-{time.time_ns()}")


def discard(path: Path) -> None:
    """Remove a folder or a file, so that nobody sees a part of it."""
    if path.exists():
        gone = store.folder("gone") / f"{path.name}-{time.time_ns()}"
        os.rename(path, gone)
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
