"""Protection of old tasks: every method against sums worked by hand, and against the same run without it."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from core import keep, nets, worlds
from core.experiment.checks import module_names
from core.experiment.spec import Keep, Run, Stage
from core.experiment.tasks import Handwriting, Instructions, Plane, Text
from core.keep import Penalty, TaskMemory, lwf
from core.keep.ewc import fisher, sampled
from core.keep.lwf import SOFT
from core.nets import Linear, Net, Theta
from core.training.start import initial_weights, protection, rngs
from tests.test_train import DIGITS, outcome
from tests.test_train import family as trained

ROOT = Path(__file__).resolve().parent.parent
EACH = pytest.mark.parametrize("method", module_names("keep"))
SHORT = (Stage(steps=15, batch=8, rate=1e-2),)
ARMS = Run(task=Plane(labels=30), net="mlp", stages=(Stage(steps=60, batch=16, rate=1e-2),), seeds=2)
TURNED = Run(task=Plane(labels=30, turn=40), net="mlp", start=ARMS, stages=SHORT, seeds=2, watch=(ARMS.task,))
COLOURS = replace(TURNED, task=Plane(labels=30, ask="colour"))  # a head of its own; that of the arms is kept
AGAIN = replace(TURNED, task=Plane(labels=30, turn=80), start=TURNED)


@cache
def family(run: Run) -> dict[Run, Theta]:
    """Returns the weights of all runs that a run starts from, trained once for all tests."""
    return trained(run)


def prepared(run: Run, method: str, strength: float = 3.0, count: int = 5) -> tuple[Penalty, Theta, list[TaskMemory]]:
    """Returns one method's penalty for a run, the weights the run begins with, and the tasks it protects."""
    ancestors = family(run)
    start = initial_weights(run, net_of(run), ancestors, range(run.seeds))
    run = replace(run, keep=(Keep(method=method, strength=strength, count=count),))
    return protection(run, start, ancestors)[0], start, keep.old_tasks(run, ancestors)


def net_of(run: Run) -> Net:
    return nets.load(run.net, {"arm": 6, "colour": 2}[run.task.ask] if isinstance(run.task, Plane) else 10)


def moved_from(start: Theta) -> Theta:
    rng = torch.Generator().manual_seed(5)
    return {name: weight + 0.1 * torch.randn(weight.shape, generator=rng) for name, weight in start.items()}


def asked(penalty: Penalty, run: Run, theta: Theta, x: Tensor) -> Tensor:
    return penalty.value(theta, x, nets.forward(net_of(run), theta, x, end=-1))


X = torch.randn(2, 8, 2, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("run", [TURNED, COLOURS, AGAIN], ids=["one head", "two heads", "third task"])
@pytest.mark.parametrize("method", [name for name in module_names("keep") if name != "replay"])
def test_penalty_is_zero_only_at_the_start(method: str, run: Run) -> None:
    penalty, start, _ = prepared(run, method)
    assert torch.allclose(asked(penalty, run, start, X), torch.zeros(2), atol=1e-6)
    assert (asked(penalty, run, moved_from(start), X) > 1e-3).all()


@pytest.mark.parametrize("run", [TURNED, COLOURS, AGAIN], ids=["one head", "two heads", "third task"])
def test_replay_is_the_loss_on_the_old_examples(run: Run) -> None:
    penalty, start, past = prepared(run, "replay")
    theta, said = moved_from(start), torch.zeros(2)
    for _ in range(2):  # every step draws anew
        said = asked(penalty, run, theta, X)
    draws = rngs("keep", range(2), 0)
    for seed, rng in enumerate(draws):
        for _ in range(2):
            total = 0.0
            for one in past:
                old, truth = one.examples(5)
                pick = torch.randint(truth.shape[1], (8,), generator=rng)
                mine = {name: weight[seed] for name, weight in (theta | one.head).items()}
                x = old[seed, pick]
                for layer in ("hidden1", "hidden2", "hidden3"):
                    x = (x @ mine[f"{layer}.weight"] + mine[f"{layer}.bias"]).relu()
                logits = x @ mine["head.weight"] + mine["head.bias"]
                total += F.cross_entropy(logits, truth[seed, pick]).item()
        assert said[seed].item() == pytest.approx(3.0 * total, rel=1e-4)


def test_replay_keeps_learned_examples_of_every_class() -> None:
    """Replay keeps the same number of examples of every class."""
    first = replace(DIGITS, task=Handwriting(labels=4), stages=SHORT)
    one = prepared(replace(first, start=first, task=Handwriting(turn=20, labels=4)), "replay")[2][0]
    x, y = one.examples(2)
    assert [torch.bincount(row).tolist() for row in y] == [[2] * 10] * 2
    from core.worlds import handwriting

    known = handwriting.train(first.task, range(2)).x
    for seed in range(2):
        for image in x[seed]:
            assert (known[seed] == image).flatten(1).all(1).any()
    assert one.examples(50)[0].shape[1] == 40  # it never had more


# --- Anchors -------------------------------------------------------------------------------------------------------


def test_fisher_information_of_logistic_regression_is_known() -> None:
    """For logits x W the expected square of d log p / d W[i, k] is x[i]^2 p[k] (1 - p[k])."""
    net: Net = {"head": Linear(3, 2, relu=False)}
    weight = torch.tensor([[0.5, -0.5], [1.0, 0.2], [-0.3, 0.1]]).expand(2, 3, 2)
    theta = {"head.weight": weight, "head.bias": torch.zeros(2, 1, 2)}
    points = torch.tensor([[1.0, 2.0, -1.0], [0.5, -1.0, 0.3], [-2.0, 0.1, 1.0]])
    x = points.repeat(4000, 1).expand(2, -1, -1)
    found = fisher(net, theta, x, torch.zeros(x.shape[:2]), sampled(rngs("fisher", range(2), 0)))
    p = (points @ weight[0]).softmax(1)
    expected = torch.einsum("ni,nk->ik", points.square(), p * (1 - p)) / 3
    bias = (p * (1 - p)).mean(0)
    for seed in range(2):
        assert torch.allclose(found["head.weight"][seed], expected, rtol=0.06)
        assert torch.allclose(found["head.bias"][seed][0], bias, rtol=0.06)
    assert not torch.equal(found["head.weight"][0], found["head.weight"][1])  # each seed samples answers of its own


@pytest.mark.parametrize("name", ["conv", "mlp_image"])
def test_fisher_information_is_mean_squared_gradient(name: str) -> None:
    """The gradients are those of single examples."""
    net = nets.load(name, 10)
    theta = nets.fresh(net, rngs("weights", range(2), 0))
    x = torch.rand(2, 21, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    found = fisher(net, theta, x, torch.zeros(x.shape[:2]), sampled(rngs("fisher", range(2), 0)))
    for seed, rng in enumerate(rngs("fisher", range(2), 0)):
        mine = {n: w[seed : seed + 1].clone().requires_grad_() for n, w in theta.items()}
        total = {n: torch.zeros_like(w) for n, w in mine.items()}
        logits = nets.forward(net, mine, x[seed][None])[0]
        parts = [torch.multinomial(p, 1, generator=rng) for p in logits.detach().softmax(-1).split(16)]
        for row, answer in zip(logits, torch.cat(parts).flatten()):
            gradients = torch.autograd.grad(row.log_softmax(-1)[answer], list(mine.values()), retain_graph=True)
            for n, gradient in zip(mine, gradients):
                total[n] += gradient.square() / 21
        for n in mine:
            assert total[n].max() > 0
            assert torch.allclose(found[n][seed], total[n][0], rtol=1e-3, atol=1e-9), n


def test_l2_sp_is_half_the_squared_distance() -> None:
    penalty, start, _ = prepared(TURNED, "l2_sp", strength=3.0)
    theta = {name: weight + 2.0 for name, weight in start.items()}
    weights = sum(weight[0].numel() for weight in start.values())
    assert asked(penalty, TURNED, theta, X).tolist() == pytest.approx([3.0 / 2 * 4 * weights] * 2)
    assert penalty.numbers == weights


def test_ewc_weighs_distances_by_all_old_tasks() -> None:
    """Each squared distance is weighed by the information of every old task."""
    penalty, start, past = prepared(AGAIN, "ewc", strength=3.0)
    theta, draws, by_hand = moved_from(start), rngs("keep", range(2), 0), torch.zeros(2)
    assert [one.task for one in past] == [TURNED.task, ARMS.task]
    for one in past:
        for name, information in fisher(one.net, one.theta, *one.examples(5), sampled(draws)).items():
            by_hand += 1.5 * (information * (theta[name] - start[name]) ** 2).flatten(1).sum(1)
    assert torch.allclose(asked(penalty, AGAIN, theta, X), by_hand, rtol=1e-4)


@pytest.mark.parametrize("method", ["ewc", "l2_sp"])
def test_new_head_is_held_by_nothing(method: str) -> None:
    for run, free in ((COLOURS, True), (TURNED, False)):
        penalty, start, _ = prepared(run, method)
        theta = start | {name: start[name] + 1 for name in ("head.weight", "head.bias")}
        assert (asked(penalty, run, theta, X) == 0).all() == free


def test_continued_run_protects_only_earlier_tasks() -> None:
    """A run that continues in the middle of a task protects the tasks before it."""
    on = replace(TURNED, start=TURNED.moment(7))
    assert [old.task for old in keep.old_tasks(on, family(on))] == [ARMS.task]
    other = replace(on, task=AGAIN.task)
    assert [old.task for old in keep.old_tasks(other, family(other))] == [TURNED.task, ARMS.task]
    more = replace(TURNED, task=ARMS.task)  # the same task once more, from its end: what was learned then is protected
    assert [old.task for old in keep.old_tasks(more, family(more))] == [ARMS.task]
    assert keep.old_tasks(more, family(more))[0].new_example.shape == (2, 1, 2)


def test_lwf_compares_softened_answers_of_the_old_head() -> None:
    penalty, start, past = prepared(COLOURS, "lwf", strength=3.0)
    theta, (old,) = moved_from(start), past
    for seed in range(2):
        before, after = (
            {name: weight[seed : seed + 1] for name, weight in (one | old.head).items()} for one in (start, theta)
        )
        p, q = (nets.forward(old.net, one, X[seed][None])[0].div(SOFT).softmax(-1) for one in (before, after))
        divergence = (p * (p / q).log()).sum(1).mean()
        assert asked(penalty, COLOURS, theta, X)[seed].item() == pytest.approx(
            3.0 * SOFT**2 * divergence.item(), rel=1e-3
        )


def test_lwf_asks_each_old_head_once() -> None:
    alone, chained = prepared(TURNED, "lwf"), prepared(AGAIN, "lwf")
    assert len(chained[2]) == 2
    assert alone[0].flops == chained[0].flops


# --- In the loop ---------------------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("run", [TURNED, COLOURS, AGAIN], ids=["one head", "two heads", "third task"])
def test_a_penalty_that_weighs_nothing_changes_nothing(method: str, run: Run) -> None:
    ancestors = family(run)
    naive = outcome(run, ancestors)[1]
    theta = outcome(replace(run, keep=(Keep(method=method, strength=0.0),)), ancestors)[1]
    assert all(torch.allclose(theta[name], naive[name], atol=1e-6) for name in naive)


@EACH
@pytest.mark.parametrize("run", [TURNED, COLOURS], ids=["one head", "two heads"])
def test_seeds_are_protected_side_by_side_as_alone(method: str, run: Run) -> None:
    run = replace(run, keep=(Keep(method=method, strength=1.0, count=5),))
    ancestors = family(run)
    theta = outcome(run, ancestors)[1]
    for seed in range(2):
        before = replace(ARMS, seeds=1, first_seed=seed)
        alone = replace(run, seeds=1, first_seed=seed, start=before)
        start = {name: weight[seed : seed + 1] for name, weight in ancestors[ARMS].items()}
        theta_alone = outcome(alone, {before: start})[1]
        for name in theta:
            assert torch.allclose(theta[name][seed], theta_alone[name][0], atol=1e-3), name


@EACH
def test_protection_keeps_more_of_the_old_task(method: str) -> None:
    run = replace(COLOURS, stages=(Stage(steps=150, batch=16, rate=1e-2),))
    ancestors = family(run)
    strength = {"ewc": 100.0}.get(method, 1.0)
    naive, _ = outcome(run, ancestors)
    kept, _ = outcome(replace(run, keep=(Keep(method=method, strength=strength, count=20),)), ancestors)
    assert kept[0].accuracy == naive[0].accuracy
    assert sum(kept[-1].accuracy["1"]) / 2 > sum(naive[-1].accuracy["1"]) / 2 + 0.1


def test_ways_to_remember_can_be_used_together() -> None:
    both = replace(TURNED, keep=(Keep(method="replay"), Keep(method="l2_sp")))
    one = replace(TURNED, keep=(Keep(method="replay"),))
    assert not torch.equal(outcome(both, family(both))[1]["head.bias"], outcome(one, family(one))[1]["head.bias"])


def test_the_price_of_remembering_is_counted() -> None:
    naive = outcome(TURNED, family(TURNED))[0][-1].flops
    flops = {
        m: outcome(replace(TURNED, keep=(Keep(method=m, count=5),)), family(TURNED))[0] for m in module_names("keep")
    }
    assert flops["l2_sp"][-1].flops == naive
    assert flops["replay"][-1].flops == 2 * naive  # as many old examples as new ones, through the same net
    assert naive < flops["lwf"][-1].flops < 2 * naive
    once = flops["ewc"][0].flops
    assert once == naive / (15 * 8) * 5 * 6  # five examples of each of six arms
    assert flops["ewc"][-1].flops == naive + once


def test_what_must_be_kept_is_counted() -> None:
    weights = 2 * 64 + 64 + 2 * (64 * 64 + 64) + 64 * 6 + 6
    expected = {"replay": 5 * 6 * 2, "l2_sp": weights, "ewc": 2 * weights, "lwf": weights}
    assert {method: prepared(TURNED, method)[0].numbers for method in expected} == expected


READ = Run(task=Text(kilobytes=20), net="transformer", stages=(Stage(steps=3, batch=2),), seeds=2)
ANSWERS = Run(task=Instructions(examples=10), net="transformer", start=READ, stages=(Stage(steps=2, batch=3),), seeds=2)


def test_text_replay_uses_windows_of_equal_length() -> None:
    """Replayed windows are as long as the new ones."""
    run = replace(ANSWERS, keep=(Keep(method="replay", count=7, strength=2.0),))
    (one,) = keep.old_tasks(run, family(run))
    x, y = one.to_replay(7)
    new = worlds.load(run.task).test(run.task)[0]
    assert x.shape == y.shape == (2, 7, new.shape[1])
    assert torch.equal(x[..., 1:], y[..., :-1])  # what comes next
    assert not torch.equal(x[0], x[1])  # each seed keeps stretches of its own
    theta = one.theta
    surprise = F.cross_entropy(one.answers(theta, x[:, :1]).flatten(0, 2), y[:, :1].flatten(), reduction="none")
    assert torch.allclose(one.loss(theta, x[:, :1], y[:, :1]), surprise.view(2, -1).mean(1))
    penalty, start = protection(run, theta, family(run))[0], torch.zeros(2, 3, new.shape[1], dtype=torch.long)
    assert (penalty.value(theta, start, start) > 0).all() and penalty.flops > 0


@EACH
def test_every_way_to_remember_takes_text_as_well(method: str) -> None:
    run = replace(ANSWERS, keep=(Keep(method=method, count=2),))
    net = nets.load(run.net, worlds.load(run.task).classes(run.task))
    start = initial_weights(run, net, family(run), range(2))
    (penalty,) = protection(run, start, family(run))
    x = worlds.load(run.task).test(run.task)[0][:3].expand(2, -1, -1)
    theta = moved_from(start)
    lost = penalty.value(theta, x, nets.forward(net, theta, x, end=-1))
    assert lost.shape == (2,) and lost.isfinite().all() and (lost > 0).all()
    assert penalty.numbers > 0


# --- A world that nobody knew --------------------------------------------------------------------------------------

TOY_TASKS = '''


@dataclass(frozen=True, kw_only=True)
class Sides(Task):
    """Points; on which side of a line are they? Counted as a whole, not by class."""

    world: ClassVar[str] = "sides"
    examples: int = 60
    turn: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Heights(Sides):
    """How far from the line are they?"""

    world: ClassVar[str] = "heights"
'''
TOY_SIDES = """
import torch
from core.worlds import TrainingSet, generator

def classes(task): return 2

def some(task, n, rng):
    x, turn = torch.randn(n, 2, generator=rng), torch.tensor(task.turn)
    return x, x[:, 0] * turn.cos() + x[:, 1] * turn.sin() + 0.5 * torch.randn(n, generator=rng)

def answers(height): return (height > 0).long()

def train(task, seeds):
    drawn = [some(task, task.examples, generator("sides", seed)) for seed in seeds]
    return TrainingSet(torch.stack([x for x, _ in drawn]), answers(torch.stack([h for _, h in drawn])))

def test(task):
    x, height = some(task, 200, generator("sides test", 0))
    return x, answers(height)
"""
TOY_HEIGHTS = (
    TOY_SIDES.replace("return 2", "return 1").replace("(height > 0).long()", "height")
    + """
UNIT = "error"
def loss(answers, y): return (answers[..., 0] - y).square().mean(1)
def scores(answers, y): return (answers[..., 0] - y).square()
"""
)
TOY_RUNS = """
import json, sys
from dataclasses import replace
from core.experiment.checks import module_names
from core.experiment.spec import Keep, Run, Stage
from core.experiment.tasks import Heights, Sides
from core.training.report import Done, Point
from core.training.train import train
strong = {"ewc": 1e6}
for kind, unit in ((Sides, "accuracy"), (Heights, "error")):
    old = Run(task=kind(), net="mlp", stages=(Stage(steps=40, rate=1e-2),), seeds=2)
    known = {old: [e for e in train(old, {}) if isinstance(e, Done)][0].theta}
    new = replace(old, task=kind(turn=2.0), start=old, watch=(old.task,))
    for name in ("", *module_names("keep")):
        run = replace(new, keep=(Keep(method=name, strength=strong.get(name, 10), count=40),) if name else ())
        last = [e for e in train(run, known) if isinstance(e, Point)][-1]
        print(json.dumps([unit, name, sum(last.scores[unit]["1"]) / 2]))
"""


def test_every_method_takes_a_new_two_file_world(tmp_path: Path) -> None:
    """One new world has classes but no labels by class, the other has numbers and its own score."""
    shutil.copytree(ROOT / "core", tmp_path / "core", ignore=shutil.ignore_patterns("__pycache__"))
    tasks = tmp_path / "core" / "experiment" / "tasks.py"
    tasks.write_text(tasks.read_text("utf-8").replace("\n\ndef kinds(", TOY_TASKS + "\n\ndef kinds("), "utf-8")
    (tmp_path / "core" / "worlds" / "sides.py").write_text(TOY_SIDES)
    (tmp_path / "core" / "worlds" / "heights.py").write_text(TOY_HEIGHTS)
    said = subprocess.check_output([sys.executable, "-c", TOY_RUNS], cwd=tmp_path, text=True)
    found = {(unit, method): score for unit, method, score in map(json.loads, said.splitlines())}
    for method in module_names("keep"):
        assert found["accuracy", method] > found["accuracy", ""] + 0.05, found
        assert found["error", method] < 0.8 * found["error", ""], found


def test_second_head_costs_only_the_head() -> None:
    """Points (2) pass three layers of 64. The old task has six arms, the new one two colours."""
    body, arms = 2 * 64 + 2 * 64 * 64, 64 * 6
    once = {method: prepared(COLOURS, method)[0].flops for method in ("lwf", "replay")}
    assert once["lwf"] == 2 * (body + 3 * arms)  # the start's features; both its answers, and how the new ones may move
    assert once["replay"] == 2 * (3 * body - 2 * 64 + 2 * arms)  # the old head stays: its features' gradient alone


def test_number_answers_differ_by_mean_squared_difference() -> None:
    before, now = torch.zeros(2, 3, 2), torch.tensor([1.0, 2.0]).repeat(3)
    now = torch.stack([now, 2 * now]).view(2, 3, 2)
    assert lwf.between_numbers(before, now).tolist() == lwf.between_numbers(now, before).tolist() == [2.5, 10.0]
    assert lwf.between_numbers(now, now).tolist() == [0.0, 0.0]


def test_fisher_of_regression_is_squared_gradient() -> None:
    """For (w x + b - y)^2 it is (2 (w x + b - y) x)^2. Twenty examples are more than one chunk."""
    net: Net = {"head": Linear(1, 1, relu=False)}
    theta = {"head.weight": torch.tensor([[[3.0]], [[0.0]]]), "head.bias": torch.ones(2, 1, 1)}
    x, y = torch.ones(2, 20, 1), torch.full((2, 20), 2.0)
    x[:, 19], y[:, 19] = 2.0, 6.0

    def loss(answers: Tensor, y: Tensor) -> Tensor:
        return (answers[..., 0] - y).square().mean(1)

    found = fisher(net, theta, x, y, loss)
    # The first seed misses by 2 and, of the last example, by 1; the second by -1 and by -5.
    assert found["head.weight"].flatten().tolist() == pytest.approx([(19 * 16 + 16) / 20, (19 * 4 + 400) / 20])
    assert found["head.bias"].flatten().tolist() == pytest.approx([(19 * 16 + 4) / 20, (19 * 4 + 100) / 20])


def test_one_seeds_weights_serve_every_seed() -> None:
    one = {"head.weight": torch.tensor([[[1.0, 2.0]]])}
    assert keep.for_each_seed(one, 3)["head.weight"].tolist() == [[[1.0, 2.0]]] * 3


MIXED = replace(COLOURS, task=Plane(labels=30, turn=40, ask="colour"), start=COLOURS)  # the arms' head is kept


def test_ewc_holds_shared_heads_and_not_kept_ones() -> None:
    """A head that trains on is held by its own task. A head that is kept aside needs no penalty."""
    penalty, start, past = prepared(MIXED, "ewc", strength=3.0)
    theta, draws, by_hand = moved_from(start), rngs("keep", range(2), 0), torch.zeros(2)
    assert [sorted(one.head) for one in past] == [[], ["head.bias", "head.weight"]]
    for one in past:
        for name, information in fisher(one.net, one.theta | one.head, *one.examples(5), sampled(draws)).items():
            if name not in one.head:
                by_hand += 1.5 * (information * (theta[name] - start[name]) ** 2).flatten(1).sum(1)
    assert torch.allclose(asked(penalty, MIXED, theta, X), by_hand, rtol=1e-4)


def test_training_an_old_head_costs_a_gradient() -> None:
    """A head that trains on costs one gradient more than one that is kept aside."""
    body, arms, colours = 2 * 64 + 2 * 64 * 64, 64 * 6, 64 * 2
    assert prepared(TURNED, "lwf")[0].flops == 2 * (body + 4 * arms)
    assert prepared(MIXED, "lwf")[0].flops == 2 * (body + 4 * colours + 3 * arms)
    assert prepared(TURNED, "l2_sp")[0].flops == prepared(TURNED, "ewc")[0].flops == 0


def test_softened_answers_differ_by_known_divergence() -> None:
    """At a temperature of 2, logits of (0, 2 ln 3) are chances of 1/4 and 3/4, and (0, 0) are even."""
    logits = torch.tensor([[[0.0, 2 * math.log(3)]], [[0.0, 0.0]]])
    there, back = 0.25 * math.log(0.5) + 0.75 * math.log(1.5), 0.5 * math.log(2) + 0.5 * math.log(2 / 3)
    assert lwf.divergence(logits, logits.flip(0)).tolist() == pytest.approx([4 * there, 4 * back])


def test_no_more_text_is_replayed_than_there_is() -> None:
    run = replace(ANSWERS, keep=(Keep(method="replay"),))
    (one,) = keep.old_tasks(run, family(run))
    pool = worlds.load(READ.task).train(READ.task, range(2))
    x, _ = one.examples(pool.size + 3)
    assert torch.equal(x, pool.all_examples()[0])
