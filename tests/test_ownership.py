"""Data belong to the browser that brought them. Removing them also removes all results made from them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.app_pages.bundle import take
from core.bundles import bundle, bundled_user_data
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Table
from core.serve import compute_values, eviction
from core.store import store
from core.user_data import alphabet, ownership, table
from core.user_data.ownership import Gone

OURS, THEIRS = "a" * 32, "b" * 32  # the secrets of two browsers
POINTS = "x,y,kind\n" + "\n".join(f"{k},{k * k},{'ab'[k % 2]}" for k in range(40))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    store.clear_caches()
    yield tmp_path
    store.clear_caches()


@pytest.fixture
def points() -> str:
    name = table.keep(POINTS.encode(), "points.csv")
    ownership.claim(name, OURS)
    return name


def trained(name: str) -> Run:
    run = Run(task=Table(table=name, labels=2), net="mlp", stages=(Stage(steps=2, batch=4),), seeds=1)
    assert compute_values.perform(run) == "done"
    return run


def test_only_the_browser_that_brought_data_owns_them(points: str) -> None:
    assert ownership.owns(points, OURS) and not ownership.owns(points, THEIRS)
    ownership.give_up(points, THEIRS)
    assert table.exists(points)
    ownership.give_up(points, OURS)
    assert not table.exists(points) and not list(store.folder("tables").iterdir())


def test_two_browsers_may_bring_the_same_file(points: str) -> None:
    ownership.claim(points, THEIRS)
    ownership.claim(points, THEIRS)
    ownership.give_up(points, OURS)
    assert table.exists(points) and ownership.owns(points, THEIRS) and not ownership.owns(points, OURS)
    ownership.give_up(points, THEIRS)
    assert not table.exists(points)


def test_no_secret_is_written(points: str, home: Path) -> None:
    assert not any(OURS.encode() in file.read_bytes() for file in home.rglob("*") if file.is_file())


def test_what_ships_is_nobodys() -> None:
    ownership.claim("rings", OURS)
    assert not ownership.owns("rings", OURS)
    ownership.remove("rings")
    assert table.exists("rings")


def test_removal_takes_all_that_was_made(points: str) -> None:
    run = trained(points)
    child = replace(run, start=run, first_seed=7)
    assert compute_values.perform(child) == "done"
    asked = Measure(kind="accuracy", runs=(run,), tasks=(run.task,))
    assert compute_values.perform(asked) == "done"
    other = trained("rings")
    ownership.remove(points)
    assert not any(map(store.complete, (run, child, asked))) and not store.weights(run)
    assert store.complete(other)


def test_data_that_nobody_uses_expire(points: str) -> None:
    run = trained(points)
    at = ownership.path(points)
    assert at is not None
    for age, there in ((ownership.DAYS - 1, True), (ownership.DAYS + 1, False)):
        os.utime(at, times=(time.time() - age * 86400,) * 2)
        eviction.tidy(every=0)
        assert table.exists(points) is there and store.complete(run) is there


def test_a_link_to_removed_data_says_so(points: str) -> None:
    run = trained(points)
    ownership.check(points, "rings", "anything else")
    ownership.check_run(run)
    ownership.remove(points)
    for check in (lambda: ownership.check(points), lambda: ownership.check_run(replace(run, start=run))):
        with pytest.raises(Gone, match="no longer on the computer"):
            check()


def test_whoever_runs_the_server_lists_and_removes(points: str, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = alphabet.keep(alphabet.load("runes"))
    assert ownership.main([]) == 0
    listed = capsys.readouterr().out
    assert points in listed and drawn in listed and "kB" in listed
    assert ownership.main([points]) == 0 and not table.exists(points)
    assert ownership.main([points]) == 1
    assert "nothing called" in capsys.readouterr().err


def test_a_bundle_gives_nobody_the_data_of_others(points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained(points)
    with monkeypatch.context() as patched:
        patched.setattr("core.user_data.user_data_kinds.files", lambda run: {})
        named_only = bundle.pack(run)
    claimed: list[str] = []
    monkeypatch.setattr("app.state.data_owner.claim", claimed.append)
    monkeypatch.setattr("streamlit.query_params", {})
    monkeypatch.setattr("streamlit.session_state", {})
    take(named_only)
    assert claimed == [] and ownership.owns(points, OURS)
    whole = bundle.pack(run)
    ownership.remove(points)
    take(whole)
    assert claimed == [points] and table.exists(points)


def test_a_refused_bundle_removes_nothing_of_others(points: str) -> None:
    run = trained(points)
    forged = replace(run, task=Table(table=points[:-8] + "00000000", labels=2))
    with (
        pytest.raises(BadValue),
        bundled_user_data.keep_bundled(forged, lambda file, most: table.write(table.load(points)).encode()),
    ):
        pass
    assert table.exists(points) and ownership.owns(points, OURS)
