"""A world of real sentences that people have rated. The question is whether a sentence is kind or unkind. Does not
depend on nets.

We may use the sentences but not redistribute them, so `make texts` downloads them. Each word of a sentence becomes a
position in a table of fixed size (the hashing trick, Weinberger et al. 2009), so no vocabulary has to be learned.
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
CLEAR = 1.0  # sentences whose mean rating, from -4 to 4, is closer to zero are left out because the raters disagree
BUCKETS, LENGTH = 16_384, 48  # positions for words; the most words of one sentence
WORD = re.compile(r"[a-z][a-z']*|[!?]+|[:;=]-?[()dp]")  # words, and also ! ? :)


def classes(task: Sentiment) -> int:
    return 2


def names(task: Sentiment) -> tuple[str, ...]:
    return "unkind", "kind"


@cache
def rated(subject: str) -> tuple[tuple[str, float, str], ...]:
    """Returns the clearly rated sentences as (name of the review or article, mean rating from -4 to 4, sentence)."""
    path = BROUGHT / f"{subject}.tsv.xz"
    if not path.exists():
        raise BadValue(f"The rated sentences ({subject}) are not on this machine. `make texts` downloads them.")
    rows = (line.split("\t") for line in lzma.decompress(path.read_bytes()).decode("ascii").splitlines())
    read = ((group, float(rating), sentence) for group, rating, sentence in rows)
    return tuple(row for row in read if abs(row[1]) >= CLEAR)


def buckets(sentence: str) -> list[int]:
    """Returns the positions of a sentence's words, LENGTH of them. 0 marks an empty place."""
    words = WORD.findall(sentence.lower())[:LENGTH]
    return [1 + zlib.crc32(word.encode()) % (BUCKETS - 1) for word in words] + [0] * (LENGTH - len(words))


Kinds = tuple[list[str], list[str]]  # unkind and kind sentences


@cache
def split_train_test(subject: str) -> tuple[Kinds, Kinds]:
    """Returns the sentences for training, and those for testing, which are the sentences of every third review."""
    parts: tuple[Kinds, Kinds] = (([], []), ([], []))
    for group, rating, sentence in rated(subject):
        parts[zlib.crc32(group.encode()) % 3 == 0][rating > 0].append(sentence)
    return parts


def draw_sentences(task: Sentiment, seed: int) -> tuple[list[str], Tensor]:
    """Draws `labels` sentences of each kind for a seed, in random order, with their kinds. A small subject gives
    fewer."""
    kinds, rng = split_train_test(task.subject)[0], generator(f"sentiment {task.subject}", seed)
    count = min(task.labels, *map(len, kinds))
    sentences = [kind[k] for kind in kinds for k in torch.randperm(len(kind), generator=rng)[:count].tolist()]
    order = torch.randperm(2 * count, generator=rng)
    return [sentences[k] for k in order.tolist()], torch.arange(2).repeat_interleave(count)[order]


def held_out(task: Sentiment) -> tuple[list[str], Tensor]:
    """Returns test sentences, equally many of both kinds, so that guessing gets half of them right."""
    kinds = split_train_test(task.subject)[1]
    count = min(map(len, kinds))
    return kinds[0][:count] + kinds[1][:count], torch.arange(2).repeat_interleave(count)


def in_buckets(sentences: list[str]) -> Tensor:
    """Returns the positions of the words of every sentence, (n, LENGTH)."""
    return torch.tensor([buckets(sentence) for sentence in sentences], dtype=torch.int16)


def train(task: Sentiment, seeds: range) -> TrainingSet:
    """Draws the training sentences of each seed."""
    drawn_by_seed = [draw_sentences(task, seed) for seed in seeds]
    x, y = zip(*((in_buckets(sentences), y) for sentences, y in drawn_by_seed))
    return TrainingSet(torch.stack(x), torch.stack(y))


def exhibit(task: Sentiment, count: int) -> list[dict[str, str | int]]:
    """Returns evenly spread test sentences, equally many of both kinds."""
    sentences, y = held_out(task)
    chosen = torch.linspace(0, len(y) - 1, min(count, len(y))).long().tolist()
    return [{"truth": int(y[k]), "name": names(task)[int(y[k])], "prompt": sentences[k]} for k in chosen]


@cache
def test(task: Sentiment) -> tuple[Tensor, Tensor]:
    """Returns the test sentences."""
    sentences, y = held_out(task)
    return in_buckets(sentences), y
