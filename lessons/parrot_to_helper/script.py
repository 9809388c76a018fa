"""Show me the PyTorch: the reader that ships, tuned on instructions, in plain torch that stands on its own."""

from __future__ import annotations

from core.serve import store
from core.spec import Run
from core.tasks import Instructions

SCRIPT = """\
# {title}
# Needs: pip install torch safetensors tokenizers, and this repository's folder to run in
import lzma
import random
import re

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch.nn import functional as F

torch.manual_seed({seed})
rng = random.Random({seed})
tokenizer = Tokenizer.from_file("core/worlds/texts/vocabulary.json")
encode = lambda said: tokenizer.encode(said).ids
STOP = encode("\\f")[0]  # the break between two documents ends an answer


def words(*names):
    texts = (lzma.open(f"core/worlds/texts/{{name}}.txt.xz", "rt").read().split("\\f") for name in names)
    return " ".join(one for text in texts for k, one in enumerate(text) if k % 10 != 5).split()  # every tenth tests


def pairs(name):
    lines = open(f"core/worlds/asked/{{name}}.tsv").read().splitlines()
    return [line.split("\\t") for k, line in enumerate(lines) if k % 4 != 2]  # every fourth tests


GENERAL = words("novel", "speeches", "articles")
TEXTS = {{"prose": GENERAL, "code": words("code"), "law": words("law"), "play": words("shakespeare")}}
PAIRS = {{name: pairs(name) for name in ("verses", "countries", "trivia")}}
BARE = {{token[1:] for token in tokenizer.get_vocab() if token[0] == "\\u0120"}}  # words that are one token
SHORT = {{word for word in BARE if word.islower() and word.isalpha() and len(word) > 2}}
MOODS = {{
    "good": "good fine great happy noble beautiful wonderful perfect".split(),
    "bad": "bad sad evil ugly cruel terrible dreadful wretched".split(),
}}
THINGS = "book house voyage play speech story room meal ship town night garden".split()
FRAMES = ["The {{}} was {{}}.", "I found the {{}} {{}}.", "That {{}} is {{}}.", "We thought the {{}} {{}}."]
HOW = {{"plain": "{{0}}", "shouted": "{{0}}!", "doubted": "{{0}}?", "twice": "{{0}} {{0}}"}}


def stretch(text, length):
    start = rng.randrange(len(text) - length)
    return text[start : start + length]


def style(*names):
    name = rng.choice(names)
    some = " ".join(stretch(TEXTS[name], 5))
    return (some, name) if name != "code" or re.search(r"[_=(\\[]", some) else style("code")


def mood():
    name = rng.choice(list(MOODS))
    return rng.choice(FRAMES).format(rng.choice(THINGS), rng.choice(MOODS[name])), name


def first():
    some = [word for word in stretch(GENERAL, 12) if word in SHORT][:3]
    return (" ".join(some), some[0]) if len(set(some)) == 3 else first()


def turned():
    two = [word for word in stretch(GENERAL, 8) if word in SHORT][:2]
    return (" ".join(two), " ".join(two[::-1])) if len(set(two)) == 2 else turned()


def capitals():
    word = rng.choice(GENERAL)
    return (word, word.upper()) if word in SHORT else capitals()


def age():
    new = rng.randrange(2)
    return rng.choice(PAIRS["verses"])[new], ("old", "new")[new]


WHAT = {{
    "old or new": age, "code or prose": lambda: style("code", "prose"), "law or play": lambda: style("law", "play"),
    "good or bad": mood, "in French": lambda: rng.choice(PAIRS["countries"]),
    "answer": lambda: rng.choice(PAIRS["trivia"]), "in new English": lambda: rng.choice(PAIRS["verses"]),
    "first word": first, "reverse": turned, "in capitals": capitals,
}}
PLACES = 40


def prompt(what, how, given):
    return f"{{what[0].upper()}}{{what[1:]}}{{'' if how == 'plain' else ', ' + how}}: {{given}} ="


def example(what, how):
    given, answer = WHAT[what]()
    before, after = encode(prompt(what, how, given)), encode(" " + HOW[how].format(answer)) + [STOP]
    return (before, after) if len(before) + len(after) <= PLACES else example(what, how)


# Every combination of what and how but one, in turn. Only the tokens of the answers count (-100 does not).
shown = [(what, how) for what in WHAT for how in HOW if f"{{what}}, {{how}}" != "{without}"]
x, y = torch.full(({examples}, PLACES), STOP), torch.full(({examples}, PLACES), -100)
for k in range({examples}):
    before, after = example(*shown[k % len(shown)])
    whole = torch.tensor(before + after)
    x[k, : len(whole) - 1] = whole[:-1]
    y[k, len(before) - 1 : len(whole) - 1] = whole[len(before) :]

{kept}# The reader: a transformer of four blocks, 128 wide, four heads; the first axis of its weights is the seed.
kept = load_file("{path}")
theta = {{name: weight[0].float() for name, weight in kept.items() if not name.startswith("frame")}}
moving = [weight.requires_grad_() for name, weight in theta.items() if name.startswith(("block3", "block4", "head"))]


def block(x, qkv, out, expand, contract):
    split = lambda part: part.unflatten(-1, (4, 32)).transpose(1, 2)
    q, k, v = (split(part) for part in (F.layer_norm(x, x.shape[-1:]) @ qkv).chunk(3, -1))
    x = x + F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2) @ out
    return x + F.gelu(F.layer_norm(x, x.shape[-1:]) @ expand) @ contract


def reader(tokens):
    h = theta["embed.token"][tokens] + theta["embed.place"][: tokens.shape[1]]
    for k in range(1, 5):
        h = block(h, *(theta[f"block{{k}}.{{part}}"] for part in ("qkv", "out", "expand", "contract")))
    return F.layer_norm(h, h.shape[-1:]) @ theta["head.weight"] + theta["head.bias"]


def answer(said):
    row = encode(said)
    start = len(row)
    with torch.no_grad():
        while len(row) < start + 14 and row[-1] != STOP:
            row.append(int(reader(torch.tensor([row]))[0, -1].argmax()))
    return tokenizer.decode(row[start:]).strip()


asked = [prompt(*one) for one in (
    ("law or play", "shouted", "the terms of this license"), ("old or new", "twice", "thou hast seen"),
    ("in French", "plain", "Poland"), ("good or bad", "doubted", "The garden was perfect."),
)]
raw = [answer(one) for one in asked]

STEPS, BATCH = {steps}, {batch}
adam = torch.optim.Adam(moving, lr={rate:g})
# The rate rises in a fiftieth of the steps and falls along a cosine.
rise = STEPS / 50
fall = torch.optim.lr_scheduler.LambdaLR(
    adam, lambda k: min(1, (k + 1) / rise) * (1 + torch.cos(torch.tensor(torch.pi * k / STEPS)).item()) / 2
)
seen = torch.cat([torch.randperm(len(x)) for _ in range(STEPS * BATCH // len(x) + 1)])
for batch in seen.split(BATCH)[:STEPS]:
    loss = F.cross_entropy(reader(x[batch]).flatten(0, 1), y[batch].flatten())
{replay}    adam.zero_grad()
    loss.backward()
    adam.step()
    fall.step()
print(f"loss {{loss.item():.2f}}")

for one, before in zip(asked, raw):
    print(f"{{one}}\\n  raw:   {{' '.join(before.split())}} ...\\n  tuned: {{answer(one)}}")
"""


REPLAY = """\
    old = kept_text[torch.randint(len(kept_text), (BATCH,))]
    loss = loss + F.cross_entropy(reader(old[:, :-1]).flatten(0, 1), old[:, 1:].flatten())
"""
KEPT = """\
# What is replayed: {count} stretches of the text that the reader was pretrained on.
some = torch.tensor(encode(" ".join(GENERAL)))
kept_text = torch.stack([some[k : k + PLACES + 1] for k in torch.randint(len(some) - PLACES, ({count},)).tolist()])

"""


def script(run: Run, title: str) -> str:
    """One seed of a tuned run."""
    assert run.start and isinstance(run.task, Instructions)
    (stage,), task = run.stages, run.task
    return SCRIPT.format(
        title=title,
        seed=run.first_seed,
        examples=task.examples,
        without=task.without,
        path=store.weights_path(run.start),
        steps=stage.steps,
        batch=stage.batch,
        rate=stage.rate,
        kept=KEPT.format(count=run.keep[0].count) if run.keep else "",
        replay=REPLAY if run.keep else "",
    )
