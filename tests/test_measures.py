"""Measures against hand-worked cases and independent formulas."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from core import nets, worlds
from core.experiment.checks import BadValue
from core.experiment.spec import Keep, Measure, Run, Stage
from core.experiment.tasks import Glyphs, Handwriting, Plane
from core.measure import Learned, answer, boundary, cka, forgotten_examples, frechet_distance, hidden_space
from core.nets import Theta
from core.training.report import Done, Frame
from core.training.train import train

ARMS = Run(task=Plane(labels=30), net="mlp", stages=(Stage(steps=12, batch=16, rate=1e-2),), seeds=2, frames=3)


@pytest.fixture(scope="module")
def arms() -> Learned:
    return trained(ARMS, {})


def trained(run: Run, ancestors: dict[Run, Theta]) -> Learned:
    events = list(train(run, ancestors))
    theta = next(event.theta for event in events if isinstance(event, Done))
    frames = {event.step: event.theta for event in events if isinstance(event, Frame)}
    return Learned(run, {run: theta} | ancestors, frames)


def test_map_shows_prediction_at_cell_centres(arms: Learned) -> None:
    found = answer(Measure(kind="boundary", runs=(ARMS,), tasks=(Plane(turn=30),), count=5), [arms])
    cells = base64.b64decode(found["maps"][0][0][""])
    side, reach = found["side"], found["reach"]
    assert len(cells) == side**2
    low_left = torch.full((1, 1, 2), -reach + reach / side)
    for cell, place in ((0, low_left), (side - 1, low_left * torch.tensor([-1, 1]))):
        assert cells[cell] == nets.forward(arms.net, nets.first_seed(arms.theta), place).argmax()
    assert found["maps"][0][0][str(ARMS.steps)] == found["maps"][0][0][""] != found["maps"][0][0]["0"]
    assert len(found["points"][0]) == 5


def test_old_task_is_mapped_through_its_head(arms: Learned) -> None:
    child = replace(ARMS, task=Plane(ask="colour", labels=30), start=ARMS)
    one = trained(child, dict(arms.thetas))
    found = answer(Measure(kind="boundary", runs=(child,), tasks=(ARMS.task,)), [one])
    assert found["maps"][0][0]["0"] == boundary.decided(arms.net, arms.theta)


def test_changes_list_frames_where_answers_change() -> None:
    assert forgotten_examples.changes([0, 1, 5, 9], [3, 3, 7, 3]) == [[0, 3], [5, 7], [9, 3]]


def test_changes_follow_known_examples_through_old_head(arms: Learned) -> None:
    child = replace(ARMS, task=Plane(ask="colour", labels=30), start=ARMS)
    one = trained(child, dict(arms.thetas))
    found = answer(Measure(kind="forgotten_examples", runs=(child,), tasks=(ARMS.task,), count=7), [one])
    (run,) = found["runs"]
    assert run["steps"] == list(one.frames)
    assert len(found["examples"]) == len(run["answers"]) == 7
    old_head = {name: weight[:1] for name, weight in arms.theta.items() if name.startswith("head")}
    for example, row in zip(found["examples"], run["answers"]):
        assert row[0] == [0, example["truth"]]  # known before the first step
        x = torch.tensor([[example["at"]]])
        for step, theta in one.frames.items():
            said = [answer for at, answer in row if at <= step][-1]
            assert said == nets.forward(arms.net, theta | old_head, x).argmax()
    assert set(found["names"].values()) <= {f"arm {k}" for k in range(1, 7)}
    few = answer(Measure(kind="forgotten_examples", runs=(child,), tasks=(ARMS.task,), count=1), [one])
    said = {answer for _, answer in few["runs"][0]["answers"][0]}
    assert set(few["names"]) == {str(k) for k in said} and len(said) > 1


# --- Alike or not: CKA against its form with Gram matrices ------------------------------------------------------------


def hsic(a: torch.Tensor, b: torch.Tensor) -> float:
    """Returns tr(KHLH) / (n - 1)^2 (Gretton et al. 2005)."""
    n = len(a)
    centre = torch.eye(n) - 1 / n
    return float(torch.trace(a @ centre @ b @ centre)) / (n - 1) ** 2


def test_cka_agrees_with_gram_matrix_definition() -> None:
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(3, 40, 7, generator=rng), torch.randn(3, 40, 60, generator=rng)
    y[..., :7] += 2 * x
    for seed, value in enumerate(cka.cka(x, y).tolist()):
        a, b = x[seed] @ x[seed].T, y[seed] @ y[seed].T
        assert value == pytest.approx(hsic(a, b) / (hsic(a, a) * hsic(b, b)) ** 0.5, rel=1e-4)
        assert 0.1 < value < 0.9


def test_cka_sees_neither_rotation_nor_size_nor_place() -> None:
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(2, 30, 5, generator=rng)
    rotation = torch.linalg.qr(torch.randn(5, 5, generator=rng))[0]
    assert cka.cka(x, 3 * x @ rotation + 7).tolist() == pytest.approx([1, 1], abs=1e-4)
    assert cka.cka(x, x * torch.tensor([9.0, 1, 1, 1, 1])).max() < 0.99


def test_cka_of_a_run_with_itself_is_one(arms: Learned) -> None:
    """Its similarity to another run is lower."""
    other = trained(replace(ARMS, first_seed=7), {})
    found = answer(Measure(kind="cka", runs=(ARMS,) * 3, tasks=(ARMS.task,), count=200), [arms, arms, other])
    assert found["layers"] == ["hidden1", "hidden2", "hidden3"]
    assert [len(layer) for layer in found["cka"][0]] == [2, 2, 2]
    assert all(value == pytest.approx(1, abs=1e-3) for layer in found["cka"][0] for value in layer)
    assert all(value < 0.999 for layer in found["cka"][1] for value in layer)


# --- The straight line between two solutions -----------------------------------------------------------------------


def test_barrier_line_joins_both_nets(arms: Learned) -> None:
    other = trained(replace(ARMS, first_seed=7), {})
    found = answer(Measure(kind="barrier", runs=(ARMS, other.run), count=5), [arms, other])
    assert found["share"] == [0, 0.25, 0.5, 0.75, 1]
    (line,) = found["accuracy"]
    evaluator = arms.evaluator(ARMS.task)
    half = {name: (weight + other.theta[name]) / 2 for name, weight in arms.theta.items()}
    for place, theta in ((0, arms.theta), (2, half), (4, other.theta)):
        assert line[place] == pytest.approx(evaluator.score(theta), abs=1e-3)
    assert line[0] != line[4]


def test_every_line_has_two_runs_of_its_own(arms: Learned) -> None:
    others = [trained(replace(ARMS, first_seed=seed), {}) for seed in (7, 8, 9)]
    four = [arms, *others]
    together = answer(Measure(kind="barrier", runs=tuple(one.run for one in four), count=2), four)["accuracy"]
    alone = [[one.evaluator(ARMS.task).score(one.theta) for one in pair] for pair in (four[:2], four[2:])]
    assert np.array(together) == pytest.approx(np.array(alone), abs=1e-3)


def test_a_line_needs_two_ends(arms: Learned) -> None:
    with pytest.raises(BadValue, match="two ends"):
        answer(Measure(kind="barrier", runs=(ARMS,), count=5), [arms])


# --- What can be looked at -----------------------------------------------------------------------------------------


def test_projection_shows_head_then_widest_directions() -> None:
    """Directions that the head reads come first, then the widest of the others."""
    rng = torch.Generator().manual_seed(0)
    z = torch.randn(500, 6, generator=rng) * torch.tensor([1.0, 9, 2, 3, 1, 1])
    z = z - z.mean(0)
    two = torch.zeros(6, 2)
    two[0, 0] = two[0, 1] = 5  # says the same of both classes, which tells nothing
    two[2, 1] = 1.0
    across, up = hidden_space.axes(z, two).T
    assert across[2] == pytest.approx(1, abs=1e-4)
    assert up[1] == pytest.approx(1, abs=0.01)
    many = torch.zeros(6, 4)
    many[0, 1] = many[2, 2] = many[3, 3] = 1.0  # the widest of these are the fourth and the third
    assert torch.allclose(hidden_space.axes(z, many).abs()[[3, 2], [0, 1]], torch.ones(2), atol=0.05)


def test_hidden_space_keeps_one_view_over_frames(arms: Learned) -> None:
    found = answer(Measure(kind="hidden_space", runs=(ARMS,), count=50), [arms])
    (run,) = found["runs"]
    assert run["steps"] == list(arms.frames)
    xy = torch.tensor(run["xy"])
    assert xy.shape == (len(arms.frames), 50, 2)
    assert len(found["classes"]) == 50
    # Centred and scaled over all frames together, not frame by frame.
    assert torch.allclose(xy.flatten(0, 1).mean(0), torch.zeros(2), atol=1e-2)
    assert xy[0].mean(0).abs().max() > 0.05


def test_filters_are_the_first_layer_at_every_frame(arms: Learned) -> None:
    run = Run(task=Handwriting(labels=1), stages=(Stage(steps=3, batch=8),), seeds=1, frames=2)
    one = trained(run, {})
    found = answer(Measure(kind="filters", runs=(run,)), [one])
    images = found["runs"][0]["images"]
    assert (found["side"], len(images), len(images[0])) == (5, 2, 16)
    strength = max(theta["conv1.weight"].abs().max() for theta in one.frames.values())
    shown = torch.tensor(list(base64.b64decode(images[-1][3]))).view(5, 5)
    assert torch.allclose(
        (shown - 128) / 127 * strength, one.theta["conv1.weight"][0, 3, 0], atol=float(strength) / 200
    )
    with pytest.raises(BadValue, match="pictures"):
        answer(Measure(kind="filters", runs=(ARMS,)), [arms])


def test_frechet_distance_of_two_hand_worked_clouds() -> None:
    # Means 3 apart along x and 4 along y, no correlation; standard deviations 1, 2 against 3, 2.
    corners = torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]], dtype=torch.float64) * (3 / 4) ** 0.5
    a, b = corners * torch.tensor([1.0, 2]), corners * torch.tensor([3.0, 2]) + torch.tensor([3.0, 4])
    assert frechet_distance.frechet(a, b) == pytest.approx(3**2 + 4**2 + (3 - 1) ** 2)
    assert frechet_distance.frechet(a, a) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_agrees_with_matrix_root_formula() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(50, 6)) @ rng.normal(size=(6, 6)), rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)) + 1
    covered = [np.cov(one.T) for one in (a, b)]
    theirs = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(sum(covered) - 2 * sqrtm(covered[0] @ covered[1]).real)
    assert frechet_distance.frechet(torch.tensor(a), torch.tensor(b)) == pytest.approx(theirs)


def test_look_distance_is_to_the_nearest_picture() -> None:
    target = torch.zeros(2, 1, 2, 2)
    source = torch.stack([torch.full((1, 2, 2), 0.5), torch.tensor([[[0.4, 0], [0, 0]]])])
    assert frechet_distance.look(target, source) == pytest.approx(0.2)  # root of 0.16 / 4


def test_equal_pictures_are_at_distance_zero() -> None:
    """The distance ignores which question is asked about the pictures."""
    run = Run(task=Glyphs(labels=1, scripts="kana"), stages=(Stage(steps=1),), seeds=2)
    one = trained(run, {})
    tasks = (run.task, replace(run.task, ink=True), replace(run.task, noise=1.0), replace(run.task, inverted=True))
    found = answer(Measure(kind="frechet_distance", runs=(run,), tasks=tasks), [one])
    assert found["distance"][0][:3] == pytest.approx([0, 0, 0], abs=1e-4)
    assert found["look"][:3] == pytest.approx([0, 0, 0], abs=1e-3)
    assert found["distance"][0][3] > 0.1 and found["look"][3] > 0.1
    head = {name: torch.randn_like(weight) for name, weight in one.theta.items() if name.startswith("head")}
    other = replace(one, thetas={run: one.theta | head})  # by its features: whatever its head makes of them
    assert answer(Measure(kind="frechet_distance", runs=(run,), tasks=tasks), [other]) == found


def test_projection_adds_widest_unread_direction() -> None:
    """The second axis is the widest direction that the head does not read."""
    rng = torch.Generator().manual_seed(1)
    z = torch.randn(400, 4, generator=rng) * torch.tensor([9.0, 1, 4, 1])
    head = torch.zeros(4, 2)
    head[0, 1] = 1.0
    across, up = hidden_space.axes(z - z.mean(0), head).T
    assert across[0].abs() == pytest.approx(1, abs=1e-4)
    assert up[2].abs() == pytest.approx(1, abs=0.05)


def test_known_examples_span_all_classes(arms: Learned) -> None:
    """They reach from the first right example to the last."""
    evaluator = arms.evaluator(ARMS.task)
    answers = evaluator.answers(arms.theta)[0].argmax(-1)
    right = torch.nonzero(answers == evaluator.y).flatten()
    chosen = forgotten_examples.correct_examples(evaluator, nets.first_seed(arms.theta), 7)
    assert (answers[chosen] == evaluator.y[chosen]).all() and len(chosen) == 7
    of_each = [right[evaluator.y[right] == k] for k in (0, 5)]
    assert (chosen[0], chosen[-1]) == (of_each[0][0], of_each[1][-1])


def test_hidden_space_has_unit_spread_both_ways(arms: Learned) -> None:
    """The spread is taken over all frames."""
    (run,) = answer(Measure(kind="hidden_space", runs=(ARMS,), count=50), [arms])["runs"]
    assert torch.allclose(torch.tensor(run["xy"]).flatten(0, 1).std(0), torch.ones(2), atol=1e-2)


def test_hidden_space_shows_the_heads_features(arms: Learned) -> None:
    dead = {step: theta | {"hidden3.bias": theta["hidden3.bias"] - 100} for step, theta in arms.frames.items()}
    frames = {**dead, max(dead): arms.frames[max(dead)]}  # but for the last, no feature is alive
    (run,) = answer(Measure(kind="hidden_space", runs=(ARMS,), count=20), [replace(arms, frames=frames)])["runs"]
    first, *_, end = torch.tensor(run["xy"])
    assert (first == first[0]).all() and not (end == end[0]).all()


def test_filters_are_scaled_by_largest_weight() -> None:
    run = Run(task=Handwriting(labels=1), stages=(Stage(steps=1, batch=8),), seeds=1, frames=2)
    theta = {"conv1.weight": torch.full((1, 16, 1, 5, 5), 0.5)}
    theta["conv1.weight"][0, 3, 0, 0, 0] = -2
    found = answer(Measure(kind="filters", runs=(run,)), [Learned(run, {run: theta}, {0: theta})])
    shown = list(base64.b64decode(found["runs"][0]["images"][0][3]))
    assert shown == [1] + [160] * 24


def test_changed_examples_are_shown_and_named() -> None:
    run = Run(task=Handwriting(labels=5), stages=(Stage(steps=30, batch=16),), seeds=1, frames=2)
    one = trained(run, {})
    backwards = replace(one, frames=dict(reversed(one.frames.items())))  # it begins with what it has learned
    found = answer(Measure(kind="forgotten_examples", runs=(run,), tasks=(run.task,), count=6), [backwards])
    assert all(set(example) == {"image", "truth"} for example in found["examples"])
    used = {str(example["truth"]) for example in found["examples"]}
    used |= {str(answer) for row in found["runs"][0]["answers"] for _, answer in row}
    assert found["names"] == {k: f"the digit {k}" for k in sorted(used)}


# --- Worked by hand --------------------------------------------------------------------------------------------------


def test_points_and_examples_come_from_their_world(arms: Learned) -> None:
    """Both come with their classes, and examples also with their places."""
    x, y = worlds.load(ARMS.task).test(ARMS.task)
    points = boundary.some_points(ARMS.task, 3)
    assert points == [[*(round(a, 3) for a in x[k].tolist()), int(y[k])] for k in range(3)]
    tasks = (Handwriting(labels=1), Handwriting(labels=2))
    found = answer(Measure(kind="examples", runs=(), tasks=tasks, count=15), [])
    pools = [worlds.load(task).train(task, range(1)) for task in tasks]
    assert found["classes"] == [10, 10] and [len(shown) for shown in found["pictures"]] == [10, 15]
    for pool, shown in zip(pools, found["pictures"]):
        truths = [one["truth"] for one in shown]
        assert truths == sorted(truths) and sorted(one["place"] for one in shown) == list(range(len(shown)))
        for one in shown:
            image, truth = pool.take(torch.tensor([[one["place"]]]))
            bytes_shown = torch.tensor(list(base64.b64decode(one["image"])))
            assert torch.allclose(bytes_shown / 255, image.flatten(), atol=1 / 255) and truth.item() == one["truth"]


def test_a_line_of_one_place_is_refused(arms: Learned) -> None:
    with pytest.raises(BadValue, match="two places"):
        answer(Measure(kind="barrier", runs=(ARMS, ARMS), count=1), [arms, arms])


def test_frechet_distance_is_relative_to_spread(arms: Learned) -> None:
    """The spread is that of the first world's features."""
    tasks = (ARMS.task, Plane(winding=0.25))
    found = answer(Measure(kind="frechet_distance", runs=(ARMS,), tasks=tasks), [arms])
    clouds = []
    for task in tasks:
        x = frechet_distance.pictures(task)
        assert len(x) == min(1000, len(worlds.load(task).test(task)[0]))
        clouds.append(nets.forward(arms.net, nets.first_seed(arms.theta), x[None], end=3)[0].double().numpy())
    spread = sum(np.var(column, ddof=1) for column in clouds[0].T)
    apart = frechet_distance.frechet(*map(torch.tensor, clouds)) / spread
    assert found["distance"][0][1] == pytest.approx(apart, abs=1e-5) and apart > 0.01
    look = frechet_distance.look(*map(frechet_distance.pictures, tasks))
    assert found["look"][1] == pytest.approx(look, abs=1e-5) and look > 0.01


def test_memory_cost_counts_kept_numbers_per_seed(arms: Learned) -> None:
    """Replay keeps two numbers for each of 6 * 5 old points, L2-SP one anchor for each weight."""
    old, anchored = Keep(method="replay", count=5), Keep(method="l2_sp")
    runs = tuple(replace(ARMS, task=Plane(turn=30), start=ARMS, keep=keep) for keep in ((), (old,), (old, anchored)))
    learned = [Learned(run, {run: arms.theta} | dict(arms.thetas), {}) for run in runs]
    weights = 2 * 64 + 64 + 2 * (64 * 64 + 64) + 64 * 6 + 6
    assert answer(Measure(kind="memory_cost", runs=runs), learned)["numbers"] == [0, 60, 60 + weights]


def test_cka_compares_features_below_the_head(arms: Learned) -> None:
    """The features are compared example by example."""
    x = torch.tensor([[1.0, 0.5], [-1.0, 0.25], [0.0, 2.0]])
    found = cka.features(arms, x)
    first = (x @ arms.theta["hidden1.weight"][1] + arms.theta["hidden1.bias"][1]).relu()
    assert [layer.shape for layer in found] == [(2, 3, 64)] * 3
    assert torch.allclose(found[0][1], first, atol=1e-6)


def test_accuracy_covers_every_run_and_task(arms: Learned) -> None:
    tasks = (ARMS.task, Plane(winding=0.25))
    shares = []
    for task in tasks:
        x, y = worlds.load(task).test(task)
        said = nets.forward(arms.net, arms.theta, x.expand(2, *x.shape)).argmax(-1)
        shares.append([round(float((one == y).sum() / len(y)), 5) for one in said])
    found = answer(Measure(kind="accuracy", runs=(ARMS, ARMS), tasks=tasks), [arms, arms])
    assert np.array(found["accuracy"]) == pytest.approx(np.array([shares, shares]), abs=1e-3)
    assert shares[0] != shares[1]
