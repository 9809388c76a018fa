"""The benchmark measures what it says. No test asserts how fast the machine is."""

from __future__ import annotations

import pytest

from core.bench import SEEDS, peers, steps
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Plane

RUN = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=600, batch=16),), seeds=2)


def test_a_step_takes_time_in_both_loops() -> None:
    assert steps.stacked(RUN) > 0
    assert steps.plain(steps.mlp(), RUN, fused=True) > 0


def test_glyphs_are_counted_by_the_second() -> None:
    drawn = steps.drawing()
    assert drawn.ours > 100
    assert drawn.ratio is None


def test_trainer_learns_and_forgets_like_its_peers() -> None:
    """Our trainer and the peers go through the same tasks with the same number of examples."""
    (race,) = peers.train_in_turn(peers.RACE)
    forgotten, learned = peers.train_in_turn(peers.SEQUENCE)
    assert race > 0.75 and learned > 0.75 and forgotten < 0.1
    assert [len(known) for known, _ in peers.tables(peers.SEQUENCE)] == [peers.EXAMPLES] * 2


def test_missing_peer_is_skipped_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    monkeypatch.setattr(peers, "train_in_turn", lambda tasks: [])
    assert peers.frameworks() == peers.low_rank() == []
    assert len(peers.left_out()) == len(peers.PEERS) + 1
    assert peers.left_out()[0] == "PyTorch Lightning is not installed, and left out: requirements-bench.txt names it."


def test_operations_count_all_seeds_of_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEPS", [("mlp", Plane(labels=20), SEEDS, 16)])
    monkeypatch.setattr(steps, "stacked", lambda run, enough: 1.0)
    (result,) = steps.matrices()
    products = 2 * 64 + 64 * 64 + 64 * 64 + 64 * 6
    assert result.ours * 1e9 == SEEDS * 16 * 2 * (3 * products - 2 * 64)  # no gradient of the input
