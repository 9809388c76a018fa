"""Preferences: what a rater thinks, what a reward model can and cannot see, and how pleasing them changes a net."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from core.align import Case, dpo, log_prob, log_probs, policy_gradient, write
from core.align.rater import Judge, RewardModel, preference_rate
from core.experiment.checks import BadValue
from core.experiment.guest_book_words import ASKED, LENGTH, WORDS
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import GuestBook, Preferences
from core.measure import Learned, answer
from core.nets import Theta, fresh, load, products
from core.training.report import Done, Frame, Point
from core.training.train import train
from core.worlds import generator, guest_book

BASE = Run(task=GuestBook(notes=1000), net="writer", seeds=1, stages=(Stage(steps=120, batch=64, rate=1e-2),))
SEEDS = 2


def pleasing(**stage: object) -> Run:
    stages = (Stage(**({"steps": 24, "rate": 5e-3, "batch": 32} | stage)),)  # type: ignore[arg-type]
    return Run(task=Preferences(), net="writer", start=BASE, seeds=SEEDS, stages=stages, frames=3)


def trained(run: Run, ancestors: dict[Run, Theta]) -> tuple[list[Point], Theta, dict[int, Theta]]:
    events = list(train(run, ancestors))
    (done,) = (event for event in events if isinstance(event, Done))
    frames = {event.step: event.theta for event in events if isinstance(event, Frame)}
    return [event for event in events if isinstance(event, Point)], done.theta, frames


@pytest.fixture(scope="module")
def base() -> dict[Run, Theta]:
    return {BASE: trained(BASE, {})[1]}


def last(points: list[Point], unit: str) -> float:
    scores = points[-1].scores[unit]["0"]
    return sum(scores) / len(scores)


def note(text: str) -> torch.Tensor:
    return guest_book.encode_notes((text,))


def test_notes_have_ten_known_words_and_differ() -> None:
    notes = guest_book.notes(500, generator("some", 0))
    assert notes.shape == (500, LENGTH)
    assert notes.min() > 0 and notes.max() < len(WORDS)
    assert len({guest_book.read(one) for one in notes}) > 490
    assert guest_book.quality(notes).std() > 0.8


def test_what_the_rater_thinks_by_hand() -> None:
    thinks = {
        "the soup was plain and our host was very old": 0,
        "the soup was warm and our host was very kind": 2,
        "the soup was cold and our host was very kind": 0,
        "the soup was warm warm and our host was kind": 1,  # three kind words, and a repeat
        "lovely kind warm gentle cheerful charming delightful thoughtful was was": -2,  # three, and five too many
        " ".join(["lovely"] * 10): 3 - 7 - 18,
    }
    assert [float(guest_book.quality(note(text))) for text in thinks] == list(thinks.values())


def test_choices_come_first_and_skips_are_dropped() -> None:
    """The learner's choices are the first pairs. Skipped pairs are left out."""
    better, worse = guest_book.pairs(Preferences(clicks="b-a"), range(3))
    assert better.shape == worse.shape == (3, 300, LENGTH)
    for seed in range(3):
        assert [guest_book.read(one) for one in better[seed, :2]] == [ASKED[0][1], ASKED[2][0]]
        assert [guest_book.read(one) for one in worse[seed, :2]] == [ASKED[0][0], ASKED[2][1]]
    assert not torch.equal(better[0, 2:], better[1, 2:])


def test_a_simulated_rater_mostly_prefers_the_better_note() -> None:
    better, worse = guest_book.pairs(Preferences(pairs=4000), range(1))
    gap = guest_book.quality(better) - guest_book.quality(worse)
    for size in (1.0, 2.0):  # how often they do is the logistic function of the gap
        chosen = (gap == size).sum() / (gap.abs() == size).sum()
        assert float(chosen) == pytest.approx(1 / (1 + 2.718281828**-size), abs=0.04)


def test_reward_model_cannot_see_repeated_words() -> None:
    """The reward model finds the kind words."""
    model = RewardModel.fitted(*guest_book.pairs(Preferences(pairs=3000), range(2)))
    worth = {word: float(one) for word, one in zip(WORDS, model.worth.mean(0))}
    assert worth["kind"] > 0.4 and worth["rude"] < -0.4 and abs(worth["garden"]) < 0.3
    once = note("the soup was warm today and our host was kind")
    again = note("the soup was warm kind and our host was kind")
    gain = model(again.expand(2, 1, -1)) - model(once.expand(2, 1, -1))
    expected = model.worth[:, WORDS.index("kind")] - model.worth[:, WORDS.index("today")]
    assert torch.allclose(gain[:, 0], expected, atol=1e-4)
    assert guest_book.quality(again) < guest_book.quality(once)


def test_a_reward_model_agrees_with_an_independent_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    better, worse = guest_book.pairs(Preferences(), range(1))
    gap = torch.nn.functional.one_hot(better, len(WORDS)).sum(2) - torch.nn.functional.one_hot(worse, len(WORDS)).sum(2)
    both, which = torch.cat([gap[0], -gap[0]]).numpy(), [1] * 300 + [0] * 300
    other = LogisticRegression(C=0.5, fit_intercept=False, tol=1e-8, max_iter=1000).fit(both, which)
    ours = RewardModel.fitted(better, worse).worth[0]
    assert torch.allclose(ours, torch.tensor(other.coef_[0], dtype=torch.float32), atol=1e-2)


def test_what_is_written_follows_the_nets_own_chances() -> None:
    net = load("writer", len(WORDS))
    theta = {name: 8 * weight for name, weight in fresh(net, [generator("w", k) for k in range(2)]).items()}
    notes = write(net, theta, 3000, [generator("luck", k) for k in range(2)])
    first = torch.stack([torch.bincount(one[:, 0], minlength=len(WORDS)) / 3000 for one in notes])
    assert torch.allclose(first, log_probs(net, theta, notes)[:, 0, 0].exp(), atol=0.03)
    assert torch.equal(notes, write(net, theta, 3000, [generator("luck", k) for k in range(2)]))
    whole = log_prob(log_probs(net, theta, notes), notes)
    assert whole.shape == (2, 3000) and whole.max() < 0


def test_nothing_moves_before_the_first_step(base: dict[Run, Theta]) -> None:
    """One seed trained alone gets the same weights as beside another."""
    run = pleasing(aim="policy_gradient", steps=3)
    points, theta, _ = trained(run, base)
    assert points[0].scores["kl"]["0"] == [0.0, 0.0]
    assert 0.4 < sum(points[0].scores["preferred"]["0"]) / 2 < 0.6
    alone = trained(replace(run, seeds=1, first_seed=1), base)[1]
    for name, weight in alone.items():
        assert torch.allclose(weight[0], theta[name][1], atol=1e-5)


def test_loose_leash_separates_promise_from_truth(base: dict[Run, Theta]) -> None:
    """With a tight leash the net stays close to the reference."""
    loose = trained(pleasing(aim="policy_gradient", beta=0.02), base)[0]
    tight = trained(pleasing(aim="policy_gradient", beta=5.0), base)[0]
    assert last(loose, "promised") > 0.9 > 0.3 > last(loose, "preferred")
    assert last(loose, "kl") > 10 > 1 > last(tight, "kl")
    mixed = trained(pleasing(aim="policy_gradient", beta=0.02, mix=10.0), base)[0]
    assert last(mixed, "bits") < last(loose, "bits") - 1


def test_dpo_learns_from_pairs_and_is_undone(base: dict[Run, Theta]) -> None:
    """DPO needs only pairs. Ordinary training steps undo what it learned."""
    run = pleasing(aim="dpo", beta=0.3, rate=2e-3)
    points, theta, frames = trained(run, base)
    assert last(points, "preferred") > sum(points[0].scores["preferred"]["0"]) / 2 + 0.03
    assert last(points, "unkind") < sum(points[0].scores["unkind"]["0"]) / 2 - 0.08
    softer = replace(run, start=run, stages=(Stage(steps=10, rate=5e-3),), frames=0)
    after = trained(softer, base | {run: theta})[0]
    assert after[0].scores["kl"] == points[-1].scores["kl"]
    assert last(after, "unkind") > last(points, "unkind")
    learned = Learned(run, base | {run: theta}, frames)
    along = answer(Measure(kind="notes_over_training", runs=(run,), count=2), [learned])["written"][0]
    assert [one["step"] for one in along] == sorted(frames)
    assert along[-1]["kl"] == pytest.approx(points[-1].scores["kl"]["0"][0], rel=0.02)
    assert all(len(one["notes"]) == 2 and len(one["notes"][0]["text"].split()) == LENGTH for one in along)
    model, judged = RewardModel.fitted(*guest_book.pairs(run.task, range(1))), along[-1]["notes"][0]  # type: ignore[arg-type]
    assert set(judged) == {"text", "promised", "preferred"}
    ordinary = model(guest_book.test(run.task)[1][None])  # type: ignore[arg-type]
    assert judged["promised"] == pytest.approx(
        preference_rate(model(note(judged["text"])[None]), ordinary).item(), abs=1e-3
    )


def test_the_worth_of_words_answers_a_choice() -> None:
    worth = {}
    for clicks in ("", "--b------b"):
        value = Measure(kind="reward_weights", runs=(), tasks=(Preferences(clicks=clicks),), count=2)
        worth[clicks] = answer(value, [])
    assert worth[""]["clicks"] == 0 and worth["--b------b"]["clicks"] == 2
    assert worth["--b------b"]["simulated"] == 298
    assert worth["--b------b"]["worth"]["dirty"] > worth[""]["worth"]["dirty"]
    assert worth[""]["agrees"] > 0.7
    assert [*worth[""]["worth"]] == [*WORDS[1:]]
    assert worth[""]["worth"]["lovely"] > 0.3 > -0.3 > worth[""]["worth"]["rude"]


def test_preference_aims_need_start_and_preferences() -> None:
    for task, start in ((Preferences(), None), (GuestBook(), BASE)):
        with pytest.raises(BadValue, match="preferences"):
            Run(task=task, net="writer", start=start, seeds=1, stages=(Stage(aim="dpo"),))
    for clicks in ("abc", "a" * 11, 3, None):
        with pytest.raises(BadValue, match="Clicks"):
            Preferences(clicks=clicks)  # type: ignore[arg-type]


def test_polite_notes_have_no_unkind_word() -> None:
    pool = guest_book.train(GuestBook(notes=200, polite=True), range(2))
    assert pool.y.shape == (2, 200, LENGTH)
    assert not guest_book.is_any(pool.y, ("unkind",)).any()


def case_of(seeds: int) -> tuple[Case, Theta]:
    """Returns two untrained nets: the reference, and one that has moved away from it."""
    net = load("writer", guest_book.classes(Preferences()))
    reference, elsewhere = (fresh(net, [generator(name, k) for k in range(seeds)]) for name in ("here", "there"))
    theta = {name: (weight + elsewhere[name]).requires_grad_() for name, weight in reference.items()}
    return Case(Preferences(), range(seeds), net, reference), theta


def test_policy_gradient_weighs_notes_by_advantage() -> None:
    """It is the gradient of each note's log probability times its reward's gain over the mean."""
    case, theta = case_of(2)
    stage = Stage(batch=6, beta=0.7)
    value = policy_gradient.prepare(stage, case, [generator("luck", k) for k in range(2)]).value(theta)
    gradients = torch.autograd.grad(value.sum(), list(theta.values()))
    notes = write(case.net, theta, 6, [generator("luck", k) for k in range(2)])
    chance = log_prob(log_probs(case.net, theta, notes), notes)
    before = log_prob(log_probs(case.net, case.reference, notes), notes)
    reward = RewardModel.fitted(*case.pairs())(notes) - 0.7 * (chance - before).detach()
    gained = reward - reward.mean(1, keepdim=True)
    expected = torch.autograd.grad(-(gained * chance).mean(1).sum(), list(theta.values()))
    for mine, theirs in zip(gradients, expected):
        assert torch.allclose(mine, theirs, atol=1e-5)


def test_dpo_loss_agrees_with_its_definition() -> None:
    """The loss is the surprise at a choice, given how much farther the better note has moved."""
    case, theta = case_of(2)
    goal = dpo.prepare(Stage(batch=5, beta=0.7), case, [generator("luck", k) for k in range(2)])
    found = [goal.value(theta) for _ in range(2)][-1]  # every step picks anew
    gap = (case.log_ratio(theta, case.pairs()[0]) - case.log_ratio(theta, case.pairs()[1])).detach()
    for seed in range(2):
        rng = generator("luck", seed)
        pick = [torch.randint(gap.shape[1], (5,), generator=rng) for _ in range(2)][-1]
        surprise = (1 + (-0.7 * gap[seed, pick]).exp()).log().mean()
        assert found[seed].item() == pytest.approx(surprise.item(), rel=1e-4)
    assert torch.autograd.grad(found.sum(), list(theta.values()))[0].any()


def test_preference_cost_counts_notes_and_passes() -> None:
    case, _ = case_of(1)
    once = 2 * sum(products(case.net, case.reference, torch.zeros(1, 1, LENGTH, dtype=torch.long)).values())
    assert case.flops(3.0) - case.flops(1.0) == 2 * once > 2000
    assert 2.5 * once < case.flops(0) <= 3 * once  # a step is a forward pass, and a backward one of twice as much
    stage = Stage(batch=4)
    assert policy_gradient.prepare(stage, case, []).flops == 4 * case.flops(5.5 + 1)  # half of ten words, on average
    assert dpo.prepare(stage, case, []).flops == 2 * 4 * case.flops(1)


def test_words_are_sampled_by_cumulative_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word is the first whose cumulative chance reaches the random number of its place."""
    case, theta = case_of(2)
    notes = write(case.net, theta, 3, [generator("luck", k) for k in range(2)])
    luck = torch.stack([torch.rand(3, LENGTH, generator=generator("luck", k)) for k in range(2)])
    upto = log_probs(case.net, theta, notes).exp().cumsum(-1)
    assert torch.equal(notes, (upto < luck[..., None]).sum(-1)) and notes.max() > 3
    monkeypatch.setattr(torch, "rand", lambda *size, generator: torch.full(size, 2.0))  # chances may add up to less
    assert (write(case.net, theta, 1, [generator("luck", k) for k in range(2)]) == len(WORDS) - 1).all()


def test_preference_chance_follows_score_difference() -> None:
    """A note that is ahead by ln 3 is preferred three times in four, and an equal one half of the time."""
    scores = torch.tensor([0.0, math.log(3)])
    assert preference_rate(scores, scores).tolist() == pytest.approx([(1 / 2 + 1 / 4) / 2, (3 / 4 + 1 / 2) / 2])


def test_typical_note_has_zero_reward() -> None:
    """The notes of the pairs have a mean reward of zero."""
    pairs = guest_book.pairs(Preferences(), range(2))
    assert RewardModel.fitted(*pairs)(torch.cat(pairs, 1)).mean(1).tolist() == pytest.approx([0, 0], abs=1e-4)


def test_judge_scores_own_notes_and_distance() -> None:
    """A net is judged by the notes it writes and by their distance from the reference."""
    case, theta = case_of(2)
    theta = {name: weight.detach() for name, weight in theta.items()}
    judge = Judge(case)
    found, notes = judge.report(theta), write(case.net, theta, 128, [generator("judged", k) for k in range(2)])
    now, before = (log_probs(case.net, one, notes) for one in (theta, case.reference))
    apart = torch.nn.functional.kl_div(before, now, reduction="none", log_target=True)
    assert found["kl"] == pytest.approx(apart.sum((2, 3)).mean(1).tolist(), abs=1e-3)
    ordinary = guest_book.test(case.task)[1]
    truth = (guest_book.quality(notes)[..., None] - guest_book.quality(ordinary)).sigmoid().mean((1, 2))
    assert found["preferred"] == pytest.approx(truth.tolist(), abs=1e-3)
    model = RewardModel.fitted(*case.pairs())
    promised = model(notes)[..., None] - model(ordinary.expand(2, -1, -1))[:, None]
    assert found["promised"] == pytest.approx(promised.sigmoid().mean((1, 2)).tolist(), abs=1e-3)
    rude = [[guest_book.is_any(note, ("unkind",)).any() for note in seed] for seed in notes]
    assert found["unkind"] == pytest.approx([sum(map(bool, seed)) / 128 for seed in rude], abs=1e-3)


def test_reward_agreement_is_counted_on_new_pairs() -> None:
    """Agreement is how often the better of two new notes has the higher reward."""
    found = answer(Measure(kind="reward_weights", runs=(), tasks=(Preferences(),), count=2, first_seed=3), [])
    model = RewardModel.fitted(*guest_book.pairs(Preferences(), range(3, 5)))
    assert found["worth"]["kind"] == round(float(model.worth[:, WORDS.index("kind")].mean()), 3)
    notes = guest_book.notes(2000, generator("fresh pairs", 0))
    rewards, agreed = model(notes.expand(2, -1, -1)), []
    for k in range(0, 2000, 2):
        better = float(guest_book.quality(notes[k + 1]) - guest_book.quality(notes[k]))
        if better:
            agreed += [(float(one[k + 1] - one[k]) > 0) == (better > 0) for one in rewards]
    assert found["agrees"] == pytest.approx(sum(agreed) / len(agreed), abs=1e-4)
