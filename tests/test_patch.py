"""Measures on a patch and on a finished delta: sizes counted by hand, truncations against the net itself."""

from __future__ import annotations

import base64
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from core import nets
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Plane
from core.measure import Learned, answer, boundary, delta_truncation
from lessons.kit.figures.low_rank_diagram import strongest
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Settings
from lessons.kit.results.evidence import load_results
from tests.test_measures import trained

ARMS = Run(task=Plane(labels=60), net="mlp", stages=(Stage(steps=60, batch=32, rate=1e-2),), seeds=1)
COLOUR = replace(ARMS, task=Plane(labels=60, ask="colour"), start=ARMS, seeds=2)


@pytest.fixture(scope="module")
def arms() -> Learned:
    return trained(ARMS, {})


@pytest.mark.parametrize(
    ("method", "size", "numbers"),
    [
        ("full", 0, 8642),
        ("probe", 0, 64 * 2 + 2),
        ("bias", 0, 3 * 64 + 130),
        ("low_rank", 2, 2 * ((2 + 64) + 2 * (64 + 64)) + 130),
        ("ia3", 0, 3 * 64 + 130),
        ("adapter", 3, 3 * 2 * 64 * 3 + 130),
    ],
)
def test_patch_size_agrees_with_hand_count(arms: Learned, method: str, size: int, numbers: int) -> None:
    run = replace(COLOUR, stages=(Stage(method=method, size=size, steps=1),))
    learned = trained(run, dict(arms.thetas))
    as_stored = {one: dict(sorted(theta.items())) for one, theta in learned.thetas.items()}
    (found,) = answer(Measure(kind="weight_changes", runs=(run,)), [Learned(run, as_stored, {})])["runs"]
    assert found["trained"] == numbers
    assert found["all"] == 8642


def test_scratch_run_trains_all_and_moves_nothing(arms: Learned) -> None:
    """A run without a start trains all its weights and has no start to move from."""
    (found,) = answer(Measure(kind="weight_changes", runs=(ARMS,)), [arms])["runs"]
    assert found == {
        "trained": 8642 + 4 * 64 + 4,
        "all": 8642 + 4 * 64 + 4,
        "moved": [0.0],
    }


def test_patch_distance_is_relative_to_the_net(arms: Learned) -> None:
    end = {name: torch.cat([1.5 * part, 3 * part]) for name, part in arms.theta.items()}
    end |= {"head.weight": torch.zeros(2, 64, 2), "head.bias": torch.zeros(2, 1, 2)}
    one = Learned(COLOUR, {COLOUR: end, ARMS: arms.theta}, {})
    (found,) = answer(Measure(kind="weight_changes", runs=(COLOUR,)), [one])["runs"]
    assert found["moved"] == [0.5, 2.0]


def test_truncated_delta_spans_start_to_end(arms: Learned) -> None:
    """Truncation to rank 0 gives the start, full rank the end."""
    one = trained(COLOUR, dict(arms.thetas))
    asked = Measure(kind="delta_truncation", runs=(COLOUR,), tasks=(COLOUR.task,), count=64)
    found = answer(asked, [one])
    (run,) = found["runs"]
    marks = dict(zip(found["ranks"], run["accuracy"][0]))
    assert list(marks) == [0, 1, 2, 4, 8, 16, 32, 64]
    assert marks[64] == one.evaluator(COLOUR.task).score(one.theta) != marks[0]
    x, y = one.evaluator(COLOUR.task).examples, one.evaluator(COLOUR.task).y
    start = {n: one.theta[n] if n.endswith("bias") or n.startswith("head") else p for n, p in arms.theta.items()}
    start = {name: part.expand(2, *part.shape[1:]) for name, part in start.items()}
    right = nets.forward(one.net, start, x.expand(2, *x.shape)).argmax(-1) == y
    assert marks[0] == [round(share, 5) for share in right.float().mean(1).tolist()]
    assert run["maps"][-1] == boundary.decided(one.net, one.theta)
    assert len(base64.b64decode(run["maps"][0])) == boundary.SIDE**2
    assert {name: len(sizes) for name, sizes in run["spectrum"].items()} == {"hidden1": 2, "hidden2": 64, "hidden3": 64}
    assert all(a >= b for sizes in run["spectrum"].values() for a, b in pairwise(sizes))


def test_spectrum_is_relative_to_its_largest() -> None:
    """The spectrum is the mean over seeds."""
    delta = {
        "hidden1.weight": torch.stack([torch.diag(torch.tensor([4.0, 2.0])), torch.diag(torch.tensor([3.0, 3.0]))])
    }
    assert delta_truncation.relative_spectrum("hidden1.weight", delta)[:2] == [1.0, 0.75]


def test_guesses_keep_their_names_beside_the_result() -> None:
    lesson = lessons()["tiny_patches"]
    known = load_results(lesson.backdrop(lesson.defaults))
    guess = Settings({slider.name: slider.default for slider in lesson.sliders})
    series = lesson.picture(known, lesson.defaults, guess).spec["series"]
    names = {one["name"] for one in series if str(one.get("name", "")).startswith("your prediction")}
    assert names == {"your prediction: trained at this rank", "your prediction: cut to this rank"}


def test_both_ways_to_low_rank_are_sketched_first() -> None:
    lesson = lessons()["tiny_patches"]
    images, _ = lesson.hook(Results(), lesson.defaults).spec["panels"]
    assert len(images["images"][0]) == 2
    whole = np.random.default_rng(0).normal(size=(6, 6))
    columns, rows = strongest(whole, 6)
    assert np.allclose(columns @ rows.T, whole)
    columns, rows = strongest(whole, 2)
    assert np.linalg.matrix_rank(columns @ rows.T) == 2
