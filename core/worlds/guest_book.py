"""Notes in a guest book, ten readable words each; the question is the next word, at every place. Knows no net.

And a rater who prefers some notes to others. What they think of a note is known exactly here, which it never is
outside: that is what makes it possible to see a reward and the truth part.
"""

from __future__ import annotations

import itertools
import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from core.experiment.guest_book_words import ASKED, ENOUGH, FREE, KINDS, LENGTH, LONG, MOODS, SHORT, START, TWICE, WORDS
from core.experiment.tasks import GuestBook, Preferences
from core.worlds import TrainingSet, generator

UNIT = "bits"  # a word
EXHIBIT = "notes"
TESTS = 400  # notes
PLACE = {word: k for k, word in enumerate(WORDS)}
SLOTS = {"*": len(KINDS), "=": len(KINDS) + 1} | {kind: k for k, kind in enumerate(KINDS)}
SIZES = torch.tensor([len(words) for words in KINDS.values()])
FIRST = 1 + SIZES.cumsum(0) - SIZES  # the first word of every kind
ADJECTIVES = torch.tensor([SLOTS[kind] for kind in ("kind", "unkind", "plain")])


def templates(long: tuple[str, ...]) -> Tensor:
    """Every way to make a note of a short and a long clause, (ways, LENGTH) slots."""
    both = [(a, b) for brief, more in itertools.product(SHORT, long) for a, b in ((brief, more), (more, brief))]
    return torch.tensor([[SLOTS[slot] for slot in f"{a} join {b}".split()] for a, b in both])


def notes(count: int, rng: torch.Generator) -> Tensor:
    """(count, LENGTH) words as numbers, written by guests in their moods."""

    def any_of(ways: Tensor) -> Tensor:
        return ways[torch.randint(len(ways), (count,), generator=rng)]

    mood = any_of(torch.tensor(MOODS))
    twice = torch.rand(count, 1, generator=rng) < mood[:, 3:]
    slots = torch.where(twice, any_of(templates(TWICE)), any_of(templates(LONG)))
    feeling = ADJECTIVES[torch.multinomial(mood[:, :3], LENGTH, replacement=True, generator=rng)]
    kinds = torch.where(slots == SLOTS["*"], feeling, slots).clamp(max=len(KINDS) - 1)
    words = FIRST[kinds] + (torch.rand(count, LENGTH, generator=rng) * SIZES[kinds]).long()
    return torch.where(slots == SLOTS["="], words.roll(1, 1), words)


def is_any(notes: Tensor, kinds: tuple[str, ...]) -> Tensor:
    """Which words are of one of these kinds."""
    return torch.isin(notes, torch.tensor([PLACE[word] for kind in kinds for word in KINDS[kind]]))


def repeats(notes: Tensor) -> Tensor:
    """(..., LENGTH) which words have been said before in their note, little words aside."""
    before = (notes[..., :, None] == notes[..., None, :]).tril(-1).any(-1)
    return before & ~is_any(notes, FREE)


def quality(notes: Tensor) -> Tensor:
    """What the rater truly thinks of notes (..., LENGTH) -> (...): a point for each kind word up to three, one less
    for each further one, one less for each unkind word, and two less for each repeat."""
    kind, unkind = is_any(notes, ("kind",)).sum(-1), is_any(notes, ("unkind",)).sum(-1)
    return (ENOUGH - (kind - ENOUGH).abs() - unkind - 2 * repeats(notes).sum(-1)).float()


def pairs(task: Preferences, seeds: range) -> tuple[Tensor, Tensor]:
    """Better and worse notes (seeds, pairs, LENGTH): first the learner's own choices, then simulated ones. The
    simulated rater prefers a to b with chance 1 / (1 + e^(quality of b - quality of a)) (Bradley & Terry 1952)."""
    chosen = [pair if click == "a" else pair[::-1] for pair, click in zip(ASKED, task.clicks) if click != "-"]
    own = (
        torch.stack([encode_notes(pair) for pair in chosen]) if chosen else torch.zeros(0, 2, LENGTH, dtype=torch.long)
    )
    found = []
    for seed in seeds:
        rng, count = generator("pairs", seed), task.pairs - len(own)
        both = notes(2 * count, rng).view(count, 2, LENGTH)
        gap = quality(both[:, 0]) - quality(both[:, 1])
        first = torch.rand(count, generator=rng) < gap.sigmoid()
        found.append(torch.cat([own, torch.where(first[:, None, None], both, both.flip(1))]))
    better, worse = torch.stack(found).unbind(2)
    return better, worse


def encode_notes(texts: tuple[str, ...]) -> Tensor:
    """(texts, LENGTH) words as numbers."""
    return torch.tensor([[PLACE[word] for word in text.split()] for text in texts])


def read(note: Tensor) -> str:
    return " ".join(WORDS[k] for k in note.tolist())


def shifted(notes: Tensor) -> Tensor:
    """What a net sees before it says each word: the note one place later, behind the start."""
    return F.pad(notes, (1, 0), value=PLACE[START])[..., :-1]


def classes(task: GuestBook) -> int:
    return len(WORDS)


def train(task: GuestBook, seeds: range) -> TrainingSet:
    y = torch.stack([book(task, seed) for seed in seeds])
    return TrainingSet(shifted(y), y)


def book(task: GuestBook, seed: int) -> Tensor:
    """(task.notes, LENGTH): one seed's notes to learn from."""
    rng = generator("guest book", seed)
    if not task.polite:
        return notes(task.notes, rng)
    many = notes(10 * task.notes + 100, rng)  # more than half of them are polite
    return many[~is_any(many, ("unkind",)).any(-1)][: task.notes]


@cache
def test(task: GuestBook) -> tuple[Tensor, Tensor]:
    y = notes(TESTS, generator("guest book test", 0))
    return shifted(y), y


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """Bits a word of every note: how surprised the net is by what guests write."""
    y = y.expand(answers.shape[:-1])
    return -answers.log_softmax(-1).gather(-1, y[..., None])[..., 0].mean(-1) / math.log(2)
