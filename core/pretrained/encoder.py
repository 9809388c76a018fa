"""A sentence encoder in plain torch: all-MiniLM-L6-v2 (Reimers & Gurevych 2019), which is widely used. It is frozen.

`make encoder` downloads its weights, and only workers load them. The net is a BERT (Devlin et al. 2019) of six
blocks. In contrast to the transformer in core/nets, every place sees all others, and layer norms come after each
addition.
"""

from __future__ import annotations

from functools import cache

import torch
import torch.nn.functional as F
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor

from core.pretrained.model_files import ENCODER

BLOCKS, HEADS, LENGTH = 6, 12, 128
TOGETHER = 64  # sentences that go through the net at once

Weights = dict[str, Tensor]


@cache
def weights() -> Weights:
    """Loads the weights. Raises BadValue if they are missing, or differ in any byte from the published ones."""
    return load(ENCODER.read())


@cache
def tokenizer() -> Tokenizer:
    """Loads the tokenizer, with truncation and padding."""
    found = Tokenizer.from_file(str(ENCODER.paths[1]))
    found.enable_truncation(LENGTH)
    found.enable_padding()
    return found


def encode(sentences: list[str]) -> Tensor:
    """Encodes sentences as vectors of length one, (n, 384). Sentences of similar length are processed together."""
    theta = weights()
    order = sorted(range(len(sentences)), key=lambda k: len(sentences[k]))
    found = torch.empty(len(sentences), 384)
    with torch.inference_mode():
        for some in torch.tensor(order).split(TOGETHER):
            words = tokenizer().encode_batch([sentences[k] for k in some.tolist()])
            tokens, seen = (
                torch.tensor([getattr(sentence, part) for sentence in words]) for part in ("ids", "attention_mask")
            )
            found[some] = forward(theta, tokens, seen)
    return found


def forward(theta: Weights, tokens: Tensor, seen: Tensor) -> Tensor:
    """Computes the mean of the vectors over all places, scaled to length one: (n, places) -> (n, 384). `seen` is 1
    where there is a token."""

    def linear(x: Tensor, name: str) -> Tensor:
        return F.linear(x, theta[f"{name}.weight"], theta[f"{name}.bias"])

    def norm(x: Tensor, name: str) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], theta[f"{name}.weight"], theta[f"{name}.bias"], eps=1e-12)

    x = theta["embeddings.word_embeddings.weight"][tokens]
    x = x + theta["embeddings.position_embeddings.weight"][: tokens.shape[1]]
    x = norm(x + theta["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(BLOCKS):
        block = f"encoder.layer.{number}"
        q, key, v = (
            linear(x, f"{block}.attention.self.{part}").unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        heard = F.scaled_dot_product_attention(q, key, v, attn_mask=seen[:, None, None].bool())
        heard = linear(heard.transpose(1, 2).flatten(2), f"{block}.attention.output.dense")
        x = norm(x + heard, f"{block}.attention.output.LayerNorm")
        thought = linear(F.gelu(linear(x, f"{block}.intermediate.dense")), f"{block}.output.dense")
        x = norm(x + thought, f"{block}.output.LayerNorm")
    return F.normalize((x * seen[..., None]).sum(1) / seen.sum(1, keepdim=True), dim=-1)
