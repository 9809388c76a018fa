"""Stores results on disk: one folder for each value, named by its digest, with everything known about the value.

    spec.json             the value itself
    events.jsonl          a run's events, one a line           answer.json   a measure's answer
    weights.safetensors   a run's weights, unless they were evicted

A folder is written as `<digest>.part` and then renamed, so a folder without that ending is complete. Folders that are
damaged or incomplete are moved aside: they are never trusted and never silently deleted. Shipped results are looked
up first (core/store/shipped.py). core/serve/eviction.py removes results if the store gets too large. This module does
not import torch and does not depend on training or pages.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.experiment.spec import Measure, Run, digest, from_json
from core.pretrained import model_files
from core.store import shipped

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "lessons" / "shipped"
WEIGHTS = "weights.safetensors"
# files whose times say when a result was last viewed and when its weights were last used
LOOKED, USED = "looked", "used"
Event = dict[str, Any]


def home() -> Path:
    """Returns the folder of the store: HEADSTART_STORE, or .headstart beside the code."""
    return Path(os.environ.get("HEADSTART_STORE") or ROOT / ".headstart")


def folder(name: str) -> Path:
    """Returns a folder of the store, and creates it if necessary."""
    path = home() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Writes a file so that other processes see either all of it or nothing."""
    part = path.with_name(f"part-{os.getpid()}-{path.name}")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


# --- Reading -------------------------------------------------------------------------------------------------------
# A complete result never changes, so it is read once and cached. Missing and unfinished results are looked up again.


class Absent(LookupError):
    """This error is raised if a folder has no complete result."""


def events(run: Run) -> list[Event]:
    """Returns all events of a run so far, whether complete or in progress. The list is empty if nobody has started
    the run. The caller must not modify it."""
    name = digest(run)
    if line := shipped.read(SHIPPED, name):
        return line["events"]
    own = home() / "runs" / name
    with suppress(Absent):
        found = run_in(own)
        mark_used(own / LOOKED)
        return found
    # The folder is tried again at the end, because a run may be renamed between two looks.
    return growing(own.with_name(f"{name}.part")).read() or read_events(own)


def answer(measure: Measure) -> dict[str, Any] | None:
    """Returns the answer of a measure, or None if it is not stored. The caller must not modify it."""
    name = digest(measure)
    if line := shipped.read(SHIPPED, name):
        return line["answer"]
    own = home() / "runs" / name
    with suppress(Absent):
        found = answer_in(own)
        mark_used(own / LOOKED)
        return found
    return None


@lru_cache(maxsize=512)  # a missing result raises an error, so it is not cached
def run_in(place: Path) -> list[Event]:
    """Returns the events of a complete run in a folder. Raises Absent if there is none."""
    if finished(found := read_events(place)):
        return found
    raise Absent(place)


@lru_cache(maxsize=512)
def answer_in(place: Path) -> dict[str, Any]:
    """Returns the answer of a measure in a folder. Raises Absent if there is none."""
    try:
        found: dict[str, Any] = json.loads((place / "answer.json").read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError) as error:
        raise Absent(place) from error


def read_events(place: Path) -> list[Event]:
    """Reads the events in a folder as they are now, without a last line that is still being written."""
    try:
        lines = (place / "events.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in lines[: lines.rfind("\n") + 1].splitlines()]
    except (OSError, ValueError):
        return []


class Growing:
    """Reads a run in progress. It reads only what was added to the file since the last look, and returns the same
    list until there is more."""

    def __init__(self, place: Path):
        self.file = place / "events.jsonl"
        self.found: list[Event] = []
        self.which, self.at = 0, 0  # the file's inode, and the number of bytes that have been read
        self.lock = threading.Lock()

    def read(self) -> list[Event]:
        """Returns all events so far."""
        with self.lock, suppress(OSError, ValueError):
            now = self.file.stat()
            if now.st_ino != self.which or now.st_size < self.at:
                self.found, self.which, self.at = [], now.st_ino, 0
            if now.st_size > self.at:
                with self.file.open("rb") as file:
                    file.seek(self.at)
                    more = file.read()
                if lines := more[: more.rfind(b"\n") + 1]:  # the last line may still be incomplete
                    self.found = [*self.found, *map(json.loads, lines.splitlines())]
                    self.at += len(lines)
            return self.found
        return []


@lru_cache(maxsize=256)
def growing(place: Path) -> Growing:
    """Returns the reader of a run in progress, one for each folder."""
    return Growing(place)


def finished(found: list[Event]) -> bool:
    """Returns whether the events end with that of a finished run."""
    return bool(found) and found[-1]["kind"] == "done"


def complete(value: Run | Measure) -> bool:
    """Returns whether a value is stored and complete."""
    return answer(value) is not None if isinstance(value, Measure) else finished(events(value))


def weights(run: Run) -> Path | None:
    """Returns the file with a run's weights, if they are stored and their checksum is right.

    The weights of models that others have trained were checked when they were downloaded.
    """
    if run.brought:
        return model_files.MODELS[run.net].paths[0] if model_files.is_here(run.net) else None
    name = digest(run)
    with suppress(KeyError, OSError):
        if intact(path := shipped.weights(SHIPPED, name), (shipped.read(SHIPPED, name) or {})["weights"]):
            return path
    own = home() / "runs" / name
    with suppress(Absent, OSError):
        # Evicted weights may have been computed again on another machine since the events were read.
        if any(intact(own / WEIGHTS, read(own)[-1]["sha256"]) for read in (run_in, run_in.__wrapped__)):
            return own / WEIGHTS
    return None


def is_evicted(value: Run | Measure) -> bool:
    """Returns whether everything about a run is stored except its weights, which were evicted and can be computed
    again."""
    own = home() / "runs" / digest(value)
    return isinstance(value, Run) and not (own / WEIGHTS).exists() and has_spec_and_results(value, own)


def has_spec_and_results(value: Run | Measure, place: Path) -> bool:
    """Returns whether a folder holds the spec and the results of this very value. It ignores the cache."""
    read = run_in if isinstance(value, Run) else answer_in
    with suppress(OSError, ValueError, Absent):
        said = from_json(json.loads((place / "spec.json").read_text("utf-8")))
        return said == value and bool(read.__wrapped__(place))
    return False


def is_intact(value: Run | Measure) -> bool:
    """Returns whether a value is completely stored, ignoring the cache: readable, of this very value, and with its
    weights if it is a run."""
    if isinstance(value, Run) and weights(value) is None:
        return False
    return bool(shipped.read(SHIPPED, digest(value))) or has_spec_and_results(value, home() / "runs" / digest(value))


def mark_used(mark: Path) -> None:
    """Notes that something is used, by the time of a file, at most once in ten minutes. What was used longest ago is
    evicted first."""
    with suppress(OSError):  # the result may have been evicted, or the disk cannot be written
        touch_mark(mark, int(time.time() // 600))


@lru_cache(maxsize=2048)
def touch_mark(mark: Path, now: int) -> None:
    mark.touch()


def weights_path(run: Run) -> str:
    """Returns the path of a run's weights, relative to the repository: among the shipped files, or in the store.
    Scripts for learners use it."""
    line = shipped.read(SHIPPED, digest(run))
    if line and "weights" in line:
        return shipped.weights(SHIPPED.relative_to(ROOT), digest(run)).as_posix()
    return f".headstart/runs/{digest(run)}/{WEIGHTS}"


def intact(path: Path, sha256: str) -> bool:
    """Returns whether a file has this checksum."""
    return checksum(path, path.stat().st_mtime_ns) == sha256


@lru_cache(maxsize=256)
def checksum(path: Path, changed: int) -> str:
    """Returns the SHA-256 of a file. It is cached until the file changes, because the weights of a language model
    take long to read."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clear_caches() -> None:
    """Clears all caches, so that complete results are read again."""
    for remembered in (run_in, answer_in, growing, checksum, touch_mark, shipped.index, shipped.read):
        remembered.cache_clear()


# --- What runs ------------------------------------------------------------------------------------------------------


def is_being_written(value: Run | Measure) -> bool:
    """Returns whether a process is writing the value now. A process that died leaves a folder without a lock."""
    name = digest(value)
    if not (home() / "runs" / f"{name}.part").exists():
        return False
    try:
        with FileLock(folder("locks") / name, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # nobody can write here
        return False


def stop_mark(value: Run | Measure) -> Path:
    """Returns the path of a run's stop mark. The run stops at its next event if the mark exists."""
    return home() / "stops" / digest(value)


def mark_to_stop(value: Run | Measure, whether: bool = True) -> None:
    """Sets a stop mark, or removes it. If no mark can be written, no run can continue either."""
    with suppress(OSError):
        if whether:
            folder("stops")
            stop_mark(value).touch()
        else:
            stop_mark(value).unlink(missing_ok=True)
