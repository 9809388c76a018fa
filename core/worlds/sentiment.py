"""Real sentences that people have rated; the question is whether they are kind or unkind. Knows no net.

The sentences may be used but not copied: `make texts` brings them. A sentence becomes the places of its words in a
table of fixed size (the hashing trick, Weinberger et al. 2009), so that no vocabulary has to be learned from anything.
"""

from __future__ import annotations

import lzma
import re
import zlib
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from core.experiment.checks import BadValue
from core.experiment.tasks import Sentiment
from core.worlds import TrainingSet, generator

BROUGHT = Path(__file__).parent / "texts" / "brought"
CLEAR = 1.0  # a mean rating, from -4 to 4, nearer to zero than this is left out: people do not agree on it
BUCKETS, LENGTH = 16_384, 48  # places for words; how many words are read of one sentence
WORD = re.compile(r"[a-z][a-z']*|[!?]+|[:;=]-?[()dp]")  # words, and ! ? :) as words


def classes(task: Sentiment) -> int:
    return 2


def names(task: Sentiment) -> tuple[str, ...]:
    return "unkind", "kind"


@cache
def rated(subject: str) -> tuple[tuple[str, float, str], ...]:
    """(the review or article it is from, mean rating from -4 to 4, sentence), the clear ones only."""
    path = BROUGHT / f"{subject}.tsv.xz"
    if not path.exists():
        raise BadValue(f"The rated sentences ({subject}) are not on this machine. `make texts` brings them.")
    rows = (line.split("\t") for line in lzma.decompress(path.read_bytes()).decode("ascii").splitlines())
    read = ((group, float(rating), sentence) for group, rating, sentence in rows)
    return tuple(row for row in read if abs(row[1]) >= CLEAR)


def buckets(sentence: str) -> list[int]:
    """The places of a sentence's words, LENGTH of them; 0 is no word."""
    words = WORD.findall(sentence.lower())[:LENGTH]
    return [1 + zlib.crc32(word.encode()) % (BUCKETS - 1) for word in words] + [0] * (LENGTH - len(words))


Kinds = tuple[list[str], list[str]]  # unkind and kind sentences


@cache
def split_train_test(subject: str) -> tuple[Kinds, Kinds]:
    """The sentences to learn from, and those of every third review, which only test."""
    parts: tuple[Kinds, Kinds] = (([], []), ([], []))
    for group, rating, sentence in rated(subject):
        parts[zlib.crc32(group.encode()) % 3 == 0][rating > 0].append(sentence)
    return parts


def draw_sentences(task: Sentiment, seed: int) -> tuple[list[str], Tensor]:
    """A seed's own `labels` sentences of each kind in random order, fewer where there are fewer; and their kinds."""
    kinds, rng = split_train_test(task.subject)[0], generator(f"sentiment {task.subject}", seed)
    count = min(task.labels, *map(len, kinds))
    sentences = [kind[k] for kind in kinds for k in torch.randperm(len(kind), generator=rng)[:count].tolist()]
    order = torch.randperm(2 * count, generator=rng)
    return [sentences[k] for k in order.tolist()], torch.arange(2).repeat_interleave(count)[order]


def held_out(task: Sentiment) -> tuple[list[str], Tensor]:
    """As many unkind as kind sentences, so that half of them is right by chance."""
    kinds = split_train_test(task.subject)[1]
    count = min(map(len, kinds))
    return kinds[0][:count] + kinds[1][:count], torch.arange(2).repeat_interleave(count)


def in_buckets(sentences: list[str]) -> Tensor:
    """(n, LENGTH)"""
    return torch.tensor([buckets(sentence) for sentence in sentences], dtype=torch.int16)


def train(task: Sentiment, seeds: range) -> TrainingSet:
    drawn_by_seed = [draw_sentences(task, seed) for seed in seeds]
    x, y = zip(*((in_buckets(sentences), y) for sentences, y in drawn_by_seed))
    return TrainingSet(torch.stack(x), torch.stack(y))


def exhibit(task: Sentiment, count: int) -> list[dict[str, str | int]]:
    """Test sentences, evenly spread: as many unkind as kind ones."""
    sentences, y = held_out(task)
    chosen = torch.linspace(0, len(y) - 1, min(count, len(y))).long().tolist()
    return [{"truth": int(y[k]), "name": names(task)[int(y[k])], "prompt": sentences[k]} for k in chosen]


@cache
def test(task: Sentiment) -> tuple[Tensor, Tensor]:
    sentences, y = held_out(task)
    return in_buckets(sentences), y
