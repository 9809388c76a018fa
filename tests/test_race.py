"""One worker with several sides, without an engine: which side is trained when, and what happens to the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from filelock import Timeout
from safetensors.torch import load_file

from core.experiment.spec import Run, Stage
from core.experiment.tasks import Plane
from core.serve import compute_values, race
from core.serve.race import Side
from core.store import folders, store

A = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=100, batch=16),), seeds=2)
B = replace(A, first_seed=7, stages=(Stage(steps=40, batch=16),))
C = replace(A, first_seed=9)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    monkeypatch.setattr(race, "GRACE", 0.0)
    monkeypatch.setattr(race, "PATIENCE", 0.2)
    yield tmp_path


def drive(run: Run, others: Sequence[Run]) -> list[tuple[Run, float]]:
    """Returns the side that took each step, and its progress then."""
    steps: list[tuple[Run, float]] = []

    def train(side: Run, wait: float) -> Side:
        inner = compute_values.train_as_side(600, side, wait)
        while True:
            try:
                reached = next(inner)
            except StopIteration as end:
                return str(end.value)
            steps.append((side, reached))
            yield reached

    assert race.race(run, others, train, 0) == "done"
    return steps


def test_one_worker_trains_whichever_side_is_behind() -> None:
    reached = dict.fromkeys((A, B), 0.0)
    for side, share in drive(A, [B]):
        reached[side] = share
        assert min(reached.values()) == 0 or max(reached.values()) - min(reached.values()) < 0.2
    assert reached == {A: 1, B: 1} and store.complete(A) and store.complete(B)


def test_weights_do_not_depend_on_other_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drive(A, [B])
    together = {run: store.weights(run) for run in (A, B)}
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "alone"))
    for run, path in together.items():
        compute_values.perform(run)
        alone = store.weights(run)
        assert path and alone and path != alone
        for name, weight in load_file(path).items():
            assert torch.equal(weight, load_file(alone)[name])


def test_stuck_side_is_not_awaited_for_ever() -> None:
    with folders.writing(B):
        assert {side for side, _ in drive(A, [B])} == {A}
    assert store.complete(A) and not store.complete(B)


def test_run_being_written_elsewhere_is_left_alone() -> None:
    with folders.writing(A):
        assert compute_values.perform(A, wait=0) == "elsewhere"
        with pytest.raises(Timeout):
            next(compute_values.train_as_side(600, A, 0))


def test_a_side_that_fails_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = compute_values.train

    def train(run: Run, ancestors: object) -> object:
        return iter(lambda: 1 / 0, None) if run == B else real(run, ancestors)  # type: ignore[arg-type]

    monkeypatch.setattr(compute_values, "train", train)
    assert {side for side, _ in drive(A, [B, C])} == {A, B, C}
    assert store.complete(A) and store.complete(C)
    assert store.events(B)[-1]["kind"] == "failed"
    with pytest.raises(ZeroDivisionError):
        compute_values.perform(B, others=(A,))


def test_seconds_are_processor_time_of_one_run() -> None:
    drive(A, [B, C])
    for run in (A, B, C):
        assert 0 < store.events(run)[-1]["seconds"] < 2
    waited = list(compute_values.timed(iter([1, 2])))
    assert [event for event, _ in waited] == [1, 2] and waited[-1][1] < 0.1
