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

from core.spec import BadValue, Sentiment
from core.worlds import Pool, generator

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
    read = ((group, float(rating), said) for group, rating, said in rows)
    return tuple(row for row in read if abs(row[1]) >= CLEAR)


def buckets(said: str) -> list[int]:
    """The places of a sentence's words, LENGTH of them; 0 is no word."""
    words = WORD.findall(said.lower())[:LENGTH]
    return [1 + zlib.crc32(word.encode()) % (BUCKETS - 1) for word in words] + [0] * (LENGTH - len(words))


@cache
def split(subject: str) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Of unkind and of kind sentences (n, LENGTH): those to learn from, and those of every third review, which test."""
    parts: tuple[list[list[list[int]]], ...] = ([[], []], [[], []])
    for group, rating, said in rated(subject):
        parts[zlib.crc32(group.encode()) % 3 == 0][rating > 0].append(buckets(said))
    learned, held_out = (tuple(torch.tensor(one, dtype=torch.int16) for one in part) for part in parts)
    return learned, held_out


def train(task: Sentiment, seeds: range) -> Pool:
    """Each seed draws its own `labels` sentences of each kind, as many as there are where these are fewer."""
    drawn, pool = [], split(task.subject)[0]
    count = min(task.labels, *map(len, pool))
    for seed in seeds:
        rng = generator(f"sentiment {task.subject}", seed)
        x = torch.cat([one[torch.randperm(len(one), generator=rng)[:count]] for one in pool])
        order = torch.randperm(2 * count, generator=rng)
        drawn.append((x[order], torch.arange(2).repeat_interleave(count)[order]))
    return Pool(torch.stack([x for x, _ in drawn]), torch.stack([y for _, y in drawn]))


@cache
def test(task: Sentiment) -> tuple[Tensor, Tensor]:
    """As many kind as unkind sentences, so that half of them is right by chance."""
    held_out = split(task.subject)[1]
    count = min(map(len, held_out))
    return torch.cat([one[:count] for one in held_out]), torch.arange(2).repeat_interleave(count)
