"""Text: windows of real documents, surprise in bits per character, and a transformer that cannot see later tokens."""

from __future__ import annotations

import math

import pytest
import torch

from core import nets, worlds
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Text
from core.nets.transformer import CONTEXT
from core.training.report import Point
from core.training.train import train
from core.user_data.corpus import BREAK
from core.worlds import text

LAW = Text(subject="law", kilobytes=20)


def test_no_document_both_trains_and_tests() -> None:
    for subject in ("general", "shakespeare", "law", "code"):
        learned, held_out = text.documents(subject)
        assert held_out and not set(learned) & set(held_out)


def test_tokens_lose_nothing() -> None:
    said = "To be, or not to be?\n\tdef f(x): return x**2"
    assert text.tokenizer().decode(text.tokens([said]).tolist()) == BREAK + said


def test_targets_are_the_next_tokens() -> None:
    pool = text.train(LAW, range(2))
    x, y = pool.take(torch.tensor([[0, 1], [2, 0]]))
    assert x.shape == y.shape == (2, 2, text.WINDOW)
    assert torch.equal(x[..., 1:], y[..., :-1])
    assert not torch.equal(x[0, 0], x[1, 1])  # each seed has a stretch of its own


def test_knowing_nothing_costs_the_logarithm_of_the_vocabulary() -> None:
    _, y = text.test(LAW)
    tokens = text.classes(LAW)
    nothing = torch.zeros(1, *y.shape, tokens)
    assert text.loss(nothing, y[None]).item() == pytest.approx(math.log(tokens), rel=1e-5)
    by_hand = len(y[0]) * math.log2(tokens) / len(text.tokenizer().decode(y[0].tolist()))
    assert text.scores(nothing, y)[0, 0].item() == pytest.approx(by_hand, rel=0.02)


def test_fresh_transformer_is_causal_and_knows_nothing() -> None:
    net = nets.load("transformer", text.classes(LAW))
    theta = nets.fresh(net, [torch.Generator().manual_seed(0)])
    x, y = (one[None, :2] for one in text.test(LAW))
    before = nets.forward(net, theta, x)
    assert worlds.cross_entropy(before, y).item() == pytest.approx(math.log(text.classes(LAW)), abs=0.05)
    other = x.clone()
    other[..., 60:] = 5
    after = nets.forward(net, theta, other)
    assert torch.allclose(before[:, :, :60], after[:, :, :60], atol=1e-6)
    assert not torch.allclose(before[:, :, 60:], after[:, :, 60:], atol=1e-4)
    assert CONTEXT == text.WINDOW


def test_a_few_steps_on_text_already_pay() -> None:
    stage = Stage(steps=12, batch=2, rate=3e-3, anneal=True)
    points = [
        event
        for event in train(Run(task=LAW, net="transformer", stages=(stage,), seeds=1), {})
        if isinstance(event, Point)
    ]
    assert points[-1].scores["bits"]["0"][0] < points[0].scores["bits"]["0"][0] - 0.1


def test_a_slice_of_general_text_is_a_mixture() -> None:
    novel = set(text.documents("novel")[0])
    shares = []
    for seed in range(8):
        said = text.a_slice(Text(kilobytes=200), seed).split(BREAK)[1:-1]  # whole documents
        shares.append(sum(len(one) for one in said if one in novel) / sum(map(len, said)))
    assert 0 < sum(shares) / 8 < 0.5
    assert max(shares) < 1
