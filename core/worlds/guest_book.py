"""A world of notes in a guest book, with ten readable words each. The question at every place is the next word. Does
not depend on nets.

The world also has a rater who prefers some notes to others. Here the rater's true opinion is known exactly, which is
never so in practice. That makes it possible to see how a reward and the truth drift apart.
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

UNIT = "bits"  # bits a word
EXHIBIT = "notes"
TESTS = 400  # number of test notes
PLACE = {word: k for k, word in enumerate(WORDS)}
SLOTS = {"*": len(KINDS), "=": len(KINDS) + 1} | {kind: k for k, kind in enumerate(KINDS)}
SIZES = torch.tensor([len(words) for words in KINDS.values()])
FIRST = 1 + SIZES.cumsum(0) - SIZES  # the first word of every kind
ADJECTIVES = torch.tensor([SLOTS[kind] for kind in ("kind", "unkind", "plain")])


def templates(long: tuple[str, ...]) -> Tensor:
    """Returns every combination of a short and a long clause in either order, as slots (ways, LENGTH)."""
    both = [(a, b) for brief, more in itertools.product(SHORT, long) for a, b in ((brief, more), (more, brief))]
    return torch.tensor([[SLOTS[slot] for slot in f"{a} join {b}".split()] for a, b in both])


def notes(count: int, rng: torch.Generator) -> Tensor:
    """Draws notes as numbers of words, (count, LENGTH), written by guests in different moods."""

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
    """Returns which words are of one of these kinds."""
    return torch.isin(notes, torch.tensor([PLACE[word] for kind in kinds for word in KINDS[kind]]))


def repeats(notes: Tensor) -> Tensor:
    """Returns which words were used earlier in their note, (..., LENGTH). Function words are not counted."""
    before = (notes[..., :, None] == notes[..., None, :]).tril(-1).any(-1)
    return before & ~is_any(notes, FREE)


def quality(notes: Tensor) -> Tensor:
    """Returns the rater's true opinion of notes (..., LENGTH) -> (...).

    Each kind word up to the third adds one point, and each further one takes one away. Each unkind word takes one
    point away, and each repeated word takes two.
    """
    kind, unkind = is_any(notes, ("kind",)).sum(-1), is_any(notes, ("unkind",)).sum(-1)
    return (ENOUGH - (kind - ENOUGH).abs() - unkind - 2 * repeats(notes).sum(-1)).float()


def pairs(task: Preferences, seeds: range) -> tuple[Tensor, Tensor]:
    """Returns the better and the worse notes of all pairs, each of shape (seeds, pairs, LENGTH). The learner's own
    choices come first, then simulated choices.

    The simulated rater prefers a to b with probability 1 / (1 + e^(quality of b - quality of a)) (Bradley & Terry
    1952).
    """
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
    """Encodes notes as numbers of words, (texts, LENGTH)."""
    return torch.tensor([[PLACE[word] for word in text.split()] for text in texts])


def read(note: Tensor) -> str:
    """Converts the numbers of a note to text."""
    return " ".join(WORDS[k] for k in note.tolist())


def shifted(notes: Tensor) -> Tensor:
    """Returns the input of the net: each note shifted one place to the right, behind the start token."""
    return F.pad(notes, (1, 0), value=PLACE[START])[..., :-1]


def classes(task: GuestBook) -> int:
    return len(WORDS)


def train(task: GuestBook, seeds: range) -> TrainingSet:
    """Returns the training notes of each seed."""
    y = torch.stack([book(task, seed) for seed in seeds])
    return TrainingSet(shifted(y), y)


def book(task: GuestBook, seed: int) -> Tensor:
    """Returns the training notes of one seed, of shape (task.notes, LENGTH)."""
    rng = generator("guest book", seed)
    if not task.polite:
        return notes(task.notes, rng)
    many = notes(10 * task.notes + 100, rng)  # more than half of them are polite
    return many[~is_any(many, ("unkind",)).any(-1)][: task.notes]


@cache
def test(task: GuestBook) -> tuple[Tensor, Tensor]:
    """Returns the test notes."""
    y = notes(TESTS, generator("guest book test", 0))
    return shifted(y), y


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """Returns the cross-entropy of every note in bits a word."""
    y = y.expand(answers.shape[:-1])
    return -answers.log_softmax(-1).gather(-1, y[..., None])[..., 0].mean(-1) / math.log(2)
