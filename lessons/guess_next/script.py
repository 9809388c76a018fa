"""Show me the PyTorch: a small transformer that learns English, as one plain script that stands on its own."""

from __future__ import annotations

from pathlib import Path

from core import corpus
from core.serve import store
from core.spec import Run
from core.tasks import Text

SCRIPT = '''\
# {title}
# Needs: pip install torch tokenizers safetensors, and this repository's folder to run in
import lzma
import math

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn

torch.manual_seed({seed})
tokenizer = Tokenizer.from_file("core/worlds/texts/vocabulary.json")

# Documents, a form feed between them; every tenth only tests.
train, test = [], []
for name in {names}:
    with lzma.open(name, "rt", encoding="ascii", newline="") as file:
        documents = file.read().split("\\f")
    train += [d for k, d in enumerate(documents) if k % 10 != 5]
    test += documents[5::10]
{cut}
def tokens(texts):
    return torch.tensor([k for text in texts for k in tokenizer.encode("\\f" + text).ids])

train, test = tokens(train), tokens(test)
V, WIDTH, HEADS, BLOCKS, WINDOW = tokenizer.get_vocab_size(), 128, 4, 4, 128
length = torch.tensor([max(1, len(tokenizer.decode([k]))) for k in range(V)])  # characters a token


def norm(x):
    return F.layer_norm(x, x.shape[-1:])


class Block(nn.Module):
    """Look back at the tokens before, then think about what was seen."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.expand = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.contract = nn.Linear(4 * WIDTH, WIDTH, bias=False)
        for weight in (self.qkv, self.out, self.expand, self.contract):
            bound = 1 / math.sqrt(weight.in_features)
            nn.init.uniform_(weight.weight, -bound, bound)
        with torch.no_grad():  # what is added to the stream begins small
            self.out.weight /= math.sqrt(2 * BLOCKS)
            self.contract.weight /= math.sqrt(2 * BLOCKS)

    def forward(self, x):
        q, k, v = (one.unflatten(-1, (HEADS, -1)).transpose(1, 2) for one in self.qkv(norm(x)).chunk(3, -1))
        x = x + self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        return x + self.contract(F.gelu(self.expand(norm(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.empty(V, WIDTH).uniform_(-0.05, 0.05))
        self.place = nn.Parameter(torch.empty(WINDOW, WIDTH).uniform_(-0.05, 0.05))
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.head = nn.Linear(WIDTH, V)
        nn.init.uniform_(self.head.weight, -1e-3, 1e-3)  # near zero: the first loss is ln V
        nn.init.uniform_(self.head.bias, -1e-3, 1e-3)

    def forward(self, x):
        x = self.token[x] + self.place[: x.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(norm(x))


def bits(net):
    """Bits a character on 32 windows of unseen text."""
    starts = torch.linspace(0, len(test) - WINDOW - 1, 32).long()
    x = test[starts[:, None] + torch.arange(WINDOW + 1)]
    with torch.no_grad():
        nats = F.cross_entropy(net(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten(), reduction="none").view(32, WINDOW)
    return (nats.sum(1) / math.log(2) / length[x[:, 1:]].sum(1)).mean().item()


net = Transformer()
{start}steps, batch, rate = {steps}, {batch}, {rate}
adam = torch.optim.Adam(net.parameters(), lr=rate)
windows = torch.arange((len(train) - 1) // WINDOW) * WINDOW
order = torch.cat([windows[torch.randperm(len(windows))] for _ in range(steps * batch // len(windows) + 1)])
print(f"before: {{bits(net):.3f}} bits a character")
for step in range(steps):
    # The rate rises for a fiftieth of the steps and falls along a cosine.
    for group in adam.param_groups:
        group["lr"] = rate * min(1, (step + 1) * 50 / steps) * (1 + math.cos(math.pi * step / steps)) / 2
    x = train[order[step * batch : (step + 1) * batch, None] + torch.arange(WINDOW + 1)]
    loss = F.cross_entropy(net(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten())
    adam.zero_grad()
    loss.backward()
    adam.step()
print(f"after:  {{bits(net):.3f}} bits a character")
'''

CUT = """\
# A slice of the subject, from a place drawn at random.
train = "\\f".join(train)
begin = torch.randint(len(train) - {length} + 1, ()).item()
train = [train[begin : begin + {length}]]
"""

START = """\
# The reader: weights that ship with Headstart.
from safetensors.torch import load_file
kept = load_file("{path}")
with torch.no_grad():
    net.token.copy_(kept["embed.token"][0])  # the first axis is the seed
    net.place.copy_(kept["embed.place"][0])
    for number, block in enumerate(net.blocks, 1):
        for part in ("qkv", "out", "expand", "contract"):
            getattr(block, part).weight.copy_(kept[f"block{{number}}.{{part}}"][0].T)
    net.head.weight.copy_(kept["head.weight"][0].T)
    net.head.bias.copy_(kept["head.bias"].flatten())
"""


def beside(path: Path) -> str:
    """From the repository's folder, where the script is run; whole if the store is elsewhere."""
    return (path.relative_to(corpus.ROOT) if path.is_relative_to(corpus.ROOT) else path).as_posix()


def script(run: Run, title: str) -> str:
    """One seed of a run on text as plain PyTorch."""
    task, stage = run.task, run.stages[0]
    assert isinstance(task, Text)
    names = corpus.GENERAL if task.subject == "general" else (task.subject,)
    return SCRIPT.format(
        title=title,
        seed=run.first_seed,
        names=tuple(beside(corpus.path(name)) for name in names),
        cut=CUT.format(length=1000 * task.kilobytes) if task.kilobytes else "",
        start=START.format(path=store.weights_path(run.start)) if run.start else "",
        steps=stage.steps,
        batch=stage.batch,
        rate=stage.rate,
    )
