"""Stored results are those of today's values. They can be inspected and read without the app."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.experiment.spec import digest, from_json
from core.store import shipped, store
from lessons.kit.lesson.catalogue import claims, lessons
from lessons.kit.model.values import LabelledRun, Seeds
from lessons.kit.results.evidence import final, load_results
from lessons.kit.runs.recipes import scratch
from lessons.kit.shipping import findings, ship
from lessons.kit.shipping.claims import compute_finding


def test_what_ships_is_what_todays_values_ask_for() -> None:
    assert set(shipped.index(store.SHIPPED)) == set(ship.values())
    for name, value in ship.values().items():
        line = shipped.read(store.SHIPPED, name)
        assert line and from_json(line["spec"]) == value
        assert digest.__wrapped__(value) == name
        assert store.complete(value)


def test_shipped_weights_are_complete_and_needed() -> None:
    """They are those of all runs that other runs start from."""
    there = {path.stem for path in (store.SHIPPED / "weights").iterdir()}
    assert there == {digest(run) for run in ship.starts()}
    for run in ship.starts():
        path = store.weights(run)
        assert path == store.ROOT / store.weights_path(run)
        assert ship.halved(path) == path.read_bytes()


def test_making_it_again_changes_nothing() -> None:
    data = {
        name: (store.SHIPPED / "weights" / f"{name}.safetensors").read_bytes() for name in map(digest, ship.starts())
    }
    for slug, text in (made := ship.lines(ship.checksums(data))).items():
        assert text == (store.SHIPPED / f"{slug}.jsonl").read_text("utf-8"), f"make shipped: {slug} has changed"
    sizes = {name: len(weights) for name, weights in data.items()}
    assert ship.readme(sizes) == (store.SHIPPED / "README.md").read_text("utf-8")
    files = {path.name for path in store.SHIPPED.iterdir()}
    beside = {
        "README.md",
        "findings.json",
        "thumbnails.json",
        "challenges.json",
        "capstone.json",
        "goals.json",
        "weights",
    }
    assert files == {f"{slug}.jsonl" for slug in made} | beside


@pytest.mark.parametrize("name", claims())
def test_shipped_findings_follow_from_their_results(name: str) -> None:
    ships, computed = findings.read()[name], compute_finding(claims()[name][1], Seeds())
    for number in ("value", "low", "high"):
        assert getattr(ships, number) == pytest.approx(getattr(computed, number), nan_ok=True)
    assert (ships.checks, ships.numbers, ships.status) == (computed.checks, computed.numbers, computed.status)


def test_findings_are_read_as_they_were_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    every = findings.read()
    (tmp_path / "findings.json").write_text(findings.write(every), "utf-8")
    monkeypatch.setattr(store, "SHIPPED", tmp_path)
    assert findings.read.__wrapped__() == every


def test_results_of_a_lesson_have_unique_labels() -> None:
    for lesson in lessons().values():
        values = {}
        for label, value in ship.values_of(lesson):
            assert values.setdefault(label, value) == value


def test_damaged_line_counts_as_missing_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run, other = scratch(5), scratch(10)
    lines = [shipped.write(shipped.read(store.SHIPPED, digest(one)) or {}) for one in (run, other)]
    (tmp_path / "some.jsonl").write_text(lines[0][:-20] + "\n" + lines[1], "utf-8")
    monkeypatch.setattr(store, "SHIPPED", tmp_path)
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    assert not store.complete(run) and not store.is_intact(run)
    assert store.complete(other) and store.weights(other) is None


def test_what_ships_is_small() -> None:
    assert sum(path.stat().st_size for path in store.SHIPPED.rglob("*") if path.is_file()) < 30 * 2**20


def test_shipped_run_recomputes_to_same_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from core.serve.compute_values import perform

    run = scratch(5, seeds=Seeds())
    before = load_results([LabelledRun("run", run)]).table("run")
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "nothing ships")
    assert perform(run) == "done"
    # Another processor may round differently; seeds that take other paths still end within a point of each other.
    assert np.abs(final(load_results([LabelledRun("run", run)]).table("run")) - final(before)).mean() < 0.01


def test_half_precision_start_trains_in_full_precision() -> None:
    from core.serve.compute_values import lineage, stored_weights

    start = next(run for run in ship.starts() if run.net == "mlp")
    assert {str(weight.dtype) for weight in stored_weights(start).values()} == {"torch.float16"}
    assert {str(weight.dtype) for weight in lineage(start)[start].values()} == {"torch.float32"}
