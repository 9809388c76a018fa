"""A world of questions about capitals with answers in a wanted form, in the tokens of a chat model.

    <|im_start|>user
    What is the capital of Peru?<|im_end|>
    <|im_start|>assistant
    Lima, of course.<|im_end|>

Only the tokens of the answer count in the loss. Every fact can be asked in two more ways: as a plain text that the
model continues, and after examples that stand in the prompt. The tokenizer is that of the model, which `make real`
downloads. Does not depend on nets.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from core.experiment.tasks import Chat
from core.pretrained import chat as marks
from core.worlds import TrainingSet, generator
from core.worlds.answer_tokens import SKIP, nats, pack
from core.worlds.answer_tokens import loss as loss

CAPITALS = Path(__file__).parent / "instruction_data" / "capitals.tsv"
TESTED = 30  # countries that no net of the same split learns from
SCORED = 8  # of these, how many answers are scored at every test
EXHIBIT = "chat"
UNIT = "bits"
QUESTION, PLAIN = "What is the capital of {}?", "The capital of {} is"

Fact = tuple[str, str]  # country, capital


@cache
def facts() -> tuple[Fact, ...]:
    """Returns the countries and their capitals, in plain ASCII."""
    lines = CAPITALS.read_text("ascii").splitlines()
    return tuple((country, capital) for country, capital in (line.split("\t") for line in lines))


def split(task: Chat) -> tuple[list[Fact], list[Fact]]:
    """Returns the facts that a net may learn from, and those that it is tested on."""
    order = torch.randperm(len(facts()), generator=generator("capitals", task.split)).tolist()
    shuffled = [facts()[k] for k in order]
    return shuffled[TESTED:], shuffled[:TESTED]


def learned(task: Chat, seed: int) -> list[Fact]:
    """Returns the facts that one seed learns from."""
    known, _ = split(task)
    order = torch.randperm(len(known), generator=generator("chat", seed))
    return [known[k] for k in order[: task.examples].tolist()]


def in_chat(asked: str) -> str:
    """Returns what a chat model reads before it answers. No sentence tells the model beforehand what it is."""
    return marks.mark_chat([("user", asked.strip())], system="")


def encode_examples(task: Chat, asked: list[Fact]) -> tuple[Tensor, Tensor]:
    """Encodes questions and answers as x and y of shape (n, places), with as many places as the longest needs."""
    pairs = [
        (
            marks.encode(in_chat(QUESTION.format(country))),
            [*marks.encode(task.answer_text(country, capital)), marks.STOP],
        )
        for country, capital in asked
    ]
    return pack(pairs, max(len(before) + len(after) for before, after in pairs) - 1, marks.STOP)


def classes(task: Chat) -> int:
    return marks.tokenizer().get_vocab_size()


def train(task: Chat, seeds: range) -> TrainingSet:
    """Draws the examples of each seed."""
    asked = [fact for seed in seeds for fact in learned(task, seed)]
    return TrainingSet(*(part.unflatten(0, (len(seeds), -1)) for part in encode_examples(task, asked)))


@cache
def test(task: Chat) -> tuple[Tensor, Tensor]:
    """Returns x and y (SCORED, places): questions about other countries, with the answers in the wanted form."""
    return encode_examples(task, split(task)[1][:SCORED])


@cache
def lengths() -> Tensor:
    """Returns the number of characters of every token. The mark that ends an answer counts as one."""
    tokenizer = marks.tokenizer()
    return torch.tensor([max(1, len(tokenizer.decode([k]))) for k in range(tokenizer.get_vocab_size())])


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """Scores each wanted answer with its bits per character: how much it surprises the net."""
    characters = torch.where(y == SKIP, 0, lengths()[y.clamp(min=0)]).sum(-1)
    return nats(answers, y.expand(answers.shape[:-1])).sum(-1) / torch.log(torch.tensor(2.0)) / characters


def exhibit(task: Chat, count: int) -> list[dict[str, str]]:
    """Returns questions about countries that the net does not learn from."""
    return [
        {"name": country, "prompt": QUESTION.format(country), "right": capital}
        for country, capital in split(task)[1][:count]
    ]


def names_capital(says: str, capital: str) -> bool:
    """Returns whether an answer contains the capital, in capitals or not."""
    return capital.casefold() in says.casefold()


def with_examples(task: Chat, seed: int, asked: str) -> str:
    """Returns a prompt in which the examples of a seed stand as earlier turns of the chat. No weight moves for it."""
    turns = [
        turn
        for country, capital in learned(task, seed)
        for turn in (("user", QUESTION.format(country)), ("assistant", task.answer_text(country, capital)))
    ]
    return marks.mark_chat([*turns, ("user", asked)], system="")
