"""A bundle: a run and all that it stands on, in one file that another copy of the app opens.

A zip archive with no other names than these, a digest for each run of the lineage:

    run.json                 the run as a value, which tells the whole lineage; its digest names the others
    <digest>.jsonl           the run's events; those of what it started from may be missing
    <digest>.safetensors     its weights, where they were still kept
    own-<word>-<digest>.*    what somebody brought and the run stands on, as core/bundles/bundled_user_data.py says

What a bundle says is somebody's word. It is checked and kept apart, in brought/<name> beside runs/, and never becomes
a result that lessons, claims or other learners see. The name is made of the bundle's bytes, so nobody finds it who has
neither the bundle nor a link, and the same bundle is kept once. Imports no torch.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import uuid
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Protocol

from core.bundles import bundle_validation, bundled_user_data
from core.bundles.bundle_validation import refuse
from core.bundles.weight_shapes import shapes
from core.experiment.checks import BadValue
from core.experiment.spec import Run, digest, from_json, to_json
from core.store import folders, store
from core.store.store import Event
from core.user_data import storage, user_data_kinds

LARGEST = 64_000_000  # bytes of a bundle, and twice that unpacked
SPEC, EVENTS = 100_000, 8_000_000  # bytes of a file in it at most
RUN = "run.json"
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENTRIES = 100  # of an archive at most, before it is looked at
NAME = re.compile("[0-9a-f]{20}")
OPENING = Lock()  # one at a time, because each is held in memory
OLD = (1980, 1, 1, 0, 0, 0)  # every file's date, so that the same run makes the same bundle


class RunRecords(Protocol):
    """Where all is known about runs: the store, or what was brought."""

    def events(self, run: Run) -> list[Event]: ...

    def weights(self, run: Run) -> Path | None: ...


@dataclass(frozen=True)
class OpenedBundle:
    """A run that somebody brought, where it is kept."""

    run: Run
    place: Path

    def events(self, run: Run) -> list[Event]:
        """Of the run, or of one that it stands on; empty where the bundle has none."""
        return lines(self.place / f"{digest(run)}.jsonl")

    def weights(self, run: Run) -> Path | None:
        path = self.place / f"{digest(run)}.safetensors"
        return path if path.exists() else None


@lru_cache(maxsize=32)
def lines(path: Path) -> list[Event]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


# --- Making ---------------------------------------------------------------------------------------------------------


def pack(run: Run, known: RunRecords = store) -> bytes:
    """The bundle of a complete run; BadValue with a sentence if it has not ended or is too large."""
    if not store.finished(known.events(run)):
        raise BadValue("Only a run that has ended can be taken home.")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        add(archive, RUN, json.dumps(to_json(run)).encode())
        for name, brought_along in user_data_kinds.files(run).items():
            add(archive, name, brought_along)
        for each in run.lineage():
            if store.finished(found := known.events(each)):
                path = known.weights(each)
                data = path.read_bytes() if path else b""
                # What ships has its weights in half precision, and the events were written with them in full.
                found = [*found[:-1], found[-1] | ({"sha256": hashlib.sha256(data).hexdigest()} if data else {})]
                add(archive, f"{digest(each)}.jsonl", to_jsonl(found))
                if data:
                    add(archive, f"{digest(each)}.safetensors", data, zipfile.ZIP_STORED)
    if file.tell() > LARGEST:
        raise BadValue(f"This run is too large for a bundle, which has at most {LARGEST // 10**6} MB.")
    return file.getvalue()


def add(archive: zipfile.ZipFile, name: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, OLD)
    entry.compress_type = how
    archive.writestr(entry, data)


def to_jsonl(events: list[Event]) -> bytes:
    return "".join(json.dumps(event) + "\n" for event in events).encode()


# --- Opening --------------------------------------------------------------------------------------------------------


def unpack(data: bytes) -> str:
    """Check a bundle, keep it and return its name; BadValue with a sentence, and nothing kept, if anything is wrong."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large: a bundle has at most {LARGEST // 10**6} MB.")
    name = hashlib.sha256(data).hexdigest()[:20]
    if (place(name) / RUN).exists():
        return name
    with OPENING:
        files = check_bundle(data)
    part = store.home() / "brought" / f"part-{uuid.uuid4().hex}"
    try:
        store.folder("brought")
        part.mkdir()
        for called, content in files.items():
            (part / called).write_bytes(content)
        part.rename(place(name))
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        if not (place(name) / RUN).exists():  # else another has just opened the same
            raise BadValue(folders.WHY.get(error.errno or 0, "This bundle could not be kept. Try it again.")) from error
    return name


def check_bundle(data: bytes) -> dict[str, bytes]:
    """The files of a bundle as they were understood, written anew: what was not looked at is not kept."""
    if storage.count_zip_entries(data) > ENTRIES:
        refuse("it has far more files than a bundle")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        refuse("it is no zip archive. Choose a file that was saved as a bundle")
    entries = {entry.filename: entry for entry in archive.infolist()}
    if any(name.endswith(f"/{RUN}") for name in entries):
        refuse("it is a run that was taken home, to be unzipped and trained. A bundle is saved by the button beside it")
    if len(entries) != len(archive.infolist()) or RUN not in entries:
        refuse("it names no run, or something twice")
    run = read_run(content(archive, entries[RUN], SPEC))
    lineage = [digest(each) for each in run.lineage()]
    known = {RUN, *(f"{name}.{ending}" for name in lineage for ending in ("jsonl", "safetensors"))}
    known |= user_data_kinds.user_data_of(run).keys()
    if entries.keys() - known or f"{digest(run)}.jsonl" not in entries:
        refuse("its files are not those of its run, or another version of Headstart made it")
    with bundled_user_data.keep_bundled(
        run, lambda name, most: content(archive, entries[name], most) if name in entries else None
    ):
        return check_files(run, archive, entries)


def check_files(run: Run, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    """What is said of the run and its ancestors, where it is what such runs would have left."""
    kept = {RUN: json.dumps(to_json(run)).encode()}
    for name, each in ((digest(each), each) for each in run.lineage()):
        told, held = entries.get(f"{name}.jsonl"), entries.get(f"{name}.safetensors")
        if told:
            found = bundle_validation.events(content(archive, told, EVENTS), each)
            kept[f"{name}.jsonl"] = to_jsonl(found)
        if held:
            if not told:
                refuse("it has weights of a run without its events")
            expected = shapes(run)[name]
            weights = content(archive, held, min(LARGEST, bundle_validation.largest(each, expected)))
            bundle_validation.check_weights(weights, each, expected, found[-1]["sha256"])
            kept[f"{name}.safetensors"] = weights
        if sum(map(len, kept.values())) > 2 * LARGEST:
            refuse(f"it holds more than {2 * LARGEST // 10**6} MB")
    return kept


def content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """What a file in the archive holds: no more is unpacked than it says, and it may not say more than `most`."""
    if entry.file_size > most or entry.flag_bits & 1 or entry.compress_type not in PACKED:
        refuse("a file in it is too large, locked or packed in a way that bundles are not")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        refuse("it is damaged")


def read_run(data: bytes) -> Run:
    try:
        run = from_json(bundle_validation.read_json(data, "its run"))
    except (RecursionError, AttributeError, ValueError) as error:
        if isinstance(error, BadValue):
            raise
        refuse("it describes no run")
    if not isinstance(run, Run):
        refuse("it describes no run")
    return run


# --- Looking --------------------------------------------------------------------------------------------------------


def place(name: str) -> Path:
    return store.home() / "brought" / name


def load(name: str) -> OpenedBundle | None:
    """What was brought under a name; None if there is nothing."""
    if not NAME.fullmatch(name):
        return None
    try:
        run = read_run((place(name) / RUN).read_bytes())
    except (OSError, BadValue):
        return None
    store.mark_used(place(name))
    return OpenedBundle(run, place(name))
