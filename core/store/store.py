"""Results on disk: one folder a value, named by its digest, holding everything known about it.

    spec.json             the value itself
    events.jsonl          a run's events, one a line           answer.json   a measure's answer
    weights.safetensors   a run's weights, where they are kept

A folder is written as `<digest>.part` and renamed, so one without that ending is complete. Folders that are
damaged or half written are set aside, never trusted and never silently deleted. What ships with the app is looked at
first (core/store/shipped.py), and core/serve/eviction.py lets go what takes too much room. Imports no torch; knows no
training and no screen.
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
from core.store import shipped

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "lessons" / "shipped"
WEIGHTS = "weights.safetensors"
LOOKED, USED = "looked", "used"  # marks that say when a result was last looked at, and when its weights were last used
Event = dict[str, Any]


def home() -> Path:
    """The folder that is written: HEADSTART_STORE, or .headstart beside the code."""
    return Path(os.environ.get("HEADSTART_STORE") or ROOT / ".headstart")


def folder(name: str) -> Path:
    path = home() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that others see all of it or nothing."""
    part = path.with_name(f"part-{os.getpid()}-{path.name}")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


# --- Reading -------------------------------------------------------------------------------------------------------
# A complete result never changes: it is read once and remembered. What is absent or in progress is looked for again.


class Absent(LookupError):
    """There is no complete result in a place."""


def events(run: Run) -> list[Event]:
    """Everything known about a run so far, complete or in progress; empty if nobody has started it. Only to be read."""
    name = digest(run)
    if line := shipped.read(SHIPPED, name):
        return line["events"]
    own = home() / "runs" / name
    with suppress(Absent):
        found = run_in(own)
        mark_used(own / LOOKED)
        return found
    # Once more at the end: a run may be renamed between two looks.
    return growing(own.with_name(f"{name}.part")).read() or read_events(own)


def answer(measure: Measure) -> dict[str, Any] | None:
    """What a measure found, or None if nobody has asked. Only to be read."""
    name = digest(measure)
    if line := shipped.read(SHIPPED, name):
        return line["answer"]
    own = home() / "runs" / name
    with suppress(Absent):
        found = answer_in(own)
        mark_used(own / LOOKED)
        return found
    return None


@lru_cache(maxsize=512)  # what is absent is raised, and so not remembered
def run_in(place: Path) -> list[Event]:
    """The events of a complete run in a folder."""
    if finished(found := read_events(place)):
        return found
    raise Absent(place)


@lru_cache(maxsize=512)
def answer_in(place: Path) -> dict[str, Any]:
    """The answer of a measure in a folder."""
    try:
        found: dict[str, Any] = json.loads((place / "answer.json").read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError) as error:
        raise Absent(place) from error


def read_events(place: Path) -> list[Event]:
    """The events in one folder as they stand there now, without a last line that is still being written."""
    try:
        lines = (place / "events.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in lines[: lines.rfind("\n") + 1].splitlines()]
    except (OSError, ValueError):
        return []


class Growing:
    """A run in progress: of its file only what was added since the last look is read. The same list until there is
    more."""

    def __init__(self, place: Path):
        self.file = place / "events.jsonl"
        self.found: list[Event] = []
        self.which, self.at = 0, 0  # which file it was, and how many of its bytes are read
        self.lock = threading.Lock()

    def read(self) -> list[Event]:
        with self.lock, suppress(OSError, ValueError):
            now = self.file.stat()
            if now.st_ino != self.which or now.st_size < self.at:
                self.found, self.which, self.at = [], now.st_ino, 0
            if now.st_size > self.at:
                with self.file.open("rb") as file:
                    file.seek(self.at)
                    more = file.read()
                if lines := more[: more.rfind(b"\n") + 1]:  # the last may still be being written
                    self.found = [*self.found, *map(json.loads, lines.splitlines())]
                    self.at += len(lines)
            return self.found
        return []


@lru_cache(maxsize=256)
def growing(place: Path) -> Growing:
    return Growing(place)


def finished(found: list[Event]) -> bool:
    return bool(found) and found[-1]["kind"] == "done"


def complete(value: Run | Measure) -> bool:
    return answer(value) is not None if isinstance(value, Measure) else finished(events(value))


def weights(run: Run) -> Path | None:
    """The file with a run's weights, if they were kept and are what they were when they were written."""
    name = digest(run)
    with suppress(KeyError, OSError):
        if intact(path := shipped.weights(SHIPPED, name), (shipped.read(SHIPPED, name) or {})["weights"]):
            return path
    own = home() / "runs" / name
    with suppress(Absent, OSError):
        # What was let go may have been made again since its events were read, on another machine.
        if any(intact(own / WEIGHTS, read(own)[-1]["sha256"]) for read in (run_in, run_in.__wrapped__)):
            return own / WEIGHTS
    return None


def is_evicted(value: Run | Measure) -> bool:
    """Whether all is known about a run but its weights, which took too much room and can be made again."""
    own = home() / "runs" / digest(value)
    return isinstance(value, Run) and not (own / WEIGHTS).exists() and has_spec_and_results(value, own)


def has_spec_and_results(value: Run | Measure, place: Path) -> bool:
    """Whether a folder tells all about this very value, whatever is remembered."""
    read = run_in if isinstance(value, Run) else answer_in
    with suppress(OSError, ValueError, Absent):
        said = from_json(json.loads((place / "spec.json").read_text("utf-8")))
        return said == value and bool(read.__wrapped__(place))
    return False


def is_intact(value: Run | Measure) -> bool:
    """Whether a value is stored whole, whatever is remembered: readable, of this very value, and with its weights if it
    is a run."""
    if isinstance(value, Run) and weights(value) is None:
        return False
    return bool(shipped.read(SHIPPED, digest(value))) or has_spec_and_results(value, home() / "runs" / digest(value))


def mark_used(mark: Path) -> None:
    """Note by a file's time, once in ten minutes, that something is used: what was used longest ago is let go."""
    with suppress(OSError):  # it may have been let go, or nothing can be written
        touch_mark(mark, int(time.time() // 600))


@lru_cache(maxsize=2048)
def touch_mark(mark: Path, now: int) -> None:
    mark.touch()


def weights_path(run: Run) -> str:
    """Where a script that runs in the repository's folder finds a run's weights: with what ships, or where the app
    puts what it learns."""
    line = shipped.read(SHIPPED, digest(run))
    if line and "weights" in line:
        return shipped.weights(SHIPPED.relative_to(ROOT), digest(run)).as_posix()
    return f".headstart/runs/{digest(run)}/{WEIGHTS}"


def intact(path: Path, sha256: str) -> bool:
    return checksum(path, path.stat().st_mtime_ns) == sha256


@lru_cache(maxsize=256)
def checksum(path: Path, changed: int) -> str:
    """SHA-256 of a file as it was when it was last changed: a language model's takes long to read at every look."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clear_caches() -> None:
    """Remember nothing: results that were complete are looked for again."""
    for remembered in (run_in, answer_in, growing, checksum, touch_mark, shipped.index, shipped.read):
        remembered.cache_clear()


# --- What runs ------------------------------------------------------------------------------------------------------


def is_being_written(value: Run | Measure) -> bool:
    """Whether a process is writing the value now: what a dead one left is a folder that nobody has locked."""
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
    """A run whose mark exists stops at its next event."""
    return home() / "stops" / digest(value)


def mark_to_stop(value: Run | Measure, whether: bool = True) -> None:
    """Set a stop mark, or take it away. Where no mark can be written, no run can go on either."""
    with suppress(OSError):
        if whether:
            folder("stops")
            stop_mark(value).touch()
        else:
            stop_mark(value).unlink(missing_ok=True)
