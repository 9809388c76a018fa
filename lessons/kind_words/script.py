"""Trains one bag of words to tell kind from unkind sentences about films, and then on a few labels of another
subject."""

import lzma
import re
import zlib

import torch
from torch import Tensor, nn

from lessons.kit.scripts.parts import learn

SEED = 0
STAGES = [
    ("films", 20, 50, 32, 1e-2),
    ("tweets", 10, 50, 16, 1e-2),
]  # subject, labels per class, steps, batch, learning rate
TEXTS = "core/worlds/texts/brought"  # `make texts` downloads the sentences
WORDS = 16384  # the number of rows for words
LENGTH = 48  # the number of words that are read of a sentence
CLEAR = 1.0  # sentences whose rating is nearer to the middle are left out


def words(said: str) -> list[int]:
    found = re.findall(r"[a-z][a-z']*|[!?]+|[:;=]-?[()dp]", said.lower())[:LENGTH]
    places = [1 + zlib.crc32(word.encode()) % (WORDS - 1) for word in found]
    return places + [0] * (LENGTH - len(places))


def sentences(subject: str) -> list[list[Tensor]]:
    """Returns unkind and kind sentences for training, and those of every third review for testing."""
    parts: list[list[list[list[int]]]] = [[[], []], [[], []]]
    with lzma.open(f"{TEXTS}/{subject}.tsv.xz", "rt") as lines:
        for review, rating, said in (line.split("\t") for line in lines):
            if abs(float(rating)) >= CLEAR:
                parts[zlib.crc32(review.encode()) % 3 == 0][float(rating) > 0].append(words(said))
    return [[torch.tensor(kind) for kind in part] for part in parts]


class Bag(nn.Module):
    """Adds up the word vectors of a sentence, divides by the square root of their number, and judges the sum with
    a head."""

    def __init__(self) -> None:
        super().__init__()
        self.word = nn.EmbeddingBag(WORDS, 16, mode="sum", padding_idx=0)
        nn.init.uniform_(self.word.weight, -0.1, 0.1)
        self.head = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.word(x) / (x != 0).sum(1, keepdim=True).clamp(min=1).sqrt())


def accuracy(net: nn.Module, kinds: list[Tensor]) -> float:
    """Returns the mean accuracy on both classes, with the same number of sentences from each."""
    count = min(map(len, kinds))
    with torch.no_grad():
        return sum((net(kind[:count]).argmax(1) == k).float().mean().item() for k, kind in enumerate(kinds)) / 2


torch.manual_seed(SEED)
net = Bag()
for subject, labels, steps, batch, rate in STAGES:
    learned, held_out = sentences(subject)
    print(f"{subject}: {accuracy(net, held_out):.3f} before", end=", ")
    count = min(labels, *map(len, learned))
    x = torch.cat([kind[torch.randperm(len(kind))[:count]] for kind in learned])
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    learn(net, adam, x, torch.arange(2).repeat_interleave(count), batch, steps)
    print(f"{accuracy(net, held_out):.3f} after")
