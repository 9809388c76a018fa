"""Writes results, each to a folder that no other process writes. Only workers do this.

This module does not import torch and does not depend on training or pages.
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
    """This error is raised if results cannot be stored. The message is a sentence for the learner."""


WRITER = "writer"  # the file that names the attempt that writes a folder
FULL = "The disk is full, so this run could not be kept. Free some space and run it again."
LOCKED = "This server may not write its results, so this run could not be kept. Tell whoever runs it."
WHY = dict.fromkeys((errno.ENOSPC, errno.EDQUOT), FULL)
WHY |= dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR), LOCKED)


class Folder:
    """A result that is being written. Every event goes to disk at once, so that others can watch the run."""

    def __init__(self, value: Run | Measure, restarted: bool):
        self.path = store.folder("runs") / f"{digest(value)}.part"
        self.restarted = restarted  # an earlier attempt was interrupted
        self.path.mkdir()
        self.name = uuid.uuid4().hex  # names this attempt, so that a later folder is not mistaken for this one
        (self.path / WRITER).write_text(self.name, "utf-8")

    def check(self) -> None:
        """Raises FileNotFoundError if another process has removed the folder and its lock, and may have made a new
        one."""
        if (self.path / WRITER).read_text("utf-8") != self.name:
            raise FileNotFoundError(self.path)

    def write(self, name: str, data: Any) -> None:
        """Writes a JSON file into the folder."""
        self.check()
        store.write_whole(self.path / name, lambda part: part.write_text(json.dumps(data), "utf-8"))

    def append(self, event: store.Event) -> None:
        """Adds an event to the run."""
        self.check()
        with (self.path / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")

    def finish(self) -> None:
        """Marks the result as complete by renaming its folder."""
        self.check()
        done = self.path.with_suffix("")
        (self.path / WRITER).unlink()
        remove_path(done)  # contains everything but the weights, which had been evicted
        os.rename(self.path, done)


@contextmanager
def writing(value: Run | Measure, wait: float = 600) -> Iterator[Folder | None]:
    """Gives the right to write a value's folder, or None if the value is already stored.

    Only one process has the right at a time. The lock ends with its process, even if that crashes. The remains of an
    earlier attempt, and a folder with wrong contents, are moved aside first. Raises Unwritable.
    """
    try:
        with FileLock(store.folder("locks") / digest(value), timeout=wait):
            if store.is_intact(value):
                yield None
                return
            path = store.home() / "runs" / digest(value)
            part = path.with_suffix(".part")
            left = store.read_events(part)  # empty if the attempt was interrupted before its first event
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
    """Moves a folder that is no longer trusted to a place where somebody can inspect it."""
    if path.exists():
        shutil.move(path, store.folder("aside") / f"{path.name}-{time.time_ns()}")


def remove_path(path: Path) -> None:
    """Removes a folder or a file at once, so that nobody sees a part of it."""
    if path.exists():
        gone = store.folder("gone") / f"{path.name}-{time.time_ns()}"
        os.rename(path, gone)
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
