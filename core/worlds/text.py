"""A world of real English in byte-pair tokens, cut into windows. The question at every place is the next token. Does
not depend on nets."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from core.experiment.tasks import Text
from core.user_data import corpus
from core.user_data.corpus import BREAK, GENERAL, TEXTS
from core.worlds import TrainingSet, generator

WINDOW = 128  # tokens that a net sees at once
TEST = 32  # windows of test documents, which are never used in training
UNIT = "bits"  # bits per character, so that vocabularies can be compared
EXHIBIT = "continuations"
OPENING = re.compile(r"((?:\S+\s+){5}\S+)(\s.{40,90}\S*)", re.DOTALL)  # six words of a paragraph, and how it continues


@cache
def tokenizer() -> Tokenizer:
    """Loads the tokenizer."""
    return Tokenizer.from_file(str(TEXTS / "vocabulary.json"))


@cache
def characters() -> Tensor:
    """Returns the number of characters of each token."""
    vocabulary = tokenizer()
    return torch.tensor([max(1, len(vocabulary.decode([k]))) for k in range(vocabulary.get_vocab_size())])


@lru_cache(maxsize=16)  # enough for the subjects that ship and a few of the learners' own, which may be megabytes each
def documents(subject: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the documents for training and those for testing, which are every tenth."""
    if subject == "general":
        parts = [documents(name) for name in GENERAL]
        return sum((train for train, _ in parts), ()), sum((test for _, test in parts), ())
    found = corpus.documents(subject)
    return tuple(document for k, document in enumerate(found) if k % 10 != 5), found[corpus.TESTS]


def tokens(texts: list[str]) -> Tensor:
    """Returns the tokens of the documents, one after another, with a break before each."""
    encoded = tokenizer().encode_batch([BREAK + text for text in texts])
    return torch.tensor([k for document in encoded for k in document.ids], dtype=torch.int16)


@cache
def everything(subject: str) -> Tensor:
    """Returns the tokens of all training documents of a subject."""
    return tokens(list(documents(subject)[0]))


class Windows(TrainingSet):
    """Cuts windows of WINDOW tokens from each seed's own text (seeds, length), in random order."""

    def __init__(self, text: Tensor, seeds: range):
        self.text = text
        count = (text.shape[1] - 1) // WINDOW
        starts = [torch.randperm(count, generator=generator("windows", seed)) * WINDOW for seed in seeds]
        super().__init__(text, torch.stack(starts))

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """Returns x and y (seeds, batch, WINDOW), where y is x one token later."""
        starts = self.y.gather(1, index)
        places = starts[..., None] + torch.arange(WINDOW + 1)
        found = self.text[torch.arange(len(index))[:, None, None], places].long()
        return found[..., :-1], found[..., 1:]


def classes(task: Text) -> int:
    return int(tokenizer().get_vocab_size())


def train(task: Text, seeds: range) -> TrainingSet:
    """Returns the training windows of each seed."""
    if not task.kilobytes:
        return Windows(everything(task.subject).expand(len(seeds), -1), seeds)
    slices = [tokens([a_slice(task, seed)]) for seed in seeds]
    shortest = max(WINDOW + 1, min(len(part) for part in slices))
    return Windows(torch.stack([part[:shortest] for part in slices]), seeds)


def a_slice(task: Text, seed: int) -> str:
    """Returns a passage of the subject's training text, from a place that depends on the seed.

    The documents of the subject "general" are shuffled first. Otherwise a passage would be all novel or all speeches.
    """
    parts, rng = list(documents(task.subject)[0]), generator("slice", seed)
    if task.subject == "general":
        parts = [parts[k] for k in torch.randperm(len(parts), generator=rng)]
    text = BREAK.join(parts)
    length = min(1000 * task.kilobytes, len(text))
    start = int(torch.randint(len(text) - length + 1, (), generator=rng))
    return text[start : start + length]


@cache
def test(task: Text) -> tuple[Tensor, Tensor]:
    """Returns x and y (TEST, WINDOW), spread evenly over the test documents."""
    held_out = tokens(list(documents(task.subject)[1])).long()
    if len(held_out) <= WINDOW:  # the text is short and has long tokens
        held_out = held_out.repeat(1 + WINDOW // len(held_out))
    starts = torch.linspace(0, len(held_out) - WINDOW - 1, TEST).long()
    found = held_out[starts[:, None] + torch.arange(WINDOW + 1)]
    return found[:, :-1], found[:, 1:]


def exhibit(task: Text, count: int) -> list[dict[str, str]]:
    """Returns beginnings of paragraphs from the test documents, evenly spread, and their real continuations."""
    paragraphs = [part.strip() for document in documents(task.subject)[1] for part in document.split("\n\n")]
    openings = [found.groups() for part in paragraphs if (found := OPENING.match(part))]
    chosen = torch.linspace(0, len(openings) - 1, min(count, len(openings))).long().tolist()
    return [dict(zip(("prompt", "right"), openings[k])) for k in chosen]


def loss(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the mean cross-entropy of a token, in nats."""
    return surprise(answers, y).flatten(1).mean(1)


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the score of every window in bits per character: the cross-entropy of its tokens divided by their
    characters."""
    return surprise(answers, y).sum(-1) / math.log(2) / characters()[y].sum(-1)


def surprise(answers: Tensor, y: Tensor) -> Tensor:
    """Returns -ln of the probability of the next token, in nats: answers (seeds, n, places, tokens) -> (seeds, n,
    places)."""
    y = y.expand(answers.shape[:-1])
    return F.cross_entropy(answers.flatten(0, -2), y.flatten(), reduction="none").view(y.shape)
