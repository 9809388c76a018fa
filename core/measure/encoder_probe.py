"""Measures how accurate a linear probe on a frozen sentence encoder is with a few labels, for several draws of the
labels."""

from __future__ import annotations

from functools import cache
from typing import Any

from sklearn.linear_model import LogisticRegression
from torch import Tensor

from core.experiment.checks import BadValue
from core.experiment.tasks import Sentiment, Task
from core.measure import Learned
from core.pretrained import encoder
from core.worlds import sentiment

SOFT = 10.0  # weak regularisation of the probe; the vectors have length one


@cache
def vectors(subject: str) -> dict[str, Tensor]:
    """Returns the encoder's vector for every sentence of a subject. This takes a quarter of a minute on one core."""
    sentences = sorted({sentence for part in sentiment.split_train_test(subject) for kind in part for sentence in kind})
    return dict(zip(sentences, encoder.encode(sentences)))


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int, first_seed: int) -> dict[str, Any]:
    """Returns {"accuracy": [task][draw]}."""
    draws = range(first_seed, first_seed + count)
    return {"accuracy": [[probed(task, seed) for seed in draws] for task in tasks]}


def probed(task: object, seed: int) -> float:
    """Returns the accuracy of a logistic regression on held-out sentences, after training on one draw of labels."""
    if not isinstance(task, Sentiment):
        raise BadValue("The sentence encoder judges sentences only.")
    known = vectors(task.subject)
    (learned, y), (tested, truth) = sentiment.draw_sentences(task, seed), sentiment.held_out(task)
    probe = LogisticRegression(C=SOFT, max_iter=1000).fit([known[sentence].numpy() for sentence in learned], y.numpy())
    right = probe.predict([known[sentence].numpy() for sentence in tested]) == truth.numpy()
    return round(float(right.mean()), 5)
