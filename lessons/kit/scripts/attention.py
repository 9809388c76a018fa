"""What the scripts of language models share: a transformer, the weights of the reader that ships, the rate in time."""

import math

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F


def annealed(step: int, steps: int) -> float:
    """The share of the rate at a step: it rises for a fiftieth of the steps and falls along a cosine."""
    return min(1, (step + 1) * 50 / steps) * (1 + math.cos(math.pi * step / steps)) / 2


def norm(x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:])


class Block(nn.Module):
    """x (batch, places, width): look back at the places before, then think about what was seen; both add to x."""

    def __init__(self, width: int, heads: int, blocks: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.expand = nn.Linear(width, 4 * width, bias=False)
        self.contract = nn.Linear(4 * width, width, bias=False)
        for layer in (self.qkv, self.out, self.expand, self.contract):
            nn.init.uniform_(layer.weight, -(layer.in_features**-0.5), layer.in_features**-0.5)
        for layer in (self.out, self.contract):  # what is added begins small
            layer.weight.data /= math.sqrt(2 * blocks)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.qkv(norm(x)).chunk(3, -1))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).flatten(2))
        return x + self.contract(F.gelu(self.expand(norm(x))))


class Transformer(nn.Module):
    """Tokens (batch, places) -> a score for every token that might come next, at every place."""

    def __init__(self, tokens: int, places: int, width: int, heads: int, blocks: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(tokens, width).uniform_(-0.05, 0.05))
        self.place = nn.Parameter(torch.empty(places, width).uniform_(-0.05, 0.05))
        self.blocks = nn.ModuleList(Block(width, heads, blocks) for _ in range(blocks))
        self.head = nn.Linear(width, tokens)
        nn.init.uniform_(self.head.weight, -1e-3, 1e-3)  # near zero: the first loss is ln of how many tokens there are
        nn.init.uniform_(self.head.bias, -1e-3, 1e-3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.token[x] + self.place[: x.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(norm(x))


def copy_reader(path: str, net: Transformer) -> None:
    """Weights as Headstart stores them; their first axis is the seed."""
    kept = {name: weight.float() for name, weight in load_file(path).items()}  # they ship in half precision
    net.token.data.copy_(kept["embed.token"][0])
    net.place.data.copy_(kept["embed.place"][0])
    for number, block in enumerate(net.blocks, 1):
        for part in ("qkv", "out", "expand", "contract"):
            getattr(block, part).weight.data.copy_(kept[f"block{number}.{part}"][0].T)
    net.head.weight.data.copy_(kept["head.weight"][0].T)
    net.head.bias.data.copy_(kept["head.bias"][0].flatten())
