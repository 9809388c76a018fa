"""Converts the file of SmolLM2-135M: its weights into the layout of core/nets/smollm2.py, its vocabulary into a
tokenizer."""

from __future__ import annotations

import re
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor

from core.pretrained.gguf import Gguf

CONTROL = 3  # type of the tokens that no text contains, such as the marks of a chat
OURS = {
    "attn_norm": "attention_gain",
    "attn_q": "query",
    "attn_k": "key",
    "attn_v": "value",
    "attn_output": "out",
    "ffn_norm": "perceptron_gain",
    "ffn_gate": "gate",
    "ffn_up": "expand",
    "ffn_down": "contract",
}


def convert(file: Gguf) -> dict[str, Tensor]:
    """Returns the weights under our names. Matrices are (inputs, outputs), and gains are what is added to 1."""
    heads = {
        "query": file.metadata["llama.attention.head_count"],
        "key": file.metadata["llama.attention.head_count_kv"],
    }
    found = {}
    for name in file.places:
        weight = torch.from_numpy(file.tensor(name))
        if match := re.fullmatch(r"blk\.(\d+)\.(\w+)\.weight", name):
            part = OURS[match[2]]
            if part in heads:
                weight = halves(weight, heads[part])
            found[f"block{int(match[1]) + 1}.{part}"] = weight.T.contiguous() if weight.dim() > 1 else weight - 1
        elif name == "token_embd.weight":
            found["embed.token"] = weight
        elif name == "output_norm.weight":
            found["head.gain"] = weight - 1
        else:
            raise ValueError(f"The net has no place for {name}.")
    return found


def halves(weight: Tensor, heads: int) -> Tensor:
    """Reorders the outputs of a matrix (outputs, inputs). llama.cpp keeps the two coordinates of a point side by side,
    and our net keeps the first coordinates of a head before the second ones."""
    return weight.unflatten(0, (heads, -1, 2)).transpose(1, 2).flatten(0, 2)


def build_tokenizer(metadata: dict[str, Any]) -> Tokenizer:
    """Builds the tokenizer: pairs of pieces are merged in the order of the list, from single bytes upwards. Digits
    stay single."""
    pieces, kinds = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"]
    merges = [tuple(pair.split(" ")) for pair in metadata["tokenizer.ggml.merges"]]
    made = Tokenizer(models.BPE({piece: number for number, piece in enumerate(pieces)}, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    marks = [piece for piece, kind in zip(pieces, kinds) if kind == CONTROL]
    made.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    return made
