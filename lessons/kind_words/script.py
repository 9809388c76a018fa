"""Show me the PyTorch: a bag of words that reads about films, then a few labels, as plain torch on its own."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Sentiment

SCRIPT = """\
# {title}
# Needs: pip install torch, and the sentences: run in this repository's folder, after `make texts`.
import lzma
import re
import zlib

import torch
from torch import nn

SEED = {seed}
torch.manual_seed(SEED)
WORDS, LENGTH, CLEAR = 16384, 48, 1.0
FOLDER = "core/worlds/texts/brought"


def words(said):
    found = re.findall(r"[a-z][a-z']*|[!?]+|[:;=]-?[()dp]", said.lower())[:LENGTH]
    places = [1 + zlib.crc32(word.encode()) % (WORDS - 1) for word in found]
    return places + [0] * (LENGTH - len(places))


def sentences(subject):
    \"\"\"Unkind and kind ones: to learn from, and of every third review, to test.\"\"\"
    parts = [[[], []], [[], []]]
    text = lzma.open(f"{{FOLDER}}/{{subject}}.tsv.xz", "rt").read()
    for review, rating, said in (line.split("\\t") for line in text.splitlines()):
        if abs(float(rating)) >= CLEAR:
            parts[zlib.crc32(review.encode()) % 3 == 0][float(rating) > 0].append(words(said))
    return [[torch.tensor(kind) for kind in part] for part in parts]


class Bag(nn.Module):
    \"\"\"The sum of a sentence's word vectors over the root of how many they are; a head judges it.\"\"\"

    def __init__(self):
        super().__init__()
        self.word = nn.EmbeddingBag(WORDS, 16, mode="sum", padding_idx=0)
        nn.init.uniform_(self.word.weight, -0.1, 0.1)
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        return self.head(self.word(x) / (x != 0).sum(1, keepdim=True).clamp(min=1).sqrt())


def learn(net, kinds, labels, steps, batch, rate):
    count = min(labels, *map(len, kinds))
    x = torch.cat([kind[torch.randperm(len(kind))[:count]] for kind in kinds])
    y = torch.arange(2).repeat_interleave(count)
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    seen = torch.cat([torch.randperm(len(x)) for _ in range(steps * batch // len(x) + 1)])
    for some in seen.split(batch)[:steps]:
        loss = nn.functional.cross_entropy(net(x[some]), y[some])
        adam.zero_grad()
        loss.backward()
        adam.step()


def accuracy(net, kinds):
    count = min(map(len, kinds))
    with torch.no_grad():
        right = [(net(kind[:count]).argmax(1) == k).float().mean() for k, kind in enumerate(kinds)]
    return sum(right) / 2


net = Bag()
for subject, labels, steps, batch, rate in {stages}:
    learned, held_out = sentences(subject)
    print(f"{{subject}}: {{accuracy(net, held_out):.3f}} before", end=", ")
    learn(net, learned, labels, steps, batch, rate)
    print(f"{{accuracy(net, held_out):.3f}} after")
"""


def script(run: Run, title: str) -> str:
    """One seed of a run and of what it started from."""
    stages = []
    for one in reversed(list(run.lineage())):
        assert isinstance(one.task, Sentiment)
        (stage,) = one.stages
        stages.append((one.task.subject, one.task.labels, stage.steps, stage.batch, stage.rate))
    return SCRIPT.format(title=title, seed=run.first_seed, stages=stages)
