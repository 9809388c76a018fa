"""SmolLM2-135M (Allal et al. 2025), a language model that people use: a Llama (Touvron et al. 2023) of thirty blocks.

It is the transformer of core/nets/transformer.py with what ten years of practice have changed. Vectors are divided by
their root mean square (Zhang & Sennrich 2019). Places are not embedded: queries and keys are turned by angles that grow
with the place, so their product depends only on the distance (Su et al. 2021). Three queries share a key and a value
(Ainslie et al. 2023). The perceptron multiplies two of its layers (Shazeer 2020). The head is the table of the
embedding once more, so it has no weights of its own but a gain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from core import nets
from core.nets import Net, Theta
from core.nets.transformer import at_every_place

READS = ("chat",)  # forms of examples, as in core/experiment/tasks.py

TOKENS, WIDTH, INSIDE, BLOCKS = 49_152, 576, 1536, 30
HEADS, SHARED, SIZE = 9, 3, 64  # heads, of which so many share a key and a value; numbers in each
TURN, EPSILON = 100_000.0, 1e-5


def norm(x: Tensor, gain: Tensor) -> Tensor:
    """Divides every vector of x (seeds, batch, places, width) by its root mean square, and multiplies each number in
    it by 1 + gain (seeds, width)."""
    return F.rms_norm(x, x.shape[-1:], eps=EPSILON) * (1 + gain)[:, None, None]


@cache
def angles(places: int) -> tuple[Tensor, Tensor]:
    """Returns the cosine and the sine of the angles at all places below `places`, (places, SIZE) each. The first
    angles turn fast and tell neighbours apart, and the last turn slowly."""
    speeds = TURN ** (-torch.arange(0, SIZE, 2) / SIZE)
    turned = torch.outer(torch.arange(places), speeds).repeat(1, 2)
    return turned.cos(), turned.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turns x (rows, heads, places, SIZE): number k and number k + SIZE / 2 are the two coordinates of a point."""
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


@dataclass
class Past:
    """The keys and values of one block at the places that it has read, (rows, heads, places, SIZE) each. With them, a
    new token does not have to read everything again."""

    keys: Tensor
    values: Tensor

    def write(self, places: Tensor, keys: Tensor, values: Tensor) -> None:
        """Puts keys and values (rows, heads, n, SIZE) at the places (rows, n)."""
        rows = torch.arange(len(places))[:, None]
        self.keys.transpose(1, 2)[rows, places] = keys.transpose(1, 2)
        self.values.transpose(1, 2)[rows, places] = values.transpose(1, 2)


@dataclass(frozen=True)
class Embed:
    """Embeds tokens (seeds, batch, places) -> vectors (seeds, batch, places, width)."""

    tokens: int
    width: int = WIDTH

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"token": (self.tokens, self.width)}

    def bound(self, part: str) -> float:
        return 0.05

    def __call__(self, x: Tensor, token: Tensor) -> Tensor:
        return torch.stack([F.embedding(tokens, table) for tokens, table in zip(x, token)])

    def products(self, outputs: tuple[int, ...]) -> int:
        return 0


@dataclass(frozen=True)
class Block:
    """A transformer block. It adds the output of attention and then the output of a gated perceptron to x (seeds,
    batch, places, width)."""

    width: int = WIDTH
    inside: int = INSIDE
    heads: int = HEADS
    shared: int = SHARED
    depth: int = BLOCKS  # number of blocks in the net

    def shapes(self) -> dict[str, tuple[int, ...]]:
        w, queries = self.width, self.heads * SIZE
        keys = queries // self.shared
        attention = {"query": (w, queries), "key": (w, keys), "value": (w, keys), "out": (queries, w)}
        perceptron = {"gate": (w, self.inside), "expand": (w, self.inside), "contract": (self.inside, w)}
        return {"attention_gain": (w,), **attention, "perceptron_gain": (w,), **perceptron}

    def bound(self, part: str) -> float:
        # Gains begin at zero. The parts that are added to the residual stream start smaller in a net with more blocks.
        size = math.sqrt(self.shapes()[part][0]) * (math.sqrt(2 * self.depth) if part in ("out", "contract") else 1)
        return 0.0 if part.endswith("gain") else 1 / size

    def __call__(self, x: Tensor, **part: Tensor) -> Tensor:
        """Passes whole texts through the block: every place sees itself and the places before it. Texts of different
        length are padded at the end, which no place before it sees."""
        return self.through(x, None, torch.arange(x.shape[2])[None], **part)

    def through(self, x: Tensor, past: Past | None, places: Tensor, **part: Tensor) -> Tensor:
        """Passes the tokens at some places (rows, n) through the block. They also see what `past` holds, and are
        added to it."""
        heard = self.attention(norm(x, part["attention_gain"]), past, places, **part)
        x = x + at_every_place(heard, part["out"])
        y = norm(x, part["perceptron_gain"])
        y = F.silu(at_every_place(y, part["gate"])) * at_every_place(y, part["expand"])
        return x + at_every_place(y, part["contract"])

    def attention(self, x: Tensor, past: Past | None, places: Tensor, **part: Tensor) -> Tensor:
        """Computes causal self-attention with several heads, as core/nets/transformer.py describes it. The queries of
        `shared` heads meet the same keys and values."""
        # all seeds in one axis, because PyTorch's fast attention accepts no further axis
        q, k, v = (
            at_every_place(x, part[name]).flatten(0, 1).unflatten(-1, (-1, SIZE)).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        longest = past.keys.shape[2] if past else x.shape[2]
        cos, sin = (table[places][:, None] for table in angles(longest))
        q, k, seen = rotate(q, cos, sin), rotate(k, cos, sin), None
        if past:
            past.write(places, k, v)
            k, v = past.keys, past.values
            seen = (torch.arange(longest) <= places[..., None])[:, None]
        k, v = (one.repeat_interleave(self.shared, 1) for one in (k, v))
        heard = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, is_causal=seen is None)
        return heard.transpose(1, 2).flatten(2).unflatten(0, x.shape[:2])

    def products(self, outputs: tuple[int, ...]) -> int:
        places, matrices = outputs[0], sum(math.prod(shape) for shape in self.shapes().values() if len(shape) > 1)
        return places * matrices + places**2 * self.heads * SIZE


@dataclass(frozen=True)
class Head:
    """Predicts a score for every token: how similar its embedding is to the last vector."""

    tokens: int
    width: int = WIDTH
    borrows: ClassVar[dict[str, str]] = {"token": "embed.token"}  # weights of other layers

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"gain": (self.width,)}

    def bound(self, part: str) -> float:
        return 0.0

    def __call__(self, x: Tensor, gain: Tensor, token: Tensor) -> Tensor:
        return at_every_place(norm(x, gain), token.mT)

    def products(self, outputs: tuple[int, ...]) -> int:
        return math.prod(outputs) * self.width


def layers(classes: int) -> Net:
    """Returns the layers of the net. `classes` is the number of tokens."""
    blocks = {f"block{k + 1}": Block() for k in range(BLOCKS)}
    return {"embed": Embed(classes), **blocks, "head": Head(classes)}


# --- Answers -------------------------------------------------------------------------------------------------------


@torch.no_grad()
def answers(net: Net, theta: Theta, rows: Sequence[Sequence[int]], longest: int, stop: int) -> list[list[int]]:
    """Returns the most likely continuation of each row of tokens, up to `longest` tokens or the token `stop`, which is
    left out. `theta` holds one seed.

    All rows are written at once. What all rows begin with is read once. Every row has its own places, so rows of
    different length need no padding before them: a place never looks at a place behind it.
    """
    common = shared_beginning(rows)
    starts = torch.tensor([len(row) for row in rows])
    pasts = empty_pasts(net, 1, int(starts.max()) + longest)
    if common:
        advance(net, theta, pasts, torch.tensor([rows[0][:common]]), torch.arange(common)[None])
    pasts = {name: Past(*(x.repeat(len(rows), 1, 1, 1) for x in (p.keys, p.values))) for name, p in pasts.items()}
    left = int(starts.max()) - common
    tokens = torch.tensor([[*row[common:], *[stop] * (left - len(row) + common)] for row in rows])
    x = advance(net, theta, pasts, tokens, torch.arange(common, common + left).expand(len(rows), -1))
    x = x[:, torch.arange(len(rows)), starts - 1 - common][:, :, None]
    going, written = torch.arange(len(rows)), torch.full((len(rows), longest), stop)
    for number in range(longest):
        best = nets.forward(net, theta, x, len(net) - 1)[0, :, 0].argmax(-1)
        written[going, number] = best
        still = best != stop
        if not still.any() or number == longest - 1:
            break
        if not still.all():
            going, best = going[still], best[still]
            pasts = {name: Past(past.keys[still], past.values[still]) for name, past in pasts.items()}
        x = advance(net, theta, pasts, best[:, None], (starts[going] + number)[:, None])
    return [[token for token in row if token != stop] for row in written.tolist()]


def shared_beginning(rows: Sequence[Sequence[int]]) -> int:
    """Returns how many tokens all rows begin with. At least one token of each row is left."""
    most = min(len(row) for row in rows) - 1
    return next((k for k in range(most) if any(row[k] != rows[0][k] for row in rows)), most)


def empty_pasts(net: Net, rows: int, places: int) -> dict[str, Past]:
    """Returns a past of every block, with room for so many places."""
    shapes = {name: (rows, layer.heads // layer.shared, places, SIZE) for name, layer in blocks_of(net).items()}
    return {name: Past(torch.zeros(shape), torch.zeros(shape)) for name, shape in shapes.items()}


def blocks_of(net: Net) -> dict[str, Block]:
    return {name: layer for name, layer in net.items() if isinstance(layer, Block)}


def advance(net: Net, theta: Theta, pasts: dict[str, Past], tokens: Tensor, places: Tensor) -> Tensor:
    """Passes tokens (rows, n) at their places through the net below the head, and adds them to the pasts."""
    x = nets.forward(net, theta, tokens[None], 0, 1)
    for name, block in blocks_of(net).items():
        x = block.through(x, pasts[name], places, **nets.weights_of(net, theta, name))
    return x
