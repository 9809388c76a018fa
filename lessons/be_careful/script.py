"""Show me the PyTorch: the guest book, the net, the pairs and a way to please, in plain torch that stands alone."""

from __future__ import annotations

from core import words
from core.spec import Run
from core.tasks import Preferences

BOOK = '''\
# {title}
# Needs: pip install torch
import random

import torch
import torch.nn.functional as F
from torch import nn

SEED = {seed}
random.seed(SEED)
torch.manual_seed(SEED)

# The guest book: ten words a note, a short clause and a long one.
KINDS = {{
{kinds}
}}
WORDS = [".", *(word for kind in KINDS.values() for word in kind.split())]
MOODS = {moods}


def note():
    *feeling, twice = random.choice(MOODS)
    long = {twice} if random.random() < twice else {long}
    clauses = [random.choice({short}), random.choice(long)]
    random.shuffle(clauses)
    said = []
    for slot in f"{{clauses[0]}} join {{clauses[1]}}".split():
        if slot == "*":
            slot = random.choices(("kind", "unkind", "plain"), feeling)[0]
        said.append(said[-1] if slot == "=" else random.choice(KINDS[slot].split()))
    return said


def quality(note):
    """What the rater truly thinks."""
    kind, unkind = (sum(word in KINDS[name].split() for word in note) for name in ("kind", "unkind"))
    free = {free}
    little = [word for name in free for word in KINDS[name].split()]
    repeats = sum(word in note[:k] and word not in little for k, word in enumerate(note))
    return {enough} - abs(kind - {enough}) - unkind - 2 * repeats


def numbers(notes):
    return torch.tensor([[WORDS.index(word) for word in note] for note in notes])


class Writer(nn.Module):
    """A transformer of one block."""

    def __init__(self, width=32, heads=2):
        super().__init__()
        self.heads = heads
        self.token, self.place = nn.Embedding(len(WORDS), width), nn.Embedding(10, width)
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.expand, self.contract = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)
        self.head = nn.Linear(width, len(WORDS))
        for table in (self.token, self.place):
            nn.init.uniform_(table.weight, -0.05, 0.05)
        for layer in (self.qkv, self.expand):
            nn.init.uniform_(layer.weight, -(width**-0.5), width**-0.5)
        for layer in (self.out, self.contract):
            nn.init.uniform_(layer.weight, -((2 * layer.in_features) ** -0.5), (2 * layer.in_features) ** -0.5)
        for weight in (self.head.weight, self.head.bias):
            nn.init.uniform_(weight, -1e-3, 1e-3)

    def forward(self, notes):
        """ln of the chance of every word at every place, each from the words before it."""
        before = F.pad(notes, (1, 0))[:, :-1]
        x = self.token(before) + self.place.weight[: notes.shape[1]]
        parts = self.qkv(F.layer_norm(x, x.shape[-1:])).chunk(3, -1)
        q, k, v = (one.unflatten(-1, (self.heads, -1)).transpose(1, 2) for one in parts)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        x = x + self.contract(F.gelu(self.expand(F.layer_norm(x, x.shape[-1:]))))
        return self.head(F.layer_norm(x, x.shape[-1:])).log_softmax(-1)


def said(net, notes):
    """ln of the chance of each note as a whole."""
    return net(notes).gather(-1, notes[..., None])[..., 0].sum(-1)


@torch.no_grad()
def write(net, count):
    notes = torch.zeros(count, 10, dtype=torch.long)
    for place in range(10):
        notes[:, place] = torch.multinomial(net(notes[:, : place + 1])[:, -1].exp(), 1)[:, 0]
    return notes


# Pretraining: 4,000 notes, the next word at every place.
book, net = numbers([note() for _ in range(4000)]), Writer()
adam = torch.optim.Adam(net.parameters(), lr=5e-3)
fall = torch.optim.lr_scheduler.CosineAnnealingLR(adam, 300)
for step in range(300):
    loss = -said(net, book[torch.randint(len(book), (64,))]).mean() / 10
    adam.zero_grad()
    loss.backward()
    adam.step()
    fall.step()
reference = Writer()
reference.load_state_dict(net.state_dict())

# Pairs: {clicks} of yours, the others from a rater who mostly prefers the better note.
better, worse = {better}, {worse}
better, worse = [text.split() for text in better], [text.split() for text in worse]
while len(better) < {pairs}:
    a, b = note(), note()
    first = random.random() < torch.tensor(float(quality(a) - quality(b))).sigmoid()
    better.append(a if first else b)
    worse.append(b if first else a)
better, worse = numbers(better), numbers(worse)
'''

REWARD = """
# The reward model: a bag of words. It adds up what each word is worth, and cannot see that one was said before.
worth = torch.zeros(len(WORDS), requires_grad=True)
bag = lambda notes: F.one_hot(notes, len(WORDS)).sum(1).float()
fit = torch.optim.LBFGS([worth], max_iter=100)


def surprise():
    fit.zero_grad()
    total = -F.logsigmoid((bag(better) - bag(worse)) @ worth).sum() + worth.square().sum() / 2
    total.backward()
    return total


fit.step(surprise)
worth = worth.detach()
"""

STEPS = """
beta, mix = {beta}, {mix}  # the leash; how much the loss on ordinary notes weighs
adam = torch.optim.Adam(net.parameters(), lr={rate})
for step in range({steps}):
{step}
    if mix:
        loss = loss - mix * said(net, book[torch.randint(len(book), ({batch},))]).mean() / 10
    adam.zero_grad()
    loss.backward()
    adam.step()

for text in write(net, 5):
    text = [WORDS[k] for k in text]
    print(" ".join(text), f"  (quality {{quality(text)}})")
mean = lambda notes: sum(quality([WORDS[k] for k in one]) for one in notes) / len(notes)
print(f"quality before {{mean(write(reference, 500)):.2f}}, after {{mean(write(net, 500)):.2f}}")
"""

RL_STEP = """\
    notes = write(net, {batch})
    now = said(net, notes)
    with torch.no_grad():
        mark = bag(notes) @ worth - beta * (now - said(reference, notes))  # the reward, and the leash
    loss = -((mark - mark.mean()) * now).mean()  # what was marked above the mean becomes likelier"""

DPO_STEP = """\
    pick = torch.randint(len(better), ({batch},))
    with torch.no_grad():
        was = said(reference, better[pick]) - said(reference, worse[pick])
    loss = -F.logsigmoid(beta * (said(net, better[pick]) - said(net, worse[pick]) - was)).mean()"""


def script(run: Run) -> str:
    """One seed of a run: pretraining, pairs, and its one stage."""
    assert isinstance(run.task, Preferences)
    stage, clicks = run.stages[0], run.task.clicks
    chosen = [pair if click == "a" else pair[::-1] for pair, click in zip(words.ASKED, clicks) if click != "-"]
    rl = stage.aim == "policy_gradient"
    head = BOOK.format(
        title=f"{'RL' if rl else 'DPO'}, leash {stage.beta:g}, pretraining mix {stage.mix:g}",
        seed=run.first_seed,
        kinds="\n".join(f'    "{kind}": "{" ".join(some)}",' for kind, some in words.KINDS.items()),
        moods=words.MOODS,
        twice=words.TWICE,
        long=words.LONG,
        short=words.SHORT,
        free=words.FREE,
        enough=words.ENOUGH,
        clicks=len(chosen),
        pairs=run.task.pairs,
        better=[pair[0] for pair in chosen],
        worse=[pair[1] for pair in chosen],
    )
    step = (RL_STEP if rl else DPO_STEP).format(batch=stage.batch)
    tail = STEPS.format(
        beta=stage.beta, mix=stage.mix, rate=stage.rate, steps=stage.steps, batch=stage.batch, step=step
    )
    return head + (REWARD if rl else "") + tail
