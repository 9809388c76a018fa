"""The training loop against the same sums done by plain PyTorch modules, one seed at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from core import adapt, nets, worlds
from core.experiment.checks import module_names
from core.experiment.spec import Run, Stage, digest
from core.experiment.tasks import GuestBook, Handwriting, Plane, Task, Text
from core.nets import Theta
from core.training.adam import Adam
from core.training.evaluator import Evaluator
from core.training.report import Done, Frame, Point, Tick
from core.training.stage import first_trained_layer, orders
from core.training.start import initial_weights, rngs
from core.training.train import train
from core.worlds import handwriting

SHORT = (Stage(steps=12, batch=16, rate=1e-2),)
ARMS = Run(task=Plane(labels=30), net="mlp", stages=SHORT, seeds=2)
DIGITS = Run(task=Handwriting(labels=4), net="conv", stages=SHORT, seeds=2)
RECIPE = (Stage(method="probe", steps=9, batch=16, rate=1e-2), Stage(steps=7, batch=16, rate=1e-2, decay=2.0))


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Computes in double precision, so that two ways to the same sum agree in every printed digit."""
    torch.set_default_dtype(torch.float64)
    monkeypatch.setattr(Tensor, "float", Tensor.double)
    handwriting.test.cache_clear()
    yield
    torch.set_default_dtype(torch.float32)
    handwriting.test.cache_clear()


def outcome(run: Run, ancestors: dict[Run, Theta] | None = None) -> tuple[list[Point], Theta]:
    *points, done = train(run, ancestors or {})
    assert isinstance(done, Done)
    return [point for point in points if isinstance(point, Point)], done.theta


CHILD = Run(task=Plane(labels=30, ask="colour"), net="mlp", start=ARMS, stages=RECIPE, seeds=2)


def family(run: Run) -> dict[Run, Theta]:
    """Returns the weights of all runs that a run starts from."""
    kept: dict[Run, Theta] = {}
    for ancestor in reversed(list(run.lineage())[1:]):
        kept[ancestor] = outcome(ancestor, kept)[1]
    return kept


# --- The same nets as plain modules --------------------------------------------------------------------------------


def plain(name: str, classes: int) -> nn.Sequential:
    """Returns the net in plain PyTorch, its layers under the same names."""
    rows: dict[str, list[tuple[str, nn.Module]]] = {
        "mlp": [
            ("hidden1", nn.Linear(2, 64)),
            ("relu1", nn.ReLU()),
            ("hidden2", nn.Linear(64, 64)),
            ("relu2", nn.ReLU()),
            ("hidden3", nn.Linear(64, 64)),
            ("relu3", nn.ReLU()),
            ("head", nn.Linear(64, classes)),
        ],
        "conv": [
            ("conv1", nn.Conv2d(1, 16, 5, stride=3, padding=2)),
            ("relu1", nn.ReLU()),
            ("conv2", nn.Conv2d(16, 32, 3, stride=2, padding=1)),
            ("relu2", nn.ReLU()),
            ("flat", nn.Flatten()),
            ("hidden", nn.Linear(800, 64)),
            ("relu3", nn.ReLU()),
            ("head", nn.Linear(64, classes)),
        ],
    }
    return nn.Sequential(OrderedDict(rows[name]))


def as_plain(weight: Tensor) -> Tensor:
    """Returns one seed's weight in the shape of nn.Linear and nn.Conv2d.

    Ours multiply from the right, and biases are rows.
    """
    return weight[0] if weight.shape[0] == 1 and weight.dim() == 2 else weight.T if weight.dim() == 2 else weight


def filled(run: Run, theta: Theta, seed: int) -> nn.Sequential:
    """Returns the plain module with the weights of one seed."""
    module = plain(run.net, worlds.load(run.task).classes(run.task))
    module.load_state_dict({name: as_plain(weight[seed]) for name, weight in theta.items()})
    return module


def fresh(run: Run) -> Theta:
    net = nets.load(run.net, worlds.load(run.task).classes(run.task))
    return nets.fresh(net, rngs("weights", range(run.seeds), 0))


def first_batch(run: Run, size: int = 16) -> tuple[Tensor, Tensor]:
    x, y = worlds.load(run.task).train(run.task, range(run.seeds)).take(torch.arange(size).expand(run.seeds, -1))
    return x, y


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
def test_stacked_net_agrees_with_plain_nets(run: Run) -> None:
    theta = {name: weight.requires_grad_() for name, weight in fresh(run).items()}
    net = nets.load(run.net, worlds.load(run.task).classes(run.task))
    x, y = first_batch(run)
    logits = nets.forward(net, theta, x)
    sum(F.cross_entropy(logits[s], y[s]) for s in range(run.seeds)).backward()  # type: ignore[union-attr]
    for s in range(run.seeds):
        module = filled(run, theta, s)
        theirs = module(x[s])
        assert torch.allclose(logits[s], theirs, atol=1e-5)
        F.cross_entropy(theirs, y[s]).backward()
        for name, parameter in module.named_parameters():
            gradient = theta[name].grad
            assert gradient is not None and parameter.grad is not None
            assert parameter.grad.abs().max() > 0
            assert torch.allclose(as_plain(gradient[s]), parameter.grad, atol=1e-6), name


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
def test_fresh_weights_are_as_wide_as_pytorchs_own(run: Run) -> None:
    torch.manual_seed(0)
    ours = fresh(replace(run, seeds=30))
    theirs = [filled(run, fresh(run), 0).apply(reset).state_dict() for _ in range(30)]
    for name, weight in ours.items():
        widest = max(one[name].abs().max().item() for one in theirs)
        assert weight.abs().max().item() == pytest.approx(widest, rel=0.05), name
        assert not torch.equal(weight[0], weight[1]), name


def reset(module: nn.Module) -> None:
    """Resets a module to PyTorch's own initial weights."""
    if isinstance(module, nn.Linear | nn.Conv2d):
        module.reset_parameters()


# --- Plain training ------------------------------------------------------------------------------------------------


def by_hand(run: Run, start: Theta, seed: int) -> nn.Sequential:
    """Trains the run's stages for one seed with plain modules and torch.optim.Adam, without cached features."""
    module = filled(run, start, seed)
    layers = [name for name, part in module.named_children() if list(part.parameters())]
    pool = worlds.load(run.task).train(run.task, range(run.seeds))
    for number, stage in enumerate(run.stages):
        trained = {"full": len(layers), "probe": 1, "last_k": stage.size}[stage.method]
        for k, name in enumerate(layers):
            module.get_submodule(name).requires_grad_(k >= len(layers) - trained)
        groups = [
            {"params": list(module.get_submodule(name).parameters()), "lr": stage.rate / stage.decay**above}
            for above, name in enumerate(reversed(layers[-trained:]))
        ]
        adam = torch.optim.Adam(groups, fused=False, foreach=False)
        order = orders(pool.size, stage, rngs("order", range(run.seeds), number))
        for step in range(stage.steps):
            x, y = pool.take(order[:, step * stage.batch : (step + 1) * stage.batch])
            adam.zero_grad()
            F.cross_entropy(module(x[seed]), y[seed]).backward()
            adam.step()
    return module


def start_of(run: Run, ancestors: dict[Run, Theta]) -> Theta:
    net = nets.load(run.net, worlds.load(run.task).classes(run.task))
    return initial_weights(run, net, ancestors, run.seed_range)


def assert_same(theta: Theta, seed: int, module: nn.Module, tolerance: float) -> None:
    for name, parameter in module.named_parameters():
        assert torch.allclose(as_plain(theta[name][seed]), parameter, atol=tolerance), name


def test_adam_agrees_with_pytorch_in_any_layout() -> None:
    """The memory layout of a gradient does not matter."""
    rng = torch.Generator().manual_seed(0)
    shapes, rates = [(3, 4), (4, 3), (5,)], [1e-2, 1e-3, 1e-2]
    mine = [torch.randn(shape, generator=rng) for shape in shapes]
    theirs = [nn.Parameter(one.clone()) for one in mine]
    plain = torch.optim.Adam([{"params": [one], "lr": rate} for one, rate in zip(theirs, rates)], foreach=False)
    adam = Adam(mine, rates)
    for _ in range(4):
        slopes = [torch.randn(shape[::-1], generator=rng).T for shape in shapes[:2]] + [torch.randn(5, generator=rng)]
        for one, slope in zip(theirs, slopes):
            one.grad = slope.clone()
        plain.step()
        adam.step(slopes)
    before = [one.clone() for one in mine]
    adam.step(slopes, share=0)
    assert all(map(torch.equal, before, mine))
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(mine, theirs))


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("decay", [1.0, 2.5])
def test_one_step_is_one_step_of_plain_adam(decay: float) -> None:
    run = replace(ARMS, stages=(Stage(steps=1, batch=16, rate=1e-2, decay=decay),))
    theta = outcome(run)[1]
    for seed in range(run.seeds):
        assert_same(theta, seed, by_hand(run, start_of(run, {}), seed), 1e-10)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize(
    "stages",
    [
        SHORT,
        (Stage(method="probe", steps=30, batch=16, rate=1e-2),),
        (Stage(method="last_k", size=2, steps=12, batch=16, rate=1e-2),),
        RECIPE,
    ],
    ids=["full", "probe", "last two", "probe then full"],
)
def test_a_run_learns_what_plain_pytorch_learns(stages: tuple[Stage, ...]) -> None:
    run = replace(CHILD, stages=stages)
    ancestors = family(run)
    points, theta = outcome(run, ancestors)
    for seed in range(run.seeds):
        module = by_hand(run, start_of(run, ancestors), seed)
        assert_same(theta, seed, module, 1e-8)
        x, y = worlds.load(run.task).test(run.task)
        accuracy = (module(x).argmax(1) == y).double().mean().item()
        assert points[-1].accuracy["0"][seed] == pytest.approx(accuracy, abs=1e-4)


def test_a_convolutional_run_learns_what_plain_pytorch_learns() -> None:
    run = replace(DIGITS, start=DIGITS, stages=RECIPE)
    ancestors = family(run)
    theta = outcome(run, ancestors)[1]
    for seed in range(run.seeds):
        assert_same(theta, seed, by_hand(run, start_of(run, ancestors), seed), 2e-3)


# --- What a run promises -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
def test_training_twice_is_training_once(run: Run) -> None:
    points, theta = outcome(run)
    again, theta_again = outcome(run)
    assert points == again
    assert all(torch.equal(theta[name], theta_again[name]) for name in theta)


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
def test_seeds_train_together_as_alone(run: Run) -> None:
    points, theta = outcome(run)
    for seed in range(run.seeds):
        alone, theta_alone = outcome(replace(run, seeds=1, first_seed=seed))
        for name in theta:
            assert torch.allclose(theta[name][seed], theta_alone[name][0], atol=1e-3), name
        for both, one in zip(points, alone, strict=True):
            assert both.accuracy["0"][seed] == pytest.approx(one.accuracy["0"][0], abs=0.01)
            assert (both.step, both.flops) == (one.step, one.flops)


def test_learning_from_scratch_beats_guessing() -> None:
    points, _ = outcome(replace(ARMS, task=Plane(), stages=(Stage(steps=400, batch=64, rate=1e-2),)))
    assert min(points[-1].accuracy["0"]) > 0.7
    assert max(points[0].accuracy["0"]) < 0.4


@pytest.mark.parametrize(
    ("stage", "frozen"),
    [
        (Stage(method="probe", steps=5), {"hidden1", "hidden2", "hidden3"}),
        (Stage(method="last_k", size=1, steps=5), {"hidden1", "hidden2", "hidden3"}),
        (Stage(method="last_k", size=3, steps=5), {"hidden1"}),
        (Stage(method="last_k", size=64, steps=5), set()),
        (Stage(method="full", steps=5), set()),
    ],
    ids=["probe", "last layer", "last three", "more than there are", "full"],
)
def test_frozen_weights_stay_and_others_move(stage: Stage, frozen: set[str]) -> None:
    run = replace(CHILD, stages=(stage,))
    ancestors = family(run)
    start, theta = start_of(run, ancestors), outcome(run, ancestors)[1]
    for name in theta:
        assert torch.equal(theta[name], start[name]) == (nets.layer_of(name) in frozen), name


def test_start_gives_backbone_and_new_head() -> None:
    run = CHILD
    ancestors = family(run)
    start, learned, scratch = start_of(run, ancestors), ancestors[ARMS], start_of(replace(run, start=None), {})
    for name in start:
        assert torch.equal(start[name], scratch[name] if nets.layer_of(name) == "head" else learned[name])


def test_head_continues_for_the_same_question() -> None:
    run = replace(ARMS, task=Plane(labels=30, turn=40), start=ARMS, watch=(ARMS.task,))
    ancestors = family(run)
    start, learned = start_of(run, ancestors), ancestors[ARMS]
    assert all(torch.equal(start[name], learned[name]) for name in start)
    # Both tasks are answered through the one head that now moves.
    points, theta = outcome(run, ancestors)
    assert points[0].accuracy["1"] == outcome(ARMS)[0][-1].accuracy["0"]
    assert not torch.equal(theta["head.weight"], learned["head.weight"])
    x, y = worlds.load(ARMS.task).test(ARMS.task)
    for seed in range(run.seeds):
        right = (filled(run, theta, seed)(x).argmax(1) == y).double().mean().item()
        assert points[-1].accuracy["1"][seed] == pytest.approx(right, abs=1e-4)


def test_only_the_copied_layers_come_from_the_start() -> None:
    run = replace(ARMS, task=Plane(labels=30, turn=40), start=ARMS, copied=2)
    ancestors = family(run)
    start, fresh, learned = start_of(run, ancestors), start_of(replace(run, start=None, copied=0), {}), ancestors[ARMS]
    for name, weight in start.items():
        assert torch.equal(weight, (learned if nets.layer_of(name) in ("hidden1", "hidden2") else fresh)[name])


def test_scrambled_weights_keep_values_not_places() -> None:
    run = replace(CHILD, start=replace(ARMS, seeds=1), copied=2, scrambled=True)
    ancestors = family(run)
    start, learned = start_of(run, ancestors), ancestors[replace(ARMS, seeds=1)]
    fresh = start_of(replace(run, start=None, copied=0, scrambled=False), {})
    for name, weight in start.items():
        if nets.layer_of(name) in ("hidden1", "hidden2"):
            assert not torch.equal(weight[0], learned[name][0]) and not torch.equal(weight[0], weight[1])
            for one in weight:
                assert torch.equal(one.flatten().sort().values, learned[name][0].flatten().sort().values)
        else:
            assert torch.equal(weight, fresh[name])


def test_frames_cover_first_to_last_step() -> None:
    """The frames hold the weights of the first seed."""
    run = replace(ARMS, frames=5)
    events = list(train(run, {}))
    frames = [event for event in events if isinstance(event, Frame)]
    done = next(event for event in events if isinstance(event, Done))
    assert [frame.step for frame in frames] == sorted({frame.step for frame in frames})
    assert (frames[0].step, frames[-1].step, len(frames)) == (0, run.steps, 5)
    for name, weight in done.theta.items():
        assert torch.equal(frames[-1].theta[name], weight[:1])
        assert torch.equal(frames[0].theta[name], start_of(run, {})[name][:1])
    assert not any(isinstance(event, Frame) for event in train(ARMS, {}))


@pytest.mark.parametrize("step", [4, 9, 13, 16])
def test_moment_has_the_runs_weights_and_tests(step: int) -> None:
    """Moments are in and between stages and at the end, also where the rate is annealed."""
    stages = tuple(replace(stage, anneal=True) for stage in RECIPE)
    run = replace(CHILD, stages=stages, watch=(ARMS.task,), frames=16)
    ancestors = family(run)
    events = list(train(run, ancestors))
    there = {event.step: event.theta for event in events if isinstance(event, Frame)}
    points, theta = outcome(run.moment(step), ancestors)
    for name, weight in there[step].items():
        assert torch.equal(weight, theta[name][:1]), name
    assert points[-1].step == step == run.moment(step).steps
    as_they_were = {event.step: event for event in events if isinstance(event, Point)}
    for point in points[:-1]:
        was = as_they_were[point.step]
        assert (point.accuracy["0"], point.loss, point.flops) == (was.accuracy["0"], was.loss, was.flops)


def test_two_futures_begin_at_the_same_moment() -> None:
    past = replace(CHILD, watch=(ARMS.task,))
    ancestors = family(past)
    moment = past.moment(12)
    ancestors[moment] = outcome(moment, ancestors)[1]
    on = replace(past, start=moment, stages=(Stage(steps=5, rate=1e-2),))
    gentle = replace(on, stages=(Stage(method="probe", steps=5, rate=1e-2),))
    (one, _), (other, _) = outcome(on, ancestors), outcome(gentle, ancestors)
    (before, _) = outcome(replace(past, until=12), ancestors)
    assert one[0].accuracy == other[0].accuracy == before[-1].accuracy
    assert one[-1].accuracy["1"] != other[-1].accuracy["1"] == other[0].accuracy["1"]


def test_one_backbone_serves_every_seed() -> None:
    parent = replace(ARMS, seeds=1)
    run = replace(CHILD, start=parent, seeds=3, stages=(Stage(method="probe", steps=3),))
    theta, learned = outcome(run, family(run))[1], family(run)[parent]
    assert theta["head.weight"].shape[0] == 3
    for name, weight in learned.items():
        if nets.layer_of(name) != "head":
            assert torch.equal(theta[name], weight.expand(3, *weight.shape[1:]))


def test_a_watched_task_begins_where_its_ancestor_ended() -> None:
    elsewhere = Plane(turn=20)
    run = replace(CHILD, watch=(ARMS.task, elsewhere), stages=(Stage(steps=40, rate=1e-2),))
    ancestors = family(run)
    points, theta = outcome(run, ancestors)
    parent = outcome(ARMS)[0][-1]
    assert points[0].accuracy["1"] == parent.accuracy["0"]
    for position, task in (("1", ARMS.task), ("2", elsewhere)):
        for seed in range(run.seeds):
            learned = {name: w for name, w in ancestors[ARMS].items() if nets.layer_of(name) == "head"}
            module = filled(ARMS, theta | learned, seed)
            x, y = worlds.load(task).test(task)
            accuracy = (module(x).argmax(1) == y).float().mean().item()
            assert points[-1].accuracy[position][seed] == pytest.approx(accuracy, abs=1e-3)
    assert points[-1].accuracy["1"] != points[0].accuracy["1"]


def test_a_probe_forgets_nothing() -> None:
    run = replace(CHILD, watch=(ARMS.task,), stages=(Stage(method="probe", steps=40, rate=1e-2),))
    points, _ = outcome(run, family(run))
    assert all(point.accuracy["1"] == points[0].accuracy["1"] for point in points)
    assert points[-1].accuracy["0"] != points[0].accuracy["0"]


def test_stages_follow_each_other_without_a_jump() -> None:
    run = CHILD
    points, _ = outcome(run, family(run))
    alone, _ = outcome(replace(run, stages=RECIPE[:1]), family(run))
    seam = next(point for point in points if point.stage == "full")
    assert [point.step for point in points] == sorted({point.step for point in points})
    assert points[-1].step == run.steps == 16
    assert seam.step >= 9 > max(point.step for point in points if point.stage == "probe")
    assert points[0].accuracy == alone[0].accuracy


def test_idle_second_stage_keeps_what_was_learned() -> None:
    first = replace(CHILD, stages=(Stage(method="last_k", size=2, steps=20, rate=1e-2),))
    both = replace(first, stages=(*first.stages, Stage(steps=1, rate=1e-6)))
    one, two = outcome(first, family(first))[1], outcome(both, family(both))[1]
    for name in one:
        assert torch.allclose(one[name], two[name], atol=1e-5), name


@pytest.mark.parametrize("steps", [1, 2, 12, 300, 20_000])
def test_tests_are_dense_early_and_never_rare(steps: int) -> None:
    marks = Run(task=Plane(), net="mlp", stages=(Stage(steps=steps, batch=1),), seeds=1).tests
    gaps = [b - a for a, b in pairwise(marks)]
    assert marks[0] == 0 and marks[-1] == steps
    assert min(gaps) >= 1 and max(gaps) <= steps / 10 + 1
    assert len(marks) <= 60


def test_every_example_is_seen_once_per_pass() -> None:
    order = orders(10, Stage(steps=5, batch=5), rngs("order", range(3), 0))
    assert order.shape == (3, 25)
    for row in order:
        assert sorted(row[:10].tolist()) == sorted(row[10:20].tolist()) == list(range(10))
    assert not torch.equal(order[0, 10:], order[1, 10:])


# --- Methods -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("net", module_names("nets"))
@pytest.mark.parametrize("method", module_names("adapt"))
def test_a_method_begins_at_its_start(method: str, net: str) -> None:
    *layers, head = nets.load(net, 10).items()
    start = nets.fresh(dict([*layers[:5], head]), rngs("weights", range(2), 0))  # the real nets have many more
    how = adapt.load(method)
    phi = how.phi(start, 4, rngs("phi", range(2), 0))
    theta = adapt.apply_delta(start, how.delta(start, phi))
    assert phi and all(len(part) == 2 for part in phi.values())
    assert theta.keys() >= start.keys()
    for name, weight in start.items():
        assert torch.equal(theta[name], weight), name


@pytest.mark.parametrize("method", module_names("adapt"))
def test_a_method_learns(method: str) -> None:
    run = replace(CHILD, stages=(Stage(method=method, size=4, steps=60, rate=1e-2),))
    points, _ = outcome(run, family(run))
    first, last = points[1].loss, points[-1].loss
    assert all(b is not None and a is not None and b < a for a, b in zip(first, last))


# --- Cost ----------------------------------------------------------------------------------------------------------


def counted(run: Run, trained: int) -> int:
    """Returns the operations of one plain training step that moves the last layers, as PyTorch counts them."""
    module = filled(run, fresh(run), 0)
    layers = [part for part in module.children() if list(part.parameters())]
    for k, layer in enumerate(layers):
        layer.requires_grad_(k >= len(layers) - trained)
    x, y = first_batch(run)
    with FlopCounterMode(display=False) as counter:
        F.cross_entropy(module(x[0]), y[0]).backward()
    return int(counter.get_total_flops())


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
@pytest.mark.parametrize(("method", "trained"), [("full", 4), ("probe", 1), ("last_k", 2), ("last_k", 3)])
def test_step_cost_agrees_with_pytorch(run: Run, method: str, trained: int) -> None:
    one = replace(run, seeds=1, stages=(Stage(method=method, size=trained, steps=1, batch=16),))
    points, _ = outcome(one)
    assert points[-1].flops == counted(one, trained)


def test_cost_is_per_seed_and_adds_up() -> None:
    price, rest = outcome(replace(ARMS, stages=(Stage(steps=1, batch=16),)))[0][-1].flops, outcome(ARMS)[0]
    assert [point.flops for point in rest] == [price * point.step for point in rest]


def test_the_first_layer_that_moves_is_found() -> None:
    net = nets.load("mlp", 2)
    theta: Theta = fresh(ARMS)
    assert first_trained_layer(net, theta) == 0
    assert first_trained_layer(net, {"head.bias": theta["head.bias"]}) == 3
    example, head = torch.zeros(2, 1, 2), [name for name in theta if name.startswith("head")]
    assert nets.step_flops(net, theta, example, head) < nets.step_flops(net, theta, example, list(theta))


# --- The test of a task --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [ARMS, DIGITS], ids=["mlp", "conv"])
def test_evaluation_on_cached_features_agrees(run: Run) -> None:
    """The evaluator itself does not change."""
    net = nets.load(run.net, worlds.load(run.task).classes(run.task))
    evaluator, theta = Evaluator.for_task(run, run.task, net, {}), fresh(run)
    frozen = evaluator.frozen(theta, 2)
    assert torch.allclose(frozen.answers(theta), evaluator.answers(theta), atol=1e-5)
    assert frozen.score(theta) == evaluator.score(theta)
    other = {name: weight + 1 if nets.layer_of(name) == next(iter(net)) else weight for name, weight in theta.items()}
    assert torch.equal(frozen.answers(other), frozen.answers(theta))  # its first layers are done with
    assert not torch.equal(evaluator.answers(other), evaluator.answers(theta))
    assert frozen.frozen(other, 1).frozen(theta, 2).score(theta) == evaluator.score(theta)  # a later stage begins anew
    with pytest.raises(FrozenInstanceError):
        evaluator.y = evaluator.y[:3]  # type: ignore[misc]


def test_run_records_its_test_loss_if_asked() -> None:
    run = replace(ARMS, nats=True)
    net = nets.load(run.net, worlds.load(run.task).classes(run.task))
    evaluator, theta = Evaluator.for_task(run, run.task, net, {}), fresh(run)
    told, answers = evaluator.report(theta), evaluator.answers(theta)
    plain = [float(torch.nn.functional.cross_entropy(each, evaluator.y)) for each in answers]
    assert told["nats"] == pytest.approx(plain, abs=1e-4) and told["accuracy"] == evaluator.score(theta)
    assert "nats" not in Evaluator.for_task(ARMS, ARMS.task, net, {}).report(theta)
    assert digest(replace(ARMS, nats=False)) == digest(ARMS) == digest(run.moment(ARMS.steps))


def test_subset_of_evaluation_has_every_class() -> None:
    net = nets.load(DIGITS.net, 10)
    evaluator, theta = Evaluator.for_task(DIGITS, DIGITS.task, net, {}), fresh(DIGITS)
    part = evaluator.subset(50)
    assert torch.bincount(part.y).tolist() == [5] * 10
    assert part.answers(theta).shape == (2, 50, 10)
    right = (part.answers(theta).argmax(-1) == part.y).float().mean(1)
    assert part.score(theta) == pytest.approx(right.tolist())


@pytest.mark.parametrize(
    ("net", "task", "seeds", "chunk"),
    [
        ("conv", Handwriting(), 8, 32),
        ("conv", Handwriting(), 1, 256),
        ("transformer", Text(), 2, 4),
        ("writer", GuestBook(), 8, 32),
    ],
)
def test_chunks_shrink_with_answers_per_example(net: str, task: Task, seeds: int, chunk: int) -> None:
    run = Run(task=task, net=net, seeds=seeds)
    evaluator = Evaluator.for_task(run, task, nets.load(net, worlds.load(task).classes(task)), {})
    assert evaluator.chunk == chunk
    assert all(len(part) == seeds and part.shape[1] <= chunk for part in evaluator.chunks())


def test_no_long_stretch_passes_without_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(task=Plane(labels=5), net="mlp", stages=(Stage(steps=200, batch=4),), seeds=1)
    gaps = []
    for operations in (5e9, 1.0):
        monkeypatch.setattr("core.training.report.QUIET", (20, operations))
        heard = [event.step for event in train(run, {}) if isinstance(event, Point | Tick)]
        gaps.append(max(b - a for a, b in pairwise(heard)))
    assert 10 < gaps[0] <= 20 and gaps[1] == 1  # where a step takes long, every step says that it was made
