"""Trains one net to write guest book notes, and then to write notes that raters prefer, with RL or DPO."""

import random

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR

from core.experiment.guest_book_words import ENOUGH, FREE, KINDS, LENGTH, LONG, MOODS, SHORT, TWICE, WORDS
from lessons.kit.scripts.attention import Transformer, annealed

SEED = 0
METHOD = "policy_gradient"  # or dpo
BETA = 0.1  # the leash: the penalty for drifting from the pretrained net
MIX = 0.0  # how much the loss on ordinary notes counts
STEPS = 100
RATE = 1e-3
BATCH = 64
NOTES = 4000  # in the guest book
BOOK_STEPS = 300
BOOK_RATE = 5e-3
BOOK_BATCH = 64
PAIRS = 300  # in each pair, a rater prefers one note
BETTER = ["the soup was warm and our host was very kind"]  # the notes that you preferred
WORSE = ["the soup was cold and our host was very rude"]


def note() -> list[str]:
    """Returns a random note of ten words: a short clause and a long one."""
    *feeling, twice = random.choice(MOODS)
    clauses = [random.choice(SHORT), random.choice(TWICE if random.random() < twice else LONG)]
    random.shuffle(clauses)
    said = list[str]()
    for slot in f"{clauses[0]} join {clauses[1]}".split():
        if slot == "*":
            slot = random.choices(("kind", "unkind", "plain"), feeling)[0]
        said.append(said[-1] if slot == "=" else random.choice(KINDS[slot]))
    return said


def quality(note: list[str]) -> int:
    """Returns how good the rater truly finds the note."""
    kind, unkind = (sum(word in KINDS[name] for word in note) for name in ("kind", "unkind"))
    little = [word for name in FREE for word in KINDS[name]]
    repeats = sum(word in note[:k] and word not in little for k, word in enumerate(note))
    return ENOUGH - abs(kind - ENOUGH) - unkind - 2 * repeats


def numbers(notes: list[list[str]]) -> Tensor:
    return torch.tensor([[WORDS.index(word) for word in note] for note in notes])


def chances(net: Transformer, notes: Tensor) -> Tensor:
    """Returns the log probability of every word at every place, given the words before it."""
    return net(F.pad(notes, (1, 0))[:, :-1]).log_softmax(-1)


def whole(net: Transformer, notes: Tensor) -> Tensor:
    """Returns the log probability of each whole note."""
    return chances(net, notes).gather(-1, notes[..., None])[..., 0].sum(-1)


def ordinary(size: int) -> Tensor:
    """Returns the loss per word on random notes of the guest book."""
    return -whole(net, book[torch.randint(len(book), (size,))]).mean() / LENGTH


@torch.no_grad()
def write(net: Transformer, count: int) -> Tensor:
    notes = torch.zeros(count, LENGTH, dtype=torch.long)
    for place in range(LENGTH):
        notes[:, place] = torch.multinomial(chances(net, notes[:, : place + 1])[:, -1].exp(), 1)[:, 0]
    return notes


def texts(notes: Tensor) -> list[list[str]]:
    return [[WORDS[k] for k in note] for note in notes.tolist()]


def bag(notes: Tensor) -> Tensor:
    """Counts each word of a note. The reward model sees only these counts, so it cannot see repetition."""
    return F.one_hot(notes, len(WORDS)).sum(1).float()


def reward_model() -> Tensor:
    """Returns the worth of each word. The note with the larger sum should be the one that raters prefer."""
    worth = torch.zeros(len(WORDS), requires_grad=True)
    fit = torch.optim.LBFGS([worth], max_iter=100)

    def surprise() -> Tensor:
        fit.zero_grad()
        total = -F.logsigmoid((bag(better) - bag(worse)) @ worth).sum() + worth.square().sum() / 2
        total.backward()
        return total

    fit.step(surprise)
    return worth.detach()


# Pretraining: learn to predict the next word of every note.
random.seed(SEED)
torch.manual_seed(SEED)
book = numbers([note() for _ in range(NOTES)])
net, reference = (Transformer(len(WORDS), LENGTH, width=32, heads=2, blocks=1) for _ in range(2))
adam = torch.optim.Adam(net.parameters(), lr=BOOK_RATE)
rate = LambdaLR(adam, lambda step: annealed(step, BOOK_STEPS))
for _ in range(BOOK_STEPS):
    loss = ordinary(BOOK_BATCH)
    adam.zero_grad()
    loss.backward()
    adam.step()
    rate.step()
reference.load_state_dict(net.state_dict())

# Pairs: your choices, and those of a simulated rater who usually prefers the better note.
preferred, other = [text.split() for text in BETTER], [text.split() for text in WORSE]
while len(preferred) < PAIRS:
    a, b = note(), note()
    first = random.random() < torch.tensor(float(quality(a) - quality(b))).sigmoid()
    preferred.append(a if first else b)
    other.append(b if first else a)
better, worse = numbers(preferred), numbers(other)

if METHOD == "policy_gradient":
    worth = reward_model()
adam = torch.optim.Adam(net.parameters(), lr=RATE)
for _ in range(STEPS):
    if METHOD == "policy_gradient":
        notes = write(net, BATCH)
        now = whole(net, notes)
        with torch.no_grad():
            reward = bag(notes) @ worth - BETA * (now - whole(reference, notes))
        loss = -((reward - reward.mean()) * now).mean()  # notes above the mean reward become more likely
    else:
        pick = torch.randint(len(better), (BATCH,))
        with torch.no_grad():
            was = whole(reference, better[pick]) - whole(reference, worse[pick])
        loss = -F.logsigmoid(BETA * (whole(net, better[pick]) - whole(net, worse[pick]) - was)).mean()
    if MIX:
        loss = loss + MIX * ordinary(BATCH)
    adam.zero_grad()
    loss.backward()
    adam.step()

for text in texts(write(net, 5)):
    print(" ".join(text), f"  (quality {quality(text)})")
was_liked, is_liked = (sum(map(quality, texts(write(writer, 500)))) / 500 for writer in (reference, net))
print(f"quality before {was_liked:.2f}, after {is_liked:.2f}")
