"""Instructions with short answers, written in the tokens of the text world. Knows no net.

A prompt says what to do and how to write it, then what with; the answer ends with the break between two documents:

    Old or new, twice: thou art a priest = old old<break>

Only the tokens of the answer count. What is asked with comes from the texts in core/worlds/texts and the pairs in
core/worlds/instruction_data; what tests is never shown in training: other documents, other pairs, other things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from core.experiment.tasks import COMBINATIONS, Instructions, Text
from core.user_data.corpus import BREAK
from core.worlds import TrainingSet, generator, sentiment, text

HERE = Path(__file__).parent / "instruction_data"
PLACES = 40  # tokens of a prompt with its answer, at most
LONG = 96  # of a prompt that a learner types; more than a net has been tuned on, but not more than it can read
SKIP = -100  # a place where nothing is asked, as cross-entropy calls it
TEST = 32  # test examples of one combination
EXHIBIT = "answers"
FEW = 2  # of every combination, where all of them are tested together
Randint = Callable[[int], int]  # n -> a whole number below n

WRITES: dict[str, Callable[[str], str]] = {
    "plain": lambda answer: answer,
    "shouted": lambda answer: f"{answer}!",
    "doubted": lambda answer: f"{answer}?",
    "twice": lambda answer: f"{answer} {answer}",
}
READS = {"plain": r"(.*[^!?])", "shouted": r"(.*[^!?])!", "doubted": r"(.*[^!?])\?", "twice": r"(.*[^!?]) \1"}
OPEN = {  # what an answer looks like where there are more than two, right or wrong
    "in French": r"[A-Z][\w'-]*( [\w'-]+){0,3}",
    "answer": r"[\w'.-]+( [\w'.-]+){0,3}",
    "in new English": r"[a-z']+( [a-z']+){1,4}",
    "first word": r"[a-z]+",
    "reverse": r"[a-z]+ [a-z]+",
    "in capitals": r"[A-Z]+",
}
MOODS = {
    "good": ("good", "fine", "great", "happy", "noble", "beautiful", "wonderful", "perfect"),
    "bad": ("bad", "sad", "evil", "ugly", "cruel", "terrible", "dreadful", "wretched"),
}
THINGS = (
    "book", "house", "day", "voyage", "play", "speech", "song", "story",
    "room", "meal", "man", "ship", "town", "letter", "night", "garden",
)  # fmt: skip
FRAMES = ("The {} was {}.", "I found the {} {}.", "That {} is {}.", "We thought the {} {}.")


def prompt(what: str, how: str, given: str) -> str:
    """An instruction as a learner would type it."""
    return f"{what[0].upper()}{what[1:]}{'' if how == 'plain' else f', {how}'}: {given}"


def encode_prompt(asked: str) -> list[int]:
    """The tokens of an instruction, and of the sign after which a net is to write the answer."""
    return tokens(f"{asked.strip()} =")[-LONG:]


@cache
def pairs(name: str, testing: bool) -> tuple[tuple[str, str], ...]:
    """What is asked and the answer; every fourth pair only tests."""
    lines = (HERE / f"{name}.tsv").read_text("ascii").splitlines()
    return tuple((a, b) for k, (a, b) in enumerate(line.split("\t") for line in lines) if (k % 4 == 2) == testing)


@cache
def words(subject: str, testing: bool) -> list[str]:
    """The words of the documents that train, or that test, one after another."""
    return " ".join(text.documents(subject)[int(testing)]).split()


def snippet(subject: str, length: int, randint: Randint, testing: bool) -> list[str]:
    found = words(subject, testing)
    start = randint(len(found) - length)
    return found[start : start + length]


def some_words(count: int, randint: Randint, testing: bool) -> list[str]:
    """Different words of general English that are a token each."""
    while True:
        some = [word for word in snippet("general", 4 * count, randint, testing) if word in short_words()][:count]
        if len(set(some)) == count:
            return some


def a_first_word(randint: Randint, testing: bool) -> tuple[str, str]:
    some = some_words(3, randint, testing)
    return " ".join(some), some[0]


def a_reversal(randint: Randint, testing: bool) -> tuple[str, str]:
    some = some_words(2, randint, testing)
    return " ".join(some), " ".join(reversed(some))


def a_capital(randint: Randint, testing: bool) -> tuple[str, str]:
    (word,) = some_words(1, randint, testing)
    return word, word.upper()


@cache
def short_words() -> frozenset[str]:
    found = (token[1:] for token in text.tokenizer().get_vocab() if token[0] == "\u0120")  # how it writes a space
    return frozenset(word for word in found if word.islower() and word.isalpha() and len(word) > 2)


def a_source(sources: dict[str, str], randint: Randint, testing: bool) -> tuple[str, str]:
    """Five words, and which of two kinds of text they are from; of code only stretches that are not all comment."""
    name = list(sources)[randint(len(sources))]
    while True:
        some = " ".join(snippet(sources[name], 5, randint, testing))
        if name != "code" or re.search(r"[_=(\[]", some):
            return some, name


def an_age(randint: Randint, testing: bool) -> tuple[str, str]:
    pair, new = a_pair("verses", randint, testing), randint(2)
    return pair[new], ("old", "new")[new]


def a_mood(randint: Randint, testing: bool) -> tuple[str, str]:
    """A sentence on a thing: other things test, the adjectives are the same."""
    mood = list(MOODS)[randint(2)]
    things = [thing for k, thing in enumerate(THINGS) if (k % 4 == 2) == testing]
    sentence = FRAMES[randint(len(FRAMES))].format(things[randint(len(things))], MOODS[mood][randint(len(MOODS[mood]))])
    return sentence, mood


def a_real_mood(randint: Randint, testing: bool) -> tuple[str, str]:
    """A short sentence of a film review that people have rated; other reviews test. `make texts` brings them."""
    mood = randint(2)
    reviews = short_reviews(testing)[mood]
    return reviews[randint(len(reviews))], tuple(MOODS)[1 - mood]


@cache
def short_reviews(testing: bool) -> tuple[list[str], ...]:
    """Unkind and kind sentences of at most twelve words."""
    return tuple(
        [sentence for sentence in kind if len(sentence.split()) <= 12]
        for kind in sentiment.split_train_test("films")[int(testing)]
    )


def a_pair(name: str, randint: Randint, testing: bool) -> tuple[str, str]:
    known = pairs(name, testing)
    return known[randint(len(known))]


ASKS: dict[str, Callable[[Randint, bool], tuple[str, str]]] = {
    "old or new": an_age,
    "code or prose": partial(a_source, {"code": "code", "prose": "general"}),
    "law or play": partial(a_source, {"law": "law", "play": "shakespeare"}),
    "good or bad": a_mood,
    "in French": partial(a_pair, "countries"),
    "answer": partial(a_pair, "trivia"),
    "in new English": partial(a_pair, "verses"),
    "first word": a_first_word,
    "reverse": a_reversal,
    "in capitals": a_capital,
}


def has_form(name: str, says: str) -> bool:
    """Whether an answer is of the kind that a combination asks for and written as it wants it, be it right or wrong."""
    what, how = name.split(", ")
    content = re.fullmatch(READS[how], says)
    return content is not None and bool(re.fullmatch(OPEN.get(what) or what.replace(" or ", "|"), content[1]))


def example(name: str, randint: Randint, testing: bool, real: bool = False) -> tuple[str, str]:
    """A prompt that fits, and what the answer to it should be."""
    what, how = name.split(", ")
    ask = a_real_mood if real and what == "good or bad" else ASKS[what]
    while True:
        given, answer = ask(randint, testing)
        asked, wanted = prompt(what, how, given), WRITES[how](answer)
        if len(encode_prompt(asked)) + len(tokens(f" {wanted}")) < PLACES:
            return asked, wanted


def randint_from(rng: torch.Generator) -> Randint:
    return lambda n: int(torch.randint(n, (), generator=rng))


def encode_examples(examples: Sequence[tuple[str, str]]) -> tuple[Tensor, Tensor]:
    """x and y (n, PLACES): y is x one token later where the answer stands, and SKIP before and after it."""
    x, y = (torch.full((len(examples), PLACES), fill) for fill in (stop(), SKIP))
    for k, (asked, wanted) in enumerate(examples):
        before, after = encode_prompt(asked), [*tokens(f" {wanted}"), stop()]
        whole = torch.tensor(before + after)
        x[k, : len(whole) - 1] = whole[:-1]
        y[k, len(before) - 1 : len(whole) - 1] = whole[len(before) :]
    return x, y


def tokens(written: str) -> list[int]:
    ids: list[int] = text.tokenizer().encode(written).ids
    return ids


@cache
def stop() -> int:
    return tokens(BREAK)[0]


def classes(task: Instructions) -> int:
    return text.classes(Text())


def train(task: Instructions, seeds: range) -> TrainingSet:
    """Every seed its own examples, the combinations in turn, so that each has as many as the others."""
    shown = [name for name in COMBINATIONS if name != task.without]
    sets = []
    for seed in seeds:
        randint = randint_from(generator("instructions", seed))
        order = torch.randperm(task.examples, generator=generator("turns", seed)).tolist()
        sets.append(encode_examples([example(shown[k % len(shown)], randint, False, task.real) for k in order]))
    return TrainingSet(*(torch.stack(some) for some in zip(*sets)))


@cache
def test(task: Instructions) -> tuple[Tensor, Tensor]:
    """x and y (n, PLACES): TEST of the combination that is asked for, or a FEW of every one."""
    names, count = ((task.ask,), TEST) if task.ask else (COMBINATIONS, FEW)
    return encode_examples([pair for name in names for pair in draw_questions(name, count, task.real)])


@cache
def draw_questions(name: str, count: int, real: bool = False) -> list[tuple[str, str]]:
    """The first test examples of a combination: prompts and what the answers should be."""
    randint = randint_from(generator(f"exam {name}", 0))  # this word seeds what is drawn, and stays
    return [example(name, randint, True, real) for _ in range(count)]


def exhibit(task: Instructions, count: int) -> list[dict[str, str]]:
    """Test examples, evenly spread over the combinations that are tested."""
    names, each = ((task.ask,), TEST) if task.ask else (COMBINATIONS, FEW)
    every = [(name, *pair) for name in names for pair in draw_questions(name, each, task.real)]
    chosen = torch.linspace(0, len(every) - 1, min(count, len(every))).long().tolist()
    return [dict(zip(("name", "prompt", "right"), every[k])) for k in chosen]


def loss(answers: Tensor, y: Tensor) -> Tensor:
    """Mean surprise a token of the answers, in nats."""
    each = F.cross_entropy(answers.flatten(0, -2), y.flatten(), reduction="none", ignore_index=SKIP).view(y.shape)
    return each.flatten(1).sum(1) / (y != SKIP).flatten(1).sum(1)


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """1 where every token of the answer, the break included, is the likeliest after those before it, else 0: so it is
    if and only if the net that always writes the likeliest token writes this answer and stops."""
    return ((answers.argmax(-1) == y) | (y == SKIP)).all(-1).float()
