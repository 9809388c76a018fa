"""Measures which of two texts a language model finds more likely, at every frame: a real text, or the same text with
one error.

The pairs are like those of BLiMP (Warstadt et al. 2020), but made from held-out text instead of by hand. A model that
has not learned the property in question is right half of the time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from core import nets
from core.measure import Learned
from core.nets import Net, Theta
from core.worlds import text

NUMBERS = (("is", "are"), ("was", "were"), ("has", "have"), ("does", "do"))
VERBS = dict(NUMBERS) | {plural: singular for singular, plural in NUMBERS}
LONG = 64  # the most tokens of a text
TRIES = 20  # corrupted texts that are tried before moving on to the next sentence


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """Returns {"kinds": [...], "runs": [{"steps", "right": [frame][kind]}]}.

    "right" is the share of `count` pairs of each kind in which the first seed finds the real text more likely.
    """
    pairs = {kind: make_pairs(kind, count) for kind in SPOILS}
    runs = []
    for learner in learned:
        right = [[accuracy(learner.net, theta, *pairs[kind]) for kind in SPOILS] for theta in learner.frames.values()]
        runs.append({"steps": list(learner.frames), "right": right})
    return {"kinds": list(SPOILS), "runs": runs}


def accuracy(net: Net, theta: Theta, real: list[Tensor], spoiled: list[Tensor]) -> float:
    """Returns the share of pairs in which the net finds the real text more likely."""
    scores = [likelihoods(net, theta, texts) for texts in (real, spoiled)]
    return round(float((scores[0] > scores[1]).float().mean()), 4)


def likelihoods(net: Net, theta: Theta, texts: list[Tensor]) -> Tensor:
    """Returns the log probability of each text as a whole."""
    found = []
    for k in range(0, len(texts), 50):
        some = texts[k : k + 50]
        x = torch.nn.utils.rnn.pad_sequence(some, batch_first=True)
        counts = torch.arange(x.shape[1] - 1) < torch.tensor([len(tokens) - 1 for tokens in some])[:, None]
        with torch.no_grad():
            answers = nets.forward(net, theta, x[None, :, :-1])
        found.append(-(text.surprise(answers, x[None, :, 1:])[0] * counts).sum(1))
    return torch.cat(found)


@cache
def make_pairs(kind: str, count: int) -> tuple[list[Tensor], list[Tensor]]:
    """Returns `count` real texts from held-out documents, and the same texts with one error each.

    Both texts of a pair have the same number of tokens. Otherwise an untrained model would prefer the shorter one,
    because every token makes a text less likely.
    """
    rng = random.Random(f"minimal pairs {kind}")
    sentences = [sentence for document in text.documents("general")[1] for sentence in parts(document)]
    rng.shuffle(sentences)
    found: list[tuple[Tensor, Tensor]] = []
    for sentence, other in pairwise(sentences):
        real = text.tokens([sentence]).long()
        candidates = list(SPOILS[kind](sentence, other))
        rng.shuffle(candidates)
        spoiled = (text.tokens([candidate]).long() for candidate in candidates[:TRIES])
        alike = (tokens for tokens in spoiled if len(tokens) == len(real) and not torch.equal(tokens, real))
        if len(real) <= LONG and (first := next(alike, None)) is not None:
            found.append((real, first))
        if len(found) == count:
            break
    return [real for real, _ in found], [spoiled for _, spoiled in found]


def parts(document: str) -> list[str]:
    """Returns the sentences of five words or more."""
    found = re.split(r"(?<=[.!?])\s+", document)
    return [sentence for sentence in found if len(sentence.split()) >= 5]


def misspelt(sentence: str, other: str) -> Iterator[str]:
    """Swaps two neighbouring letters within a word."""
    for word in re.finditer(r"\b[a-z]{5,}\b", sentence):
        for k in range(word.start() + 1, word.end() - 2):
            yield sentence[:k] + sentence[k + 1] + sentence[k] + sentence[k + 2 :]


def reordered(sentence: str, other: str) -> Iterator[str]:
    """Swaps two neighbouring words."""
    for pair in re.finditer(r"(?<= )([a-z]+) (?=([a-z]+)\b)", sentence):
        first, second = pair[1], pair[2]
        yield sentence[: pair.start()] + f"{second} {first}" + sentence[pair.end() + len(second) :]


def disagreeing(sentence: str, other: str) -> Iterator[str]:
    """Changes the number of a verb so that it no longer fits: "is" for "are", "have" for "has"."""
    for verb in re.finditer(rf"\b({'|'.join(VERBS)})\b", sentence):
        yield sentence[: verb.start()] + VERBS[verb[1]] + sentence[verb.end() :]


def untrue(sentence: str, other: str) -> Iterator[str]:
    """Replaces a name or a number by one from another sentence."""
    name = r"(?<=[a-z,] )(?:[A-Z][a-z]+|\d+)\b"
    for mine in re.finditer(name, sentence):
        for theirs in re.findall(name, other):
            if theirs != mine[0] and theirs.isdigit() == mine[0].isdigit():
                yield sentence[: mine.start()] + theirs + sentence[mine.end() :]


SPOILS: dict[str, Callable[[str, str], Iterator[str]]] = {
    "spelling": misspelt, "word order": reordered, "agreement": disagreeing, "names and numbers": untrue,
}  # fmt: skip
