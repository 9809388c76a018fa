"""Rated sentences, with a few made-up ones: no review both trains and tests, and a bag of words ignores their order."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from app.beats.watch import lacks_files
from core import nets
from core.experiment.checks import BadValue
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Sentiment
from core.nets import bag
from core.serve.requests import State
from core.training.report import Done, Point
from core.training.train import train
from core.worlds import sentiment
from lessons.kind_words.pictures import crossing
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Settings, visible
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping.claims import shipped

GOOD, BAD = ("lovely", "warm", "bright", "superb"), ("dull", "grim", "awful", "stale")


@pytest.fixture(autouse=True)
def sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes reviews of two sentences each, and one that people rated differently."""
    kinds = ((1, GOOD), (-1, BAD))
    rows = [f"{k}\t{2 * sign}\tit was {words[k % 4]} {'x' * (k % 7)}" for k in range(90) for sign, words in kinds]
    for subject in ("films", "tweets"):
        (tmp_path / f"{subject}.tsv.xz").write_bytes(lzma.compress("\n".join([*rows, "9\t0.5\tit was."]).encode()))
    monkeypatch.setattr(sentiment, "BROUGHT", tmp_path)
    forget()
    yield
    forget()


def forget() -> None:
    for one in (sentiment.rated, sentiment.split_train_test, sentiment.test):
        one.cache_clear()


def test_missing_sentences_name_their_command() -> None:
    with pytest.raises(BadValue, match=r"products.*`make texts`"):
        sentiment.train(Sentiment(subject="products"), range(1))


def test_no_review_both_trains_and_tests() -> None:
    """Sentences with a middling rating are left out."""
    assert len(sentiment.rated("tweets")) == 180
    learned, held_out = sentiment.split_train_test("tweets")
    assert sum(map(len, learned)) + sum(map(len, held_out)) == 180
    assert len(learned[0]) == len(learned[1]) and len(held_out[0]) == len(held_out[1])  # a review is on one side whole


def test_each_seed_draws_its_own_balanced_labels() -> None:
    x, y = sentiment.train(Sentiment(labels=5), range(2)).all_examples()
    assert x.shape == (2, 10, sentiment.LENGTH)
    assert y.sum(1).tolist() == [5, 5]
    assert not torch.equal(x[0].sort(0).values, x[1].sort(0).values)
    assert sentiment.train(Sentiment(labels=5000), range(1)).size == 2 * len(sentiment.split_train_test("tweets")[0][0])


def test_words_ignore_case_and_faces_count() -> None:
    assert sentiment.buckets("So SAD :(") == sentiment.buckets("so sad, :(")
    assert sum(one > 0 for one in sentiment.buckets("So sad :(")) == 3
    assert len(sentiment.buckets("word " * 100)) == sentiment.LENGTH
    assert max(sentiment.buckets("some words here")) < sentiment.BUCKETS == bag.BUCKETS


def test_bag_ignores_word_order_and_padding() -> None:
    net = nets.load("bag", 2)
    theta = nets.fresh(net, [torch.Generator().manual_seed(0)])
    x = torch.zeros(1, 3, sentiment.LENGTH, dtype=torch.int16)
    x[0, 0, :3], x[0, 1, 5:8] = torch.tensor([7, 8, 9]), torch.tensor([9, 8, 7])
    answers = nets.forward(net, theta, x)
    assert torch.allclose(answers[0, 0], answers[0, 1], atol=1e-6)
    by_hand = theta["words.word"][0, [7, 8, 9]].sum(0) / 3**0.5
    assert torch.allclose(nets.forward(net, theta, x, 0, 1)[0, 0], by_hand, atol=1e-6)
    assert torch.allclose(answers[0, 2], theta["head.bias"][0, 0])  # no word at all


def test_crossing_of_the_curves_is_marked() -> None:
    ours, theirs = ({n: np.full(2, v) for n, v in each.items()} for each in ({1: 0.7, 100: 0.8}, {1: 0.5, 100: 1.0}))
    crossed = crossing(ours, theirs)
    assert crossed and crossed[0] == pytest.approx(10) and crossed[1] == pytest.approx(0.75)
    assert crossing(ours, {n: v - 1 for n, v in ours.items()}) is None
    lesson = lessons()["kind_words"]
    known = load_results(lesson.backdrop(lesson.defaults))
    assert "from scratch is as good" in lesson.picture(known, lesson.defaults, Settings()).alt
    shown = load_results(visible(lesson.backdrop(lesson.defaults)))
    assert "from scratch is as good" not in lesson.picture(shown, lesson.defaults, Settings()).alt


def test_pretrained_curve_begins_before_any_label() -> None:
    lesson = lessons()["kind_words"]
    figure = lesson.picture(load_results(lesson.backdrop(lesson.defaults)), lesson.defaults, Settings())
    curves = {one["name"]: one["data"] for one in figure.spec["series"] if one.get("name")}
    said = float(shipped("T1").numbers["tweets_untouched"].split()[0])
    assert curves["no labels"][0][1] == curves["pretrained"][0][1] == pytest.approx(said, abs=0.06)


def test_missing_sentences_do_not_hide_the_recording() -> None:
    piece = lessons()["kind_words"].runs(lessons()["kind_words"].defaults)[0]
    lost = State("failed", message="The rated sentences (films) are not on this machine. `make texts` downloads them.")
    assert lacks_files([(piece, lost)])
    assert not lacks_files([(piece, lost), (piece, State("failed", message="Too long."))])
    assert not lacks_files([(piece, State("done"))])


def test_film_knowledge_transfers_to_tweets() -> None:
    films = Run(task=Sentiment(subject="films", labels=50), net="bag", seeds=1, stages=(Stage(steps=60, rate=1e-2),))
    start = next(event.theta for event in train(films, {}) if isinstance(event, Done))
    tweets = Run(task=Sentiment(labels=1), net="bag", start=films, seeds=2, stages=(Stage(steps=1, rate=1e-6),))
    first = next(event for event in train(tweets, {films: start}) if isinstance(event, Point))
    assert min(first.accuracy["0"]) > 0.95
