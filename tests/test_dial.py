"""The dial between two nets: its ends are these nets, layers left out stay, and its numbers are counted by hand."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from core import nets, worlds
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Handwriting, Plane
from core.measure import Learned, answer, boundary, interpolation
from core.nets import Theta
from core.training.report import Done
from core.training.start import initial_weights
from core.training.train import train

OLD = Run(task=Plane(labels=30), net="mlp", stages=(Stage(steps=40, batch=16, rate=1e-2),), seeds=2)
NEW = replace(OLD, task=Plane(labels=30, turn=30), start=OLD)
TASKS = (OLD.task, NEW.task)


def ended(run: Run, ancestors: dict[Run, Theta]) -> Theta:
    return next(event.theta for event in train(run, ancestors) if isinstance(event, Done))


@pytest.fixture(scope="module")
def old() -> Learned:
    return Learned(OLD, {OLD: ended(OLD, {})}, {})


@pytest.fixture(scope="module")
def new(old: Learned) -> Learned:
    return Learned(NEW, {NEW: ended(NEW, dict(old.thetas))} | dict(old.thetas), {})


def asked(**more: object) -> Measure:
    return Measure(kind="interpolation", runs=(NEW,), tasks=TASKS, count=500, **more)  # type: ignore[arg-type]


def right(theta: Theta, task: Plane, count: int) -> list[float]:
    """Returns the accuracy of each seed on evenly spread test points, counted one net at a time."""
    x, y = worlds.load(task).test(task)
    pick = np.linspace(0, len(y) - 1, count).astype(int)
    found = []
    for seed in range(2):
        h = x[pick]
        for layer in ("hidden1", "hidden2", "hidden3", "head"):
            h = h @ theta[f"{layer}.weight"][seed] + theta[f"{layer}.bias"][seed]
            h = h if layer == "head" else h.clamp(min=0)
        found.append(float((h.argmax(1) == y[pick]).float().mean()))
    return found


@pytest.mark.parametrize("alpha", [-0.5, 0.0, 0.35, 1.0, 1.5])
def test_dial_adds_alpha_times_delta(old: Learned, new: Learned, alpha: float) -> None:
    found = answer(asked(), [new])
    theta = {name: weight + alpha * (new.theta[name] - weight) for name, weight in old.theta.items()}
    k = found["alphas"].index(alpha)
    for task, accuracy in zip(TASKS, found["accuracy"]):
        assert accuracy[k] == pytest.approx(right(theta, task, 500), abs=0.0025)  # a point on the boundary may flip


def test_maps_and_examples_show_the_first_seed(old: Learned, new: Learned) -> None:
    found = answer(asked(), [new])
    maps = opened(found["maps"]).reshape(len(found["alphas"]), -1)
    for alpha, net in ((0.0, old), (1.0, new)):
        cells = base64.b64decode(boundary.decided(net.net, net.theta))
        assert bytes(maps[found["alphas"].index(alpha)].astype(np.uint8)) == cells
    shown = found["shown"][1]
    answers = opened(shown["answers"]).reshape(len(found["alphas"]), -1)
    x = torch.tensor(shown["examples"])[None]
    said = nets.forward(new.net, nets.first_seed(new.theta), x)[0].argmax(-1)
    assert (answers[found["alphas"].index(1.0)] == said.numpy()).mean() > 0.98  # the places are rounded
    assert len(shown["truth"]) == interpolation.POINTS


def opened(text: str) -> np.ndarray:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<u2")


def test_only_chosen_layers_and_ranks_move(old: Learned, new: Learned) -> None:
    whole = answer(asked(), [new])
    one = answer(asked(layers=("hidden2",)), [new])
    assert one["sizes"]["hidden1"] == [0, 0]
    assert one["sizes"]["hidden2"] == whole["sizes"]["hidden2"]
    mixed = old.theta | {name: new.theta[name] for name in ("hidden2.weight", "hidden2.bias")}
    assert one["accuracy"][1][30] == pytest.approx(right(mixed, NEW.task, 500), abs=0.0025)
    cut = answer(asked(rank=1), [new])
    assert all(cut["sizes"]["hidden3"][seed] < whole["sizes"]["hidden3"][seed] for seed in range(2))
    assert answer(asked(rank=64), [new])["size"] == pytest.approx(whole["size"], abs=1e-4)


def test_sizes_are_lengths_as_shares_of_the_starts(old: Learned, new: Learned) -> None:
    found = answer(asked(), [new])
    for seed in range(2):
        flat = [torch.cat([one.theta[name][seed].flatten() for name in old.theta]) for one in (old, new)]
        assert found["size"][seed] == pytest.approx(float((flat[1] - flat[0]).norm() / flat[0].norm()), abs=1e-4)


def test_dial_joins_two_runs_or_random_weights(old: Learned, new: Learned) -> None:
    """The line may lead from one run to another, or begin at random weights."""
    between = answer(replace(asked(), runs=(OLD, NEW)), [old, new])
    assert between["accuracy"] == answer(asked(), [new])["accuracy"]
    fresh = initial_weights(OLD, old.net, {}, range(2))
    found = answer(Measure(kind="interpolation", runs=(OLD,), tasks=(OLD.task,), count=500), [old])
    assert found["accuracy"][0][10] == pytest.approx(right(fresh, OLD.task, 500), abs=0.0025)
    assert found["alphas"][10] == 0


def test_images_are_answered_by_their_own_head() -> None:
    run = Run(task=Handwriting(labels=2), stages=(Stage(steps=5),), seeds=2)
    one = Learned(run, {run: ended(run, {})}, {})
    found = answer(Measure(kind="interpolation", runs=(run,), tasks=(run.task,), count=100), [one])
    assert "maps" not in found
    shown = found["shown"][0]
    assert sorted(set(shown["truth"])) == list(range(10))  # spread over the digits, though the test is in their order
    assert len(base64.b64decode(shown["examples"][0])) == 784 and len(shown["truth"]) == interpolation.IMAGES
    still = answer(Measure(kind="interpolation", runs=(run,), tasks=(run.task,), count=100, layers=("conv1",)), [one])
    assert still["accuracy"][0][10] == found["accuracy"][0][10]
    assert still["size"][0] < found["size"][0]


def test_a_layer_that_no_net_has_is_refused(new: Learned) -> None:
    with pytest.raises(BadValue, match="no layer conv9"):
        answer(asked(layers=("conv9",)), [new])
    with pytest.raises(BadValue):
        asked(layers=("hidden1", 3))
    with pytest.raises(BadValue):
        asked(rank=65)


def test_old_task_is_mapped_through_its_head(old: Learned) -> None:
    child = replace(NEW, task=Plane(ask="colour", labels=30))
    one = Learned(child, {child: ended(child, dict(old.thetas))} | dict(old.thetas), {})
    found = answer(Measure(kind="interpolation", runs=(child,), tasks=(OLD.task,), count=50), [one])
    maps = opened(found["maps"]).reshape(len(found["alphas"]), -1)
    head = {name: weight for name, weight in old.theta.items() if name.startswith("head")}
    cells = base64.b64decode(boundary.decided(one.net, one.theta | head))
    assert bytes(maps[found["alphas"].index(1.0)].astype(np.uint8)) == cells and max(cells) > 1
