"""One seed of a small transformer that learns English, from nothing or after the reader that ships."""

import lzma
import math

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR

from lessons.kit.scripts.attention import Transformer, annealed, copy_reader

SEED = 0
TEXTS = ["core/worlds/texts/law.txt.xz"]  # documents with a form feed between them
KILOBYTES = 50  # thousand characters to learn from, from a place drawn at random; 0 is all
BACKBONE = ""  # the reader's weights, to start from
STEPS = 3
BATCH = 16
RATE = 3e-3
WINDOW = 128  # tokens it looks back

torch.manual_seed(SEED)
tokenizer = Tokenizer.from_file("core/worlds/texts/vocabulary.json")


def tokens(texts: list[str]) -> Tensor:
    return torch.tensor([token for text in texts for token in tokenizer.encode("\f" + text).ids])


def bits(net: Transformer) -> float:
    """Bits a character on 32 windows of unseen text."""
    starts = torch.linspace(0, len(test) - WINDOW - 1, 32).long()
    x = test[starts[:, None] + torch.arange(WINDOW + 1)]
    with torch.no_grad():
        nats = F.cross_entropy(net(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten(), reduction="none").view(32, WINDOW)
    return (nats.sum(1) / math.log(2) / length[x[:, 1:]].sum(1)).mean().item()


learned, held_out = list[str](), list[str]()
for name in TEXTS:
    with lzma.open(name, "rt", encoding="ascii", newline="") as file:
        documents = file.read().split("\f")
    learned += [text for k, text in enumerate(documents) if k % 10 != 5]
    held_out += documents[5::10]
if KILOBYTES:
    text = "\f".join(learned)
    begin = int(torch.randint(len(text) - 1000 * KILOBYTES + 1, ()))
    learned = [text[begin : begin + 1000 * KILOBYTES]]
train, test = tokens(learned), tokens(held_out)
length = torch.tensor([max(1, len(tokenizer.decode([k]))) for k in range(tokenizer.get_vocab_size())])  # characters

net = Transformer(tokenizer.get_vocab_size(), WINDOW, width=128, heads=4, blocks=4)
if BACKBONE:
    copy_reader(BACKBONE, net)
windows = torch.arange((len(train) - 1) // WINDOW) * WINDOW
order = torch.cat([windows[torch.randperm(len(windows))] for _ in range(STEPS * BATCH // len(windows) + 1)])
print(f"before: {bits(net):.3f} bits per character")
adam = torch.optim.Adam(net.parameters(), lr=RATE)
rate = LambdaLR(adam, lambda step: annealed(step, STEPS))
for begins in order.split(BATCH)[:STEPS]:
    x = train[begins[:, None] + torch.arange(WINDOW + 1)]
    loss = F.cross_entropy(net(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten())
    adam.zero_grad()
    loss.backward()
    adam.step()
    rate.step()
print(f"after:  {bits(net):.3f} bits per character")
