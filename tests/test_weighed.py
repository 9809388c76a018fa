"""What a bag of words learns about single words: their weights add up to the net's own judgement, and ignore order."""

from __future__ import annotations

import pytest
import torch

from core import nets
from core.experiment.spec import Measure
from core.measure import answer
from core.serve import compute_values
from core.worlds import sentiment
from lessons.kind_words.lesson import LESSON
from lessons.kind_words.runs import film_reader
from lessons.kit.model.values import Seeds

READER = film_reader(Seeds())
FOOLED = "This wonderful film is not good at all."


def told(sentence: str) -> tuple[dict[str, float], float]:
    """Returns the weights by word, and the chance that the sentence is kind."""
    measure = Measure(kind="word_weights", runs=(READER,), prompts=(sentence,))
    (found,) = answer(measure, [compute_values.load_learned(READER)])["runs"][0]
    assert "".join(word for word, _ in found["words"]) == sentence
    return dict(found["words"]), found["kind"]


@pytest.mark.parametrize("sentence", [FOOLED, "not bad, not bad at all", "?! :)", "12 34", "word " * 60])
def test_word_weights_add_up_to_prediction(sentence: str) -> None:
    learned = compute_values.load_learned(READER)
    x = sentiment.in_buckets([sentence])[None]
    with torch.no_grad():
        chance = nets.forward(learned.net, learned.theta, x)[0, 0].softmax(-1)[1]
    assert told(sentence)[1] == pytest.approx(float(chance), abs=1e-3)


def test_it_cannot_read_order_as_the_lesson_says() -> None:
    weights, kind = told(FOOLED)
    assert LESSON.sheet and LESSON.sheet.default == FOOLED and kind > 0.9  # it is fooled
    assert weights["good"] > 0 > weights["not"]
    assert told("not bad")[1] == pytest.approx(told("bad")[1], abs=0.01)  # as unkind as "bad"
    assert told("bad")[1] < 0.1


def test_what_is_no_word_adds_nothing() -> None:
    weights, _ = told("(good, bad)")
    assert [*weights] == ["(", "good", ", ", "bad", ")"]
    assert weights["("] == weights[", "] == weights[")"] == 0.0 != weights["good"]
    assert [*told("good, bad")[0]] == ["good", ", ", "bad"]
