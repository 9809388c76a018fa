"""The store stays within its limit, and gives up only what nobody needs just now and what can be computed again."""

from __future__ import annotations

import itertools
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.experiment.spec import Run, Stage, digest
from core.experiment.tasks import Plane
from core.serve import compute_values, eviction
from core.store import folders, store

seeds = itertools.count(70_000)  # so that no two tests ask for the same run
HOUR = 3600.0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "store"))
    store.clear_caches()
    yield tmp_path / "store"
    store.clear_caches()


def trained(start: Run | None = None, hours: float = 0) -> Run:
    """Returns a run that ended some hours ago."""
    stages = (Stage(steps=4, batch=16),)
    run = Run(task=Plane(labels=20), net="mlp", start=start, stages=stages, seeds=1, first_seed=next(seeds))
    assert compute_values.perform(run) == "done"
    ago(run, hours)
    return run


def ago(run: Run, hours: float) -> None:
    for path in place(run).iterdir():
        os.utime(path, times=(time.time() - hours * HOUR,) * 2)


def place(run: Run) -> Path:
    return store.home() / "runs" / digest(run)


def weighs(*runs: Run) -> int:
    return sum(file.stat().st_size for run in runs for file in place(run).glob("*"))


def allow(monkeypatch: pytest.MonkeyPatch, size: float) -> None:
    monkeypatch.setenv("HEADSTART_STORE_LIMIT", str(size / eviction.GB))
    eviction.tidy(every=0)


def test_unused_weights_are_evicted_and_recomputed(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are computed again as soon as a run starts from them."""
    run = trained()
    weights = place(run) / store.WEIGHTS
    before = weights.read_bytes()
    eviction.tidy(every=0)
    assert weights.exists()  # a page may ask for them in a moment
    ago(run, hours=0.1)
    eviction.tidy(every=0)
    assert not weights.exists() and store.complete(run) and store.is_evicted(run)
    assert weighs(run) < 0.1 * len(before) or weighs(run) < 10_000
    events = store.events(run)

    child = trained(start=run)
    assert store.weights(run) == weights and weights.read_bytes() == before
    assert [event["kind"] for event in store.events(run)] == [event["kind"] for event in events]
    assert not (store.home() / "aside").exists()  # nothing was wrong with it
    ago(run, hours=0.5)
    ago(child, hours=0.5)
    eviction.tidy(every=0)
    assert weights.exists() and not (place(child) / store.WEIGHTS).exists()
    ago(run, hours=2)
    eviction.tidy(every=0)
    assert not weights.exists()


def test_least_recently_used_run_is_evicted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    old, older, new = trained(hours=2), trained(hours=3), trained(hours=1)
    eviction.tidy(every=0)  # the weights
    allow(monkeypatch, weighs(old, older, new) + 1)
    assert all(place(run).exists() for run in (old, older, new))
    store.clear_caches()
    assert store.events(older)  # looked at, and so used
    allow(monkeypatch, weighs(old, older, new) - 1)
    store.clear_caches()
    assert not store.complete(old) and store.complete(older) and store.complete(new)
    assert compute_values.perform(old) == "done"  # nothing is lost that cannot be made again


def test_runs_in_use_are_not_evicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run being written, the run it starts from and a new run stay."""
    start, fresh = trained(hours=5), trained()
    stages = (Stage(steps=4, batch=16),)
    child = Run(task=Plane(labels=20), net="mlp", start=start, stages=stages, seeds=1, first_seed=next(seeds))
    with folders.writing(child) as folder:
        assert folder
        folder.append({"kind": "start", "restarted": False})
        ago(start, hours=5)
        allow(monkeypatch, 1)
        assert store.weights(start) and store.weights(fresh) and store.read_events(folder.path)
    allow(monkeypatch, 1)
    assert not place(start).exists() and store.weights(fresh)


def test_leftovers_count_towards_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leftovers are folders of dead processes, and damaged folders that were set aside."""
    run, damaged = trained(), trained()
    left = place(run).with_suffix(".part")
    place(run).rename(left)
    folders.set_aside(place(damaged))
    aside = next((store.home() / "aside").iterdir())
    for path in (aside, *aside.iterdir(), left, *left.iterdir()):
        os.utime(path, times=(1, 1))
    allow(monkeypatch, 1)
    assert not left.exists() and not aside.exists() and not list((store.home() / "gone").iterdir())


def test_store_removed_midway_restarts_the_run() -> None:
    stages = (Stage(steps=40, batch=16),)
    run = Run(task=Plane(labels=20), net="mlp", start=None, stages=stages, seeds=1, first_seed=next(seeds))
    side = compute_values.train_as_side(600, run, wait=1)
    next(side)
    next(side)
    shutil.rmtree(store.home())
    *_, last = side
    assert last == 1 and store.complete(run) and store.weights(run)
    assert store.events(run)[0] == {"kind": "start", "restarted": True}


@pytest.mark.parametrize("last, again", [(None, True), ("start", True), ("point", True), ("stopped", False)])
def test_interrupted_run_restarts_however_early(last: str | None, again: bool) -> None:
    run = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=40, batch=16),), seeds=1, first_seed=next(seeds))
    with folders.writing(run, 1) as first:
        assert first and not first.restarted
        if last:
            first.append({"kind": last})
    with folders.writing(run, 1) as second:
        assert second and second.restarted is again


def test_writer_of_removed_store_writes_nothing() -> None:
    """It does not write into the folder of the next writer."""
    stages = (Stage(steps=40, batch=16),)
    run = Run(task=Plane(labels=20), net="mlp", start=None, stages=stages, seeds=1, first_seed=next(seeds))
    with folders.writing(run, 1) as first:
        assert first
        first.append({"kind": "start", "restarted": False})
        shutil.rmtree(store.home())  # with its lock
        with folders.writing(run, 1) as second:
            assert second
            second.append(begun := {"kind": "start", "restarted": True})
            for late in (lambda: first.append({"kind": "point"}), lambda: first.write("answer.json", {}), first.finish):
                with pytest.raises(FileNotFoundError):
                    late()
            assert store.read_events(second.path) == [begun]
            second.append(ended := {"kind": "done", "seconds": 0, "sha256": ""})
            second.finish()
        with pytest.raises(FileNotFoundError):
            first.finish()
    assert store.events(run) == [begun, ended]


@pytest.mark.parametrize("where", ["file", "file/store"])
def test_unwritable_store_gives_message(where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / where))
    run = Run(task=Plane(labels=20), net="mlp", start=None, stages=(Stage(steps=4, batch=16),), seeds=1)
    store.mark_to_stop(run)
    assert not store.complete(run) and not store.is_being_written(run) and store.weights(run) is None
    with pytest.raises(folders.Unwritable) as error:
        compute_values.perform(run)
    assert compute_values.sentence(error.value) == folders.LOCKED
    eviction.tidy(every=0)


@pytest.mark.parametrize("said", ["much", "-1", "0", "nan"])
def test_bad_store_limit_is_reported_and_ignored(
    said: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HEADSTART_STORE_LIMIT", said)
    assert eviction.limit() == eviction.LIMIT * eviction.GB
    assert said in caplog.text
