"""Instructions with their answers, written in the tokens of the text world. Knows no net.

A prompt says what to do and how to answer, then what with; the answer ends with the break that stands between documents:

    Give the last word, twice: the whale swam
    Answer: swam swam<break>

Only the tokens of the answer count. What is asked with comes from the texts in core/worlds/texts and the pairs in
core/worlds/asked; documents, pairs and adjectives that test never train.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from core.spec import Instructions, Text
from core.tasks import COMBINATIONS
from core.worlds import Pool, generator, text

HERE = Path(__file__).parent / "asked"
PLACES = 56  # tokens of a prompt with its answer, at most
SKIP = -100  # a place where nothing is asked, as cross-entropy calls it
TEST = 32  # test examples of one combination
FEW = 2  # of every combination, where all of them are tested together
Draw = Callable[[int], int]  # n -> a whole number below n

SAYS = {
    "first word": "Give the first word",
    "last word": "Give the last word",
    "kind of text": "Say what kind of text this is",
    "modern English": "Say this in modern English",
    "good or bad": "Say if this is good or bad",
    "French": "Say this in French",
    "trivia": "Answer the question",
}
WRITES: dict[str, Callable[[str], str]] = {
    "plain": lambda answer: answer,
    "twice": lambda answer: f"{answer} {answer}",
    "in brackets": lambda answer: f"({answer})",
    "shouted": lambda answer: f"{answer}!",
}
SOURCES = {
    "law": "law", "play": "shakespeare", "code": "code", "novel": "novel", "speech": "speeches", "article": "articles",
}  # fmt: skip
MOODS = {
    "good": "lovely wonderful excellent delightful superb splendid charming brilliant pleasant perfect beautiful fine "
    "great good happy noble kind sweet glorious grand",
    "bad": "dreadful awful terrible horrible poor bad sad ugly wretched miserable dull foul cruel evil vile rotten "
    "gloomy dismal useless hateful",
}
THINGS = "food book house day voyage play speech song story weather room meal man ship town letter".split()
FRAMES = ("The {} was {}.", "I found the {} {}.", "That {} is {}.", "We thought the {} {}.")


def prompt(what: str, how: str, given: str) -> str:
    """What a net is shown; what it writes next is its answer."""
    return f"{SAYS[what]}{'' if how == 'plain' else f', {how}'}: {given}\nAnswer:"


@cache
def pairs(name: str, testing: bool) -> tuple[tuple[str, str], ...]:
    """What is asked and the answer; every fourth pair only tests."""
    lines = (HERE / f"{name}.tsv").read_text("ascii").splitlines()
    return tuple((a, b) for k, (a, b) in enumerate(line.split("\t") for line in lines) if (k % 4 == 2) == testing)


@cache
def words(subject: str, testing: bool) -> list[str]:
    """The words of the documents that train, or that test, one after another."""
    return " ".join(text.documents(subject)[int(testing)]).split()


def snippet(subject: str, length: int, draw: Draw, testing: bool) -> list[str]:
    found = words(subject, testing)
    start = draw(len(found) - length)
    return found[start : start + length]


def a_word(which: int, draw: Draw, testing: bool) -> tuple[str, str]:
    """Three to five different words of general English, and the one at this place."""
    wanted = 3 + draw(3)
    while True:
        some = re.findall(r"(?<![\w'])[a-z]{2,}(?![\w'])", " ".join(snippet("general", wanted + 6, draw, testing)))[:wanted]
        if len(set(some)) == wanted:
            return " ".join(some), some[which]


def a_source(draw: Draw, testing: bool) -> tuple[str, str]:
    name = list(SOURCES)[draw(len(SOURCES))]
    return " ".join(snippet(SOURCES[name], 8, draw, testing)), name


def a_mood(draw: Draw, testing: bool) -> tuple[str, str]:
    mood = list(MOODS)[draw(2)]
    known = [word for k, word in enumerate(MOODS[mood].split()) if (k % 4 == 2) == testing]
    return FRAMES[draw(len(FRAMES))].format(THINGS[draw(len(THINGS))], known[draw(len(known))]), mood


def a_pair(name: str, draw: Draw, testing: bool) -> tuple[str, str]:
    known = pairs(name, testing)
    return known[draw(len(known))]


ASKS: dict[str, Callable[[Draw, bool], tuple[str, str]]] = {
    "first word": lambda draw, testing: a_word(0, draw, testing),
    "last word": lambda draw, testing: a_word(-1, draw, testing),
    "kind of text": a_source,
    "modern English": lambda draw, testing: a_pair("verses", draw, testing),
    "good or bad": a_mood,
    "French": lambda draw, testing: a_pair("countries", draw, testing),
    "trivia": lambda draw, testing: a_pair("trivia", draw, testing),
}


def example(what: str, how: str, draw: Draw, testing: bool) -> tuple[str, str]:
    """A prompt that fits, and what the answer to it should be."""
    while True:
        given, answer = ASKS[what](draw, testing)
        asked, wanted = prompt(what, how, given), WRITES[how](answer)
        if len(text.tokenizer().encode(f"{asked} {wanted}").ids) < PLACES:
            return asked, wanted


def drawn(rng: torch.Generator) -> Draw:
    return lambda n: int(torch.randint(n, (), generator=rng))


def written(examples: Sequence[tuple[str, str]]) -> tuple[Tensor, Tensor]:
    """x and y (n, PLACES): y is x one token later where the answer stands, and SKIP before and after it."""
    x, y = (torch.full((len(examples), PLACES), fill) for fill in (stop(), SKIP))
    for k, (asked, wanted) in enumerate(examples):
        before, after = tokens(asked), [*tokens(f" {wanted}"), stop()]
        whole = torch.tensor(before + after)
        x[k, : len(whole) - 1] = whole[:-1]
        y[k, len(before) - 1 : len(whole) - 1] = whole[len(before) :]
    return x, y


def tokens(said: str) -> list[int]:
    found: list[int] = text.tokenizer().encode(said).ids
    return found


@cache
def stop() -> int:
    return tokens(text.BREAK)[0]


def classes(task: Instructions) -> int:
    return text.classes(Text())


def train(task: Instructions, seeds: range) -> Pool:
    """Every seed its own examples, the combinations in turn, so that each has as many as the others."""
    shown = [one for one in COMBINATIONS if one != task.without]
    sets = []
    for seed in seeds:
        draw = drawn(generator("instructions", seed))
        order = torch.randperm(task.examples, generator=generator("turns", seed)).tolist()
        sets.append(written([example(*shown[k % len(shown)].split(", "), draw, False) for k in order]))
    return Pool(*(torch.stack(some) for some in zip(*sets)))


@cache
def test(task: Instructions) -> tuple[Tensor, Tensor]:
    """x and y (n, PLACES): TEST of the combination that is asked for, or a FEW of every one."""
    return written([one for name in ([task.ask] if task.ask else COMBINATIONS) for one in exam(name, TEST if task.ask else FEW)])


@cache
def exam(name: str, count: int) -> list[tuple[str, str]]:
    """The first test examples of a combination: prompts and what the answers should be."""
    draw = drawn(generator(f"exam {name}", 0))
    return [example(*name.split(", "), draw, True) for _ in range(count)]


def loss(answers: Tensor, y: Tensor) -> Tensor:
    """Mean surprise a token of the answers, in nats."""
    each = F.cross_entropy(answers.flatten(0, -2), y.flatten(), reduction="none", ignore_index=SKIP).view(y.shape)
    return each.flatten(1).sum(1) / (y != SKIP).flatten(1).sum(1)


def marks(answers: Tensor, y: Tensor) -> Tensor:
    """1 where every token of the answer, the break included, is the likeliest after those before it, else 0: so it is
    if and only if the net that always writes the likeliest token writes this answer and stops."""
    return ((answers.argmax(-1) == y) | (y == SKIP)).all(-1).float()
