"""A world of what a chat model wrote before anybody tuned it: its own answers to everyday questions, and English texts
in its own tokens.

A run that starts from the model can practise these answers again while it learns something else (replay), and any run
can be tested on both, which says how far the model has moved away from what it was. Does not depend on nets.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from core.experiment.brought_tasks import OWN_ANSWERS
from core.experiment.tasks import ModelTexts
from core.pretrained import chat as marks
from core.worlds import TrainingSet, chat, generator, text
from core.worlds.answer_tokens import pack
from core.worlds.chat import classes as classes
from core.worlds.chat import loss as loss
from core.worlds.chat import scores as scores

ANSWERS = Path(__file__).parent / "instruction_data" / "own_answers.tsv"
UNIT, EXHIBIT = "bits", "nothing"
WINDOW, WINDOWS = 64, 40  # tokens of a piece of English, and number of pieces
TESTED = 8  # how many of the answers or pieces are only used for testing

Pair = tuple[list[int], list[int]]  # tokens that are only read, and tokens that the model has to predict


def own_answers() -> list[Pair]:
    """Returns the everyday questions with the model's own answers, which end after 32 tokens or a line."""
    lines = [line.split("\t") for line in ANSWERS.read_text("ascii").splitlines()]
    return [(marks.encode(chat.in_chat(asked)), [*marks.encode(answer), marks.STOP]) for asked, answer in lines]


def english() -> list[Pair]:
    """Returns pieces of English, evenly spread over documents that no net of this app learns from."""
    _, documents = text.documents("general")
    tokens = marks.encode("\n\n".join(documents))
    starts = torch.linspace(0, len(tokens) - WINDOW - 1, WINDOWS).long().tolist()
    return [(tokens[at : at + 1], tokens[at + 1 : at + 1 + WINDOW]) for at in starts]


@cache
def examples(source: str) -> tuple[Tensor, Tensor]:
    """Returns all examples of a source as x and y of shape (n, places)."""
    pairs = own_answers() if source == OWN_ANSWERS else english()
    return pack(pairs, max(len(before) + len(after) for before, after in pairs) - 1, marks.STOP)


def train(task: ModelTexts, seeds: range) -> TrainingSet:
    """Returns the examples that are not used for testing, in another order for each seed."""
    x, y = (part[TESTED:] for part in examples(task.source))
    order = torch.stack([torch.randperm(len(x), generator=generator("model texts", seed)) for seed in seeds])
    return TrainingSet(x[order], y[order])


def test(task: ModelTexts) -> tuple[Tensor, Tensor]:
    """Returns x and y (TESTED, places)."""
    x, y = examples(task.source)
    return x[:TESTED], y[:TESTED]
