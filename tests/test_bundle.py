"""A bundle carries everything about a run to another copy.

A bad one is refused with a message and leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file, save

from core.bundles import bundle, bundle_validation
from core.bundles.weight_shapes import shapes
from core.experiment.checks import BadValue
from core.experiment.spec import Run, Stage, digest
from core.experiment.tasks import Album, Drawn, Plane, Table, Task, Text
from core.serve import compute_values, eviction
from core.store import store
from core.user_data import album, alphabet, corpus, table
from tests.test_corpus import LETTERS
from tests.test_own_data import csv, folders, zipped

SOURCE = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=4, batch=16),), seeds=2, first_seed=81_000)
RUN = Run(
    task=Plane(ask="colour", labels=5),
    net="mlp",
    start=SOURCE,
    stages=(Stage(method="low_rank", size=2, steps=3), Stage(method="adapter", size=3, steps=2)),
    watch=(SOURCE.task,),
    seeds=2,
    first_seed=81_000,
    frames=3,
    exhibit=5,
)
NAME, ANCESTOR = digest(RUN), digest(SOURCE)
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def data() -> bytes:
    assert compute_values.perform(RUN) == "done"
    return bundle.pack(RUN)


@pytest.fixture
def elsewhere(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sets up another copy, which has never seen the run."""
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "elsewhere"))
    return tmp_path / "elsewhere"


def unpacked(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_another_copy_has_all_that_this_one_knows(
    data: bytes, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = bundle.load(bundle.unpack(data))
    assert brought and brought.run == RUN and bundle.pack(RUN, brought) == data
    monkeypatch.undo()
    for run in RUN.lineage():
        assert brought.events(run) == store.events(run)
        kept, path = store.weights(run), brought.weights(run)
        assert kept and path and kept.read_bytes() == path.read_bytes()


def test_same_bundle_is_stored_once(data: bytes, elsewhere: Path) -> None:
    assert bundle.unpack(data) == bundle.unpack(data)
    assert len(list((elsewhere / "brought").iterdir())) == 1


def test_what_is_brought_is_nobodys_result(data: bytes, elsewhere: Path) -> None:
    """A lesson, a claim or another learner that asks for the same run finds no result and computes it."""
    bundle.unpack(data)
    store.clear_caches()
    assert store.events(RUN) == [] and store.weights(RUN) is None and not store.complete(SOURCE)
    assert not (elsewhere / "runs").exists()
    assert bundle.load("0" * 20) is None and bundle.load("../runs/x") is None


def test_imported_bundles_count_towards_the_store(data: bytes, elsewhere: Path) -> None:
    name = bundle.unpack(data)
    (thing,) = eviction.evictables()
    assert thing.path.name == name and thing.size > 10_000


def test_shipped_runs_can_be_bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their weights are stored at half precision."""
    from lessons.kit.runs.recipes import fine_tuned

    made = bundle.pack(fine_tuned(5))
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    brought = bundle.load(bundle.unpack(made))
    assert brought and brought.run.start and brought.weights(brought.run.start)


def test_expected_shapes_match_saved_weights(data: bytes) -> None:
    midway = RUN.moment(2)  # its adapters come later
    assert compute_values.perform(midway) == "done"
    for run in (*RUN.lineage(), midway):
        path = store.weights(run)
        assert path
        left = {name: w.shape for name, w in load_file(path).items() if not name.startswith("frame")}
        assert shapes(midway if run == midway else RUN)[digest(run)] == left


# --- Bad ones ------------------------------------------------------------------------------------------------------


def event(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Files], object]:
    """Forges the run's events."""

    def forge(files: Files) -> None:
        events = [json.loads(line) for line in files[f"{NAME}.jsonl"].splitlines()]
        change(events)
        files[f"{NAME}.jsonl"] = "".join(json.dumps(one) + "\n" for one in events).encode()

    return forge


def weights(change: Callable[[dict[str, Any]], object], name: str = NAME) -> Callable[[Files], object]:
    """Forges weights, with the right checksum."""

    def forge(files: Files) -> None:
        (file := Path(store.folder("tests") / "w")).write_bytes(files[f"{name}.safetensors"])
        tensors = load_file(file)
        file.unlink()
        change(tensors)
        signed(files, save(tensors), name)

    return forge


def signed(files: Files, content: bytes, name: str = NAME) -> None:
    files[f"{name}.safetensors"] = content
    *events, last = files[f"{name}.jsonl"].splitlines()
    end = json.loads(last) | {"sha256": hashlib.sha256(content).hexdigest()}
    files[f"{name}.jsonl"] = b"\n".join([*events, json.dumps(end).encode(), b""])


def header(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], object]:
    def forge(files: Files) -> None:
        content = files[f"{NAME}.safetensors"]
        length = struct.unpack("<Q", content[:8])[0]
        told = json.loads(content[8 : 8 + length])
        change(told)
        new = json.dumps(told).encode()
        signed(files, struct.pack("<Q", len(new)) + new + content[8 + length :])

    return forge


def spec(text: bytes) -> Callable[[Files], object]:
    return lambda files: files.update({bundle.RUN: text})


HEAD = "head.weight"
BAD: dict[str, Callable[[Files], object]] = {
    "no run": lambda files: files.pop(bundle.RUN),
    "no events": lambda files: files.pop(f"{NAME}.jsonl"),
    "weights without events": lambda files: files.pop(f"{ANCESTOR}.jsonl"),
    "a file more": lambda files: files.update({"read me": b""}),
    "a file elsewhere": lambda files: files.update({"../../evil": b""}),
    "a program": lambda files: files.update({"x.pkl": b"cos\nsystem\n(S'true'\ntR."}),
    "another run": spec(b'{"is": "Run", "task": {"is": "Plane"}, "net": "mlp"}'),
    "no such value": spec(b'{"is": "Popen", "args": "ls"}'),
    "a task": spec(b'{"is": "Plane"}'),
    "a list as a kind": spec(b'{"is": ["Run"]}'),
    "out of bounds": spec(b'{"is": "Run", "task": {"is": "Plane", "labels": 1e9}, "net": "mlp"}'),
    "nested": spec(b"[" * 50_000),
    "not json": spec(b"\xff\xfe"),
    "one event less": event(lambda events: events.pop(2)),
    "a step twice": event(lambda events: events.insert(2, events[1])),
    "a seed less": event(lambda events: events[1]["loss"].pop()),
    "an accuracy above one": event(lambda events: events[1]["accuracy"]["0"].__setitem__(0, 1.5)),
    "an accuracy that is a text": event(lambda events: events[1]["accuracy"]["0"].__setitem__(0, "1")),
    "an accuracy beyond numbers": event(lambda events: events[1]["accuracy"]["0"].__setitem__(0, 10**400)),
    "endless digits": lambda files: files.update({f"{NAME}.jsonl": files[f"{NAME}.jsonl"] + b"9" * 5000}),
    "not a number": event(lambda events: events[1]["accuracy"]["0"].__setitem__(0, float("nan"))),
    "another method": event(lambda events: events[1].update(stage="<script>")),
    "another unit": event(lambda events: events[1].update({"<b>": events[1]["accuracy"]})),
    "a task it does not watch": event(lambda events: events[1]["accuracy"].update({"2": [0.5, 0.5]})),
    "a map too large": event(lambda events: events[1]["exhibit"]["0"].update(map="AAAA" * 1000)),
    "another exhibit": event(lambda events: events[1]["exhibit"]["0"].update(html=["<b>"])),
    "no end": event(lambda events: events[-1].update(kind="failed")),
    "another checksum": event(lambda events: events[-1].update(sha256="0" * 64)),
    "an event that is a list": event(lambda events: events.__setitem__(1, [])),  # type: ignore[call-overload]
    "weights missing": weights(lambda tensors: tensors.pop(HEAD)),
    "a weight more": weights(lambda tensors: tensors.update(more=tensors[HEAD])),
    "another shape": weights(lambda tensors: tensors.update({HEAD: tensors[HEAD][:, :3]})),
    "other numbers": weights(lambda tensors: tensors.update({HEAD: tensors[HEAD].astype("float64")})),
    "infinite": weights(lambda tensors: tensors[HEAD].__setitem__(0, float("inf"))),
    "an infinite ancestor": weights(lambda tensors: tensors[HEAD].__setitem__(0, float("nan")), ANCESTOR),
    "a frame of nothing": weights(lambda tensors: tensors.update({"frame 1 other": tensors[HEAD][:1]})),
    "a frame after the end": weights(lambda tensors: tensors.update({f"frame 99 {HEAD}": tensors[HEAD][:1]})),
    "overlapping": header(lambda told: told[HEAD].update(data_offsets=[0, told[HEAD]["data_offsets"][1]])),
    "offsets too large": header(lambda told: told[HEAD].update(data_offsets=[0, 10**400])),
    "no offsets": header(lambda told: told[HEAD].pop("data_offsets")),
    "a header of a list": header(lambda told: told.update({HEAD: []})),
    "a header too long": lambda files: signed(files, struct.pack("<Q", 2**63) + files[f"{NAME}.safetensors"][8:]),
    "weights cut off": lambda files: signed(files, files[f"{NAME}.safetensors"][:-40]),
    "weights and more": lambda files: signed(files, files[f"{NAME}.safetensors"] + b"more"),
    "no weights at all": lambda files: signed(files, b""),
    "a bomb": lambda files: files.update({f"{NAME}.jsonl": b"0" * (bundle.EVENTS + 1)}),
}


@pytest.mark.parametrize("same", [event(len), weights(len), header(len), weights(len, ANCESTOR)])
def test_what_is_written_anew_and_not_changed_opens(
    same: Callable[[Files], object], data: bytes, elsewhere: Path
) -> None:
    files = unpacked(data)
    same(files)
    assert bundle.load(bundle.unpack(packed(files)))


@pytest.mark.parametrize("forge", BAD.values(), ids=list(BAD))
def test_forged_bundle_is_refused_and_leaves_nothing(
    forge: Callable[[Files], object], data: bytes, elsewhere: Path
) -> None:
    files = unpacked(data)
    forge(files)
    refused(packed(files), elsewhere)


def refused(data: bytes, elsewhere: Path) -> str:
    with pytest.raises(BadValue) as error:
        bundle.unpack(data)
    assert str(error.value).endswith(".") and len(str(error.value)) < 240 and "\n" not in str(error.value)
    assert not list(elsewhere.glob("brought/*")) and not list(elsewhere.glob("runs/*"))
    return str(error.value)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_damaged_archives_are_refused(data: bytes, elsewhere: Path) -> None:
    assert "zip" in refused(b"", elsewhere) and "zip" in refused(b"PK\x03\x04 and more", elsewhere)
    refused(data[: len(data) // 2], elsewhere)
    middle = data.index(b".jsonl") + 200
    refused(data[:middle] + b"?" * 50 + data[middle + 50 :], elsewhere)
    assert "MB" in refused(bytes(bundle.LARGEST + 1), elsewhere)
    assert "far more" in refused(packed({str(k): b"" for k in range(200)}), elsewhere)
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(bundle.RUN, b"{}")
    assert "twice" in refused(file.getvalue(), elsewhere)


def test_full_disk_refuses_a_bundle_with_message(data: bytes, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "full" in refused(data, elsewhere)


def test_unfinished_run_makes_no_bundle() -> None:
    with pytest.raises(BadValue, match="finished"):
        bundle.pack(Run(task=Plane(labels=21), net="mlp", first_seed=81_001))


def test_weights_and_events_are_read_faithfully(data: bytes) -> None:
    files = unpacked(data)
    found = bundle_validation.events(files[f"{NAME}.jsonl"], RUN)
    bundle_validation.check_weights(files[f"{NAME}.safetensors"], RUN, shapes(RUN)[NAME], found[-1]["sha256"])


# --- What somebody brought ------------------------------------------------------------------------------------------

Bringing = tuple[Run, str, Callable[[str], bool]]


def on(task: Task, net: str) -> Run:
    return Run(task=task, net=net, stages=(Stage(steps=1, batch=4),), seeds=1, first_seed=81_002)


def brought_table() -> Bringing:
    name = table.keep(csv().encode(), "My points.csv")
    return on(Table(table=name, labels=3), "mlp"), f"{name}.csv", table.exists


def brought_album() -> Bringing:
    name = album.keep(zipped(folders()), "strokes.zip")
    return on(Album(album=name, labels=3), "conv"), f"{name}.zip", album.exists


def brought_text() -> Bringing:
    name = corpus.keep(LETTERS.encode(), "letters.txt")
    return on(Text(subject=name), "transformer"), f"{name}.txt", corpus.is_own_text


def brought_alphabet() -> Bringing:
    name = alphabet.keep(replace(alphabet.load("runes"), name="mine"))
    return on(Drawn(alphabet=name, labels=1), "conv"), f"{name}.json", alphabet.exists


@pytest.mark.parametrize("bring", [brought_table, brought_album, brought_text, brought_alphabet])
def test_own_data_travels_with_the_bundle(
    bring: Callable[[], Bringing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run on the learner's data can be continued in another copy."""
    run, file, known = bring()
    name = file.partition(".")[0]
    assert compute_values.perform(run) == "done"
    data = bundle.pack(run)
    assert file in unpacked(data)
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "elsewhere"))
    assert not known(name)
    for forge, why in (
        ({file: b"\x00"}, ""),
        ({file: unpacked(data)[file][:-400] + b"\n"}, ""),
        ({"own-other-00000000.csv": b""}, "its files"),
        ({f"{digest(run)}.jsonl": b"{}"}, "events"),  # the data were right
        ({file: b"0" * 12_000_000}, ""),
    ):
        assert why in refused(packed(unpacked(data) | forge), tmp_path / "elsewhere") and not known(name)
        assert not [path for path in (tmp_path / "elsewhere").glob("[!l]*/*") if path.is_file()]
    brought = bundle.load(bundle.unpack(data))
    assert brought and known(name) and bundle.pack(run, brought) == data
    assert compute_values.perform(replace(run, first_seed=81_003)) == "done"


def test_other_data_under_the_same_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, file, _ = brought_table()
    assert compute_values.perform(run) == "done"
    data = bundle.pack(run)
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "elsewhere"))
    other = unpacked(data) | {file: unpacked(data)[file].replace(b"10.0", b"11.5")}
    assert "mypoints is not what its run was made with" in refused(packed(other), tmp_path / "elsewhere")
    assert not list((tmp_path / "elsewhere" / "tables").iterdir())
