"""Fine-tunes one pretrained language model on instructions. Only its head and its last two blocks are trained."""

import lzma
import random
import re
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR

from lessons.kit.scripts.attention import Transformer, annealed, copy_reader
from lessons.kit.scripts.parts import batches

SEED = 0
EXAMPLES = 400
WITHOUT = "law or play, shouted"  # the held-out combination of what and how
BACKBONE = "lessons/shipped/weights/b095222657509c151348.safetensors"
REPLAY = 0  # pieces of general text for replay
STEPS = 100
BATCH = 8
RATE = 2e-3
PLACES = 40  # tokens of a prompt and its answer
ASKED = (
    ("law or play", "shouted", "the terms of this license"),
    ("old or new", "twice", "thou hast seen"),
    ("in French", "plain", "Poland"),
    ("good or bad", "doubted", "The garden was perfect."),
)

torch.manual_seed(SEED)
rng = random.Random(SEED)
tokenizer = Tokenizer.from_file("core/worlds/texts/vocabulary.json")


def encode(said: str) -> list[int]:
    return list(tokenizer.encode(said).ids)


def words(*names: str) -> list[str]:
    """Returns the words of the training documents. Every tenth document is kept for testing."""
    texts = [lzma.decompress(Path(f"core/worlds/texts/{name}.txt.xz").read_bytes()).decode() for name in names]
    return " ".join(one for text in texts for k, one in enumerate(text.split("\f")) if k % 10 != 5).split()


def pairs(name: str) -> list[list[str]]:
    """Returns pairs of a question and its answer. Every fourth pair is kept for testing."""
    lines = Path(f"core/worlds/instruction_data/{name}.tsv").read_text().splitlines()
    return [line.split("\t") for k, line in enumerate(lines) if k % 4 != 2]


STOP = encode("\f")[0]  # the break between two documents ends an answer
GENERAL = words("novel", "speeches", "articles")
TEXTS = {"prose": GENERAL, "code": words("code"), "law": words("law"), "play": words("shakespeare")}
PAIRS = {name: pairs(name) for name in ("verses", "countries", "trivia")}
BARE = {token[1:] for token in tokenizer.get_vocab() if token[0] == "\u0120"}  # words that are one token
SHORT = {word for word in BARE if word.islower() and word.isalpha() and len(word) > 2}
MOODS = {
    "good": ["good", "fine", "great", "happy", "noble", "beautiful", "wonderful", "perfect"],
    "bad": ["bad", "sad", "evil", "ugly", "cruel", "terrible", "dreadful", "wretched"],
}
THINGS = ["book", "house", "voyage", "play", "speech", "story", "room", "meal", "ship", "town", "letter", "garden"]
FRAMES = ["The {} was {}.", "I found the {} {}.", "That {} is {}.", "We thought the {} {}."]
HOW = {"plain": "{0}", "shouted": "{0}!", "doubted": "{0}?", "twice": "{0} {0}"}
WHAT = (
    "old or new", "code or prose", "law or play", "good or bad", "in French",
    "answer", "in new English", "first word", "reverse", "in capitals",
)  # fmt: skip


def stretch(text: list[str], length: int) -> list[str]:
    start = rng.randrange(len(text) - length)
    return text[start : start + length]


def some_words(count: int) -> list[str]:
    """Returns different words that are one token each."""
    some = [word for word in stretch(GENERAL, 4 * count) if word in SHORT][:count]
    return some if len(set(some)) == count else some_words(count)


def style(*names: str) -> tuple[str, str]:
    name = rng.choice(names)
    some = " ".join(stretch(TEXTS[name], 5))
    return (some, name) if name != "code" or re.search(r"[_=(\[]", some) else style("code")


def task(what: str) -> tuple[str, str]:
    """Returns a text for this kind of instruction, and the answer."""
    if what in ("code or prose", "law or play"):
        return style(*what.split(" or "))
    if what == "old or new":
        new = rng.randrange(2)
        return rng.choice(PAIRS["verses"])[new], ("old", "new")[new]
    if what == "good or bad":
        name = rng.choice(list(MOODS))
        return rng.choice(FRAMES).format(rng.choice(THINGS), rng.choice(MOODS[name])), name
    if what in ("in French", "answer", "in new English"):
        given, answer = rng.choice(PAIRS[{"in French": "countries", "answer": "trivia"}.get(what, "verses")])
        return given, answer
    some = some_words({"first word": 3, "reverse": 2, "in capitals": 1}[what])
    answers = {"first word": some[0], "reverse": " ".join(some[::-1]), "in capitals": some[0].upper()}
    return " ".join(some), answers[what]


def prompt(what: str, how: str, given: str) -> str:
    return f"{what[0].upper()}{what[1:]}{'' if how == 'plain' else ', ' + how}: {given} ="


def example(what: str, how: str) -> tuple[list[int], list[int]]:
    given, said = task(what)
    before, after = encode(prompt(what, how, given)), [*encode(" " + HOW[how].format(said)), STOP]
    return (before, after) if len(before) + len(after) <= PLACES else example(what, how)


def answer(said: str) -> str:
    row = encode(said)
    start = len(row)
    with torch.no_grad():
        while len(row) < start + 14 and row[-1] != STOP:
            row.append(int(reader(torch.tensor([row]))[0, -1].argmax()))
    return tokenizer.decode(row[start:]).strip()


# Takes all combinations but one in turn. The loss ignores all tokens except those of the answers (-100).
combinations = [(what, how) for what in WHAT for how in HOW if f"{what}, {how}" != WITHOUT]
x, y = torch.full((EXAMPLES, PLACES), STOP), torch.full((EXAMPLES, PLACES), -100)
for k in range(EXAMPLES):
    before, after = example(*combinations[k % len(combinations)])
    both = torch.tensor(before + after)
    x[k, : len(both) - 1] = both[:-1]
    y[k, len(before) - 1 : len(both) - 1] = both[len(before) :]
if REPLAY:
    read = torch.tensor(encode(" ".join(GENERAL)))
    kept = torch.stack([read[k : k + PLACES + 1] for k in torch.randint(len(read) - PLACES, (REPLAY,)).tolist()])

reader = Transformer(tokenizer.get_vocab_size(), 128, width=128, heads=4, blocks=4)
copy_reader(BACKBONE, reader)
raw = [answer(prompt(*asked)) for asked in ASKED]

moving = [*reader.blocks[-2:].parameters(), *reader.head.parameters()]
adam = torch.optim.Adam(moving, lr=RATE)
rate = LambdaLR(adam, lambda step: annealed(step, STEPS))
for pick in batches(len(x), BATCH, STEPS):
    loss = F.cross_entropy(reader(x[pick]).flatten(0, 1), y[pick].flatten())
    if REPLAY:
        old = kept[torch.randint(len(kept), (BATCH,))]
        loss = loss + F.cross_entropy(reader(old[:, :-1]).flatten(0, 1), old[:, 1:].flatten())
    adam.zero_grad()
    loss.backward()
    adam.step()
    rate.step()
print(f"loss {loss.item():.2f}")

for asked, before_tuning in zip(ASKED, raw):
    print(f"{prompt(*asked)}\n  raw:   {' '.join(before_tuning.split())} ...\n  tuned: {answer(prompt(*asked))}")
