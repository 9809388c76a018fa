"""Writes and opens bundles. A bundle is one file with a run and everything that the run depends on, for another copy
of the app.

It is a zip archive with only these names, where each run of the lineage has a digest:

    run.json                 the run as a value, with its whole lineage; its digest names the other files
    <digest>.jsonl           the run's events; those of its ancestors may be missing
    <digest>.safetensors     its weights, if they were still stored
    own-<word>-<digest>.*    a learner's data that the run depends on (core/bundles/bundled_user_data.py)

The contents of a bundle are not trusted. They are checked and stored separately, in brought/<name> beside runs/. They
never become results that lessons, claims or other learners see. The name is a digest of the bundle's bytes. So only
somebody with the bundle or a link can find it, and the same bundle is stored once. This module does not import torch.
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

LARGEST = 64_000_000  # bytes of a bundle; unpacked, it may have twice as many
SPEC, EVENTS = 100_000, 8_000_000  # most bytes of a file in it
RUN = "run.json"
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENTRIES = 100  # most entries of an archive, counted before it is opened
NAME = re.compile("[0-9a-f]{20}")
OPENING = Lock()  # bundles are opened one at a time, because each is held in memory
OLD = (1980, 1, 1, 0, 0, 0)  # the date of every file, so that the same run gives the same bundle


class RunRecords(Protocol):
    """The interface for reading what is known about runs, from the store or from a bundle."""

    def events(self, run: Run) -> list[Event]: ...

    def weights(self, run: Run) -> Path | None: ...


@dataclass(frozen=True)
class OpenedBundle:
    """A run from a bundle, and the folder in which it is stored."""

    run: Run
    place: Path

    def events(self, run: Run) -> list[Event]:
        """Returns the events of the run or of one of its ancestors. The list is empty if the bundle has none."""
        return lines(self.place / f"{digest(run)}.jsonl")

    def weights(self, run: Run) -> Path | None:
        path = self.place / f"{digest(run)}.safetensors"
        return path if path.exists() else None


@lru_cache(maxsize=32)
def lines(path: Path) -> list[Event]:
    """Reads the events in a file, or none if it does not exist."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


# --- Making ---------------------------------------------------------------------------------------------------------


def pack(run: Run, known: RunRecords = store) -> bytes:
    """Returns the bundle of a complete run. Raises BadValue with a sentence if the run is unfinished or too large."""
    if not store.finished(known.events(run)):
        raise BadValue("You can only download a run that has finished.")
    if run.needs_model:
        raise BadValue("This run started from a model that is too large for a bundle.")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        add(archive, RUN, json.dumps(to_json(run)).encode())
        for name, brought_along in user_data_kinds.files(run).items():
            add(archive, name, brought_along)
        for each in run.lineage():
            if store.finished(found := known.events(each)):
                path = known.weights(each)
                data = path.read_bytes() if path else b""
                # Shipped weights are in half precision, but the checksum in the events is that of the full ones.
                found = [*found[:-1], found[-1] | ({"sha256": hashlib.sha256(data).hexdigest()} if data else {})]
                add(archive, f"{digest(each)}.jsonl", to_jsonl(found))
                if data:
                    add(archive, f"{digest(each)}.safetensors", data, zipfile.ZIP_STORED)
    if file.tell() > LARGEST:
        raise BadValue(f"This run is too large for a bundle. A bundle may have at most {LARGEST // 10**6} MB.")
    return file.getvalue()


def add(archive: zipfile.ZipFile, name: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
    """Adds a file to the archive."""
    entry = zipfile.ZipInfo(name, OLD)
    entry.compress_type = how
    archive.writestr(entry, data)


def to_jsonl(events: list[Event]) -> bytes:
    """Returns events as JSON, one a line."""
    return "".join(json.dumps(event) + "\n" for event in events).encode()


# --- Opening --------------------------------------------------------------------------------------------------------


def unpack(data: bytes) -> str:
    """Checks a bundle, stores it and returns its name. Raises BadValue with a sentence, and stores nothing, if
    anything is wrong."""
    if len(data) > LARGEST:
        raise BadValue(f"This file is too large. A bundle may have at most {LARGEST // 10**6} MB.")
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
        if not (place(name) / RUN).exists():  # otherwise another process has just opened the same bundle
            raise BadValue(folders.WHY.get(error.errno or 0, "This bundle could not be stored. Try again.")) from error
    return name


def check_bundle(data: bytes) -> dict[str, bytes]:
    """Checks the files of a bundle and returns them, written anew. So nothing is stored that was not checked."""
    if storage.count_zip_entries(data) > ENTRIES:
        refuse("it has far more files than a bundle")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        refuse("it is not a zip file. Choose a file that was saved as a bundle")
    entries = {entry.filename: entry for entry in archive.infolist()}
    if any(name.endswith(f"/{RUN}") for name in entries):
        refuse("it is a run to unzip and train. To save a bundle, use the button “Bundle for another Headstart”")
    if len(entries) != len(archive.infolist()) or RUN not in entries:
        refuse("it does not name a run, or it names something twice")
    run = read_run(content(archive, entries[RUN], SPEC))
    lineage = [digest(each) for each in run.lineage()]
    known = {RUN, *(f"{name}.{ending}" for name in lineage for ending in ("jsonl", "safetensors"))}
    known |= user_data_kinds.user_data_of(run).keys()
    if entries.keys() - known or f"{digest(run)}.jsonl" not in entries:
        refuse("its files do not belong to its run, or another version of Headstart made it")
    with bundled_user_data.keep_bundled(
        run, lambda name, most: content(archive, entries[name], most) if name in entries else None
    ):
        return check_files(run, archive, entries)


def check_files(run: Run, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    """Returns the files of the run and its ancestors. Refuses the bundle if they are not what such runs would have
    left."""
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
    """Unpacks a file of the archive, up to its declared size. Refuses the bundle if that is more than `most`."""
    if entry.file_size > most or entry.flag_bits & 1 or entry.compress_type not in PACKED:
        refuse("a file in it is too large, locked or packed in a way that bundles are not")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        refuse("it is damaged")


def read_run(data: bytes) -> Run:
    """Reads the run that a bundle contains. Refuses the bundle if it is not a run."""
    try:
        run = from_json(bundle_validation.read_json(data, "its run"))
    except (RecursionError, AttributeError, ValueError) as error:
        if isinstance(error, BadValue):
            raise
        refuse("it describes no run")
    if not isinstance(run, Run):
        refuse("it describes no run")
    if run.needs_model:
        refuse("its run started from a model that is too large for a bundle")
    return run


# --- Looking --------------------------------------------------------------------------------------------------------


def place(name: str) -> Path:
    """Returns the folder in which a bundle is stored."""
    return store.home() / "brought" / name


def load(name: str) -> OpenedBundle | None:
    """Returns the stored bundle with this name, or None if there is none."""
    if not NAME.fullmatch(name):
        return None
    try:
        run = read_run((place(name) / RUN).read_bytes())
    except (OSError, BadValue):
        return None
    store.mark_used(place(name))
    return OpenedBundle(run, place(name))
