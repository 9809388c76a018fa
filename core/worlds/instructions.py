"""A world of instructions with short answers, in the tokens of the text world. Does not depend on nets.

A prompt says what to do and how to write it, and then gives the text. The answer ends with the break between two
documents:

    Old or new, twice: thou art a priest = old old<break>

Only the tokens of the answer count in the loss. The texts come from core/worlds/texts and the pairs from
core/worlds/instruction_data. Test examples use documents, pairs and things that never occur in training.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import torch
from torch import Tensor

from core.experiment.tasks import COMBINATIONS, Instructions, Text
from core.user_data.corpus import BREAK
from core.worlds import TrainingSet, generator, sentiment, text
from core.worlds.answer_tokens import SKIP, pack
from core.worlds.answer_tokens import loss as loss

HERE = Path(__file__).parent / "instruction_data"
PLACES = 40  # the most tokens of a prompt with its answer
LONG = 96  # the most tokens of a prompt that a learner types: more than in training, but no more than the net can read
TEST = 32  # test examples of one combination
EXHIBIT = "answers"
FEW = 2  # test examples of every combination, if all are tested together
Randint = Callable[[int], int]  # n -> a whole number below n

WRITES: dict[str, Callable[[str], str]] = {
    "plain": lambda answer: answer,
    "shouted": lambda answer: f"{answer}!",
    "doubted": lambda answer: f"{answer}?",
    "twice": lambda answer: f"{answer} {answer}",
}
READS = {"plain": r"(.*[^!?])", "shouted": r"(.*[^!?])!", "doubted": r"(.*[^!?])\?", "twice": r"(.*[^!?]) \1"}
OPEN = {  # the form of an answer, right or wrong, for questions with more than two answers
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
    """Writes an instruction as a learner would type it."""
    return f"{what[0].upper()}{what[1:]}{'' if how == 'plain' else f', {how}'}: {given}"


def encode_prompt(asked: str) -> list[int]:
    """Returns the tokens of an instruction, including the sign after which the net writes the answer."""
    return tokens(f"{asked.strip()} =")[-LONG:]


@cache
def pairs(name: str, testing: bool) -> tuple[tuple[str, str], ...]:
    """Returns questions with their answers. Every fourth pair is only used for testing."""
    lines = (HERE / f"{name}.tsv").read_text("ascii").splitlines()
    return tuple((a, b) for k, (a, b) in enumerate(line.split("\t") for line in lines) if (k % 4 == 2) == testing)


@cache
def words(subject: str, testing: bool) -> list[str]:
    """Returns the words of the training documents or of the test documents, one after another."""
    return " ".join(text.documents(subject)[int(testing)]).split()


def snippet(subject: str, length: int, randint: Randint, testing: bool) -> list[str]:
    """Returns `length` consecutive words from a random place."""
    found = words(subject, testing)
    start = randint(len(found) - length)
    return found[start : start + length]


def some_words(count: int, randint: Randint, testing: bool) -> list[str]:
    """Draws different words of general English, each of which is a single token."""
    while True:
        some = [word for word in snippet("general", 4 * count, randint, testing) if word in short_words()][:count]
        if len(set(some)) == count:
            return some


def a_first_word(randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws three words. The answer is the first."""
    some = some_words(3, randint, testing)
    return " ".join(some), some[0]


def a_reversal(randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws two words. The answer is the words in reverse order."""
    some = some_words(2, randint, testing)
    return " ".join(some), " ".join(reversed(some))


def a_capital(randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws a word. The answer is the word in capitals."""
    (word,) = some_words(1, randint, testing)
    return word, word.upper()


@cache
def short_words() -> frozenset[str]:
    """Returns the lower-case words that are a single token."""
    # The tokenizer writes a space as this sign.
    found = (token[1:] for token in text.tokenizer().get_vocab() if token[0] == "\u0120")
    return frozenset(word for word in found if word.islower() and word.isalpha() and len(word) > 2)


def a_source(sources: dict[str, str], randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws five words and the kind of text that they are from. Passages of code that are only comment are skipped."""
    name = list(sources)[randint(len(sources))]
    while True:
        some = " ".join(snippet(sources[name], 5, randint, testing))
        if name != "code" or re.search(r"[_=(\[]", some):
            return some, name


def an_age(randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws a phrase from one of two Bibles. The answer is whether it is old or new."""
    pair, new = a_pair("verses", randint, testing), randint(2)
    return pair[new], ("old", "new")[new]


def a_mood(randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws a sentence about a thing. The answer is whether its mood is good or bad. Tests use other things with the
    same adjectives."""
    mood = list(MOODS)[randint(2)]
    things = [thing for k, thing in enumerate(THINGS) if (k % 4 == 2) == testing]
    sentence = FRAMES[randint(len(FRAMES))].format(things[randint(len(things))], MOODS[mood][randint(len(MOODS[mood]))])
    return sentence, mood


def a_real_mood(randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws a short sentence from a film review that people have rated. Tests use other reviews. `make texts`
    downloads the reviews."""
    mood = randint(2)
    reviews = short_reviews(testing)[mood]
    return reviews[randint(len(reviews))], tuple(MOODS)[1 - mood]


@cache
def short_reviews(testing: bool) -> tuple[list[str], ...]:
    """Returns the unkind and the kind sentences of at most twelve words."""
    return tuple(
        [sentence for sentence in kind if len(sentence.split()) <= 12]
        for kind in sentiment.split_train_test("films")[int(testing)]
    )


def a_pair(name: str, randint: Randint, testing: bool) -> tuple[str, str]:
    """Draws a pair from a file of instruction data."""
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
    """Returns whether an answer has the form that the combination asks for, even if the answer is wrong."""
    what, how = name.split(", ")
    content = re.fullmatch(READS[how], says)
    return content is not None and bool(re.fullmatch(OPEN.get(what) or what.replace(" or ", "|"), content[1]))


def example(name: str, randint: Randint, testing: bool, real: bool = False) -> tuple[str, str]:
    """Draws a prompt that fits into PLACES tokens, and its answer."""
    what, how = name.split(", ")
    ask = a_real_mood if real and what == "good or bad" else ASKS[what]
    while True:
        given, answer = ask(randint, testing)
        asked, wanted = prompt(what, how, given), WRITES[how](answer)
        if len(encode_prompt(asked)) + len(tokens(f" {wanted}")) < PLACES:
            return asked, wanted


def randint_from(rng: torch.Generator) -> Randint:
    """Returns a function that draws whole numbers below n with this generator."""
    return lambda n: int(torch.randint(n, (), generator=rng))


def encode_examples(examples: Sequence[tuple[str, str]]) -> tuple[Tensor, Tensor]:
    """Encodes prompts and answers as tensors x and y of shape (n, PLACES). In the answer, y is x one token later.
    Elsewhere, y is SKIP."""
    return pack([(encode_prompt(asked), [*tokens(f" {wanted}"), stop()]) for asked, wanted in examples], PLACES, stop())


def tokens(written: str) -> list[int]:
    """Returns the token numbers of a text."""
    ids: list[int] = text.tokenizer().encode(written).ids
    return ids


@cache
def stop() -> int:
    """Returns the token that ends an answer."""
    return tokens(BREAK)[0]


def classes(task: Instructions) -> int:
    return text.classes(Text())


def train(task: Instructions, seeds: range) -> TrainingSet:
    """Draws the examples of each seed. The combinations take turns, so that all have the same number of examples."""
    shown = [name for name in COMBINATIONS if name != task.without]
    sets = []
    for seed in seeds:
        randint = randint_from(generator("instructions", seed))
        order = torch.randperm(task.examples, generator=generator("turns", seed)).tolist()
        sets.append(encode_examples([example(shown[k % len(shown)], randint, False, task.real) for k in order]))
    return TrainingSet(*(torch.stack(some) for some in zip(*sets)))


@cache
def test(task: Instructions) -> tuple[Tensor, Tensor]:
    """Returns x and y (n, PLACES): TEST examples of the combination that the task asks for, or FEW of every
    combination."""
    names, count = ((task.ask,), TEST) if task.ask else (COMBINATIONS, FEW)
    return encode_examples([pair for name in names for pair in draw_questions(name, count, task.real)])


@cache
def draw_questions(name: str, count: int, real: bool = False) -> list[tuple[str, str]]:
    """Returns the first test examples of a combination: prompts with their answers."""
    randint = randint_from(generator(f"exam {name}", 0))  # the word "exam" seeds the draw, so it must not change
    return [example(name, randint, True, real) for _ in range(count)]


def exhibit(task: Instructions, count: int) -> list[dict[str, str]]:
    """Returns test examples, evenly spread over the combinations that are tested."""
    names, each = ((task.ask,), TEST) if task.ask else (COMBINATIONS, FEW)
    every = [(name, *pair) for name in names for pair in draw_questions(name, each, task.real)]
    chosen = torch.linspace(0, len(every) - 1, min(count, len(every))).long().tolist()
    return [dict(zip(("name", "prompt", "right"), every[k])) for k in chosen]


def scores(answers: Tensor, y: Tensor) -> Tensor:
    """Scores each example with 1 if every token of the answer, including the break, is predicted from those before
    it.

    So the score is 1 exactly if a net that always writes the most likely token writes this answer and stops.
    """
    return ((answers.argmax(-1) == y) | (y == SKIP)).all(-1).float()
