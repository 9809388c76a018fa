"""Defines the claim of this lesson, O1: the order in which a language model learns rules."""

from __future__ import annotations

import math

import numpy as np

from lessons.guess_next.runs import all_young
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import interval

KINDS = ("spelling", "word order", "agreement", "names and numbers")
VOCABULARY = 1024


def told_apart(evidence: Results) -> tuple[list[int], np.ndarray]:
    """Returns the steps, and the share of pairs in which the real text is more likely, with the shape (nets, moments,
    kinds)."""
    runs = [answer["runs"][0] for answer in evidence.answers("pairs").values()]
    return runs[0]["steps"], np.array([run["right"] for run in runs])


def first_finding(evidence: Results) -> Finding:
    steps, right = told_apart(evidence)
    nets = evidence.tables("young").values()
    start, end = (np.array([float(net.bits.iloc[k]) for net in nets]) for k in (0, -1))
    last = {kind: right[:, -1, k] for k, kind in enumerate(KINDS)}
    gap = last["spelling"] - last["names and numbers"]
    low, high = interval(100 * gap)
    nats = [float(net.loss.dropna().iloc[0]) for net in nets]
    numbers = {f"{kind.split()[0]}": percent(right.mean()) for kind, right in last.items()}
    numbers |= {
        "start": f"{start.mean():.2f}", "end": f"{end.mean():.2f}", "nats": f"{np.mean(nats):.2f}",
        "ln": f"{math.log(VOCABULARY):.2f}", "tokens": f"{VOCABULARY:,}", "steps": f"{steps[-1]}",
    }  # fmt: skip
    return Finding(
        value=100 * float(gap.mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says="the loss before training is within 1 % of the natural logarithm of the number of tokens",
                met=bool(abs(np.mean(nats) / math.log(VOCABULARY) - 1) <= 0.01),
            ),
            Check(
                says="nets detect misspelt words best, then exchanged words, then verbs that do not agree",
                met=bool(last["spelling"].mean() > last["word order"].mean() > last["agreement"].mean()),
            ),
            Check(
                says="nets detect wrong names and numbers worst, ten points or more behind misspelt words",
                met=float(gap.mean()) >= 0.10 and min(KINDS, key=lambda kind: last[kind].mean()) == KINDS[3],
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="O1",
        statement=(
            "Before training, a language model needs {start} bits per character on unseen English text, which is "
            "{nats} nats per token. The natural logarithm of its {tokens} tokens is {ln}. After {steps} steps it needs "
            "{end} bits. It then prefers a real text to one with a misspelt word in {spelling} of pairs, to one with "
            "two exchanged words in {word}, to one with a verb that does not agree in {agreement}, and to one with a "
            "wrong name or number in {names}."
        ),
        runs=all_young,
        finding=first_finding,
        statistic="percentage points by which the nets, after training, detect misspelt words more often than wrong "
        "names and numbers",
        bar="The loss starts at the logarithm of the number of tokens. Misspelt words are detected best, then "
        "exchanged words, then verbs that do not agree. Wrong names and numbers come last, ten points behind.",
        paper="Zhang et al. 2021, When Do You Need Billions of Words of Pretraining Data?",
        paper_found="Language models learned most of grammar from ten to a hundred million words. They needed billions "
        "of words for facts and common sense.",
    ),
)
