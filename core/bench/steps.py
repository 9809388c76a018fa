"""Measures the time of a training step, compared with a tutorial's loop and with the processor's limit, and the time
to draw examples."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from itertools import islice, pairwise

import torch
from torch import nn

from core import worlds
from core.bench import SEEDS, Result, seconds
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Glyphs, GuestBook, Handwriting, Lines, Plane, Task, Text
from core.training.report import Point, Tick
from core.training.train import train
from core.worlds import glyphs
from core.worlds.glyphs import select_glyphs

STEPS: tuple[tuple[str, Task, int, int], ...] = (  # seeds and examples of a step, as in the lessons
    ("conv", Handwriting(labels=50), SEEDS, 16),
    ("mlp_image", Handwriting(labels=50), SEEDS, 16),
    ("mlp", Plane(labels=100), SEEDS, 16),
    ("writer", GuestBook(), SEEDS, 32),
    ("in_context", Lines(), 4, 64),
    ("transformer", Text(), 2, 8),
)


def conv() -> nn.Module:
    """Builds the net of core/nets/conv.py from PyTorch's own modules."""
    first, second = nn.Conv2d(1, 16, 5, 3, 2), nn.Conv2d(16, 32, 3, 2, 1)
    return nn.Sequential(
        first, nn.ReLU(), second, nn.ReLU(), nn.Flatten(), nn.Linear(800, 64), nn.ReLU(), nn.Linear(64, 10)
    )


def mlp() -> nn.Module:
    """Builds the net of core/nets/mlp.py from PyTorch's own modules."""
    hidden = [layer for _ in range(2) for layer in (nn.Linear(64, 64), nn.ReLU())]
    return nn.Sequential(nn.Linear(2, 64), nn.ReLU(), *hidden, nn.Linear(64, 6))


def plain(net: nn.Module, run: Run, fused: bool) -> float:
    """Returns the seconds a step of one model that is trained as in a tutorial."""
    pool = worlds.load(run.task).train(run.task, range(1))
    x, y = pool.x[0], pool.y[0]
    adam = torch.optim.Adam(net.parameters(), lr=1e-3, fused=fused)
    times = [time.perf_counter()]
    for step in range(run.steps):
        pick = torch.randint(len(x), (run.stages[0].batch,))
        loss = nn.functional.cross_entropy(net(x[pick]), y[pick])
        adam.zero_grad()
        loss.backward()
        adam.step()
        if step % 20 == 19:
            times.append(time.perf_counter())
    return statistics.median(b - a for a, b in pairwise(times)) / 20


def stacked(run: Run, enough: int = 1000) -> float:
    """Returns the seconds a step of all seeds of a run, measured between two ticks of `train`, where nothing is
    tested. It is the median of `enough` such spans, or of all spans if there are fewer."""
    spans: list[float] = []
    since: tuple[float, int] | None = None
    for event in train(run, {}):
        now = time.perf_counter()
        if isinstance(event, Tick) and since is not None:
            spans.append((now - since[0]) / (event.step - since[1]))
        since = (now, event.step) if isinstance(event, Tick) else None
        if len(spans) == enough:
            break
    return statistics.median(spans)


def matrices() -> list[Result]:
    """Compares a step of every net with the product of two large matrices, both in operations a second."""
    one, other = torch.rand(512, 512), torch.rand(512, 512)
    fastest = 2 * 512**3 / seconds(lambda: torch.mm(one, other), 50) / 1e9
    found = []
    for net, task, seeds, batch in STEPS:
        run = Run(task=task, net=net, stages=(Stage(steps=20_000, batch=batch),), seeds=seeds)
        points = [event for event in islice(train(run, {}), 2) if isinstance(event, Point)]
        cost = seeds * (points[1].flops - points[0].flops) / (points[1].step - points[0].step)
        ours = cost / stacked(run, enough=3) / 1e9
        found.append(Result(f"{net}: a step of {seeds} x {batch}, torch.mm", ours, fastest, "GFLOP/s", ours / fastest))
    return found


def training() -> list[Result]:
    """Compares the stacked trainer with training one model after another, and eight seeds with one."""
    found = []
    for name, build, task in (("conv", conv, Handwriting(labels=50)), ("mlp", mlp, Plane(labels=100))):
        run = Run(task=task, net=name, stages=(Stage(steps=1000, batch=16),), seeds=SEEDS)
        ours, one = 1000 * stacked(run), 1000 * stacked(replace(run, seeds=1))
        for kind, fused in (("plain loop", False), ("fused loop", True)):
            theirs = 1000 * plain(build(), run, fused)
            each = ours / SEEDS
            found.append(Result(f"{name}: stacked trainer, {kind}", each, theirs, "ms a step and model", theirs / each))
        what = f"{name}: a step of {SEEDS} seeds, {SEEDS} steps of one"
        found.append(Result(what, ours, SEEDS * one, "ms", SEEDS * one / ours))
    return found


def drawing() -> Result:
    """Measures how many glyphs are drawn in a second."""
    points = select_glyphs(Glyphs())[0][torch.arange(256)]
    rng = torch.Generator().manual_seed(0)
    took = seconds(lambda: glyphs.render(points, Glyphs(), rng), 20)
    return Result("glyphs drawn", 256 / took, None, "a second and core", None)
