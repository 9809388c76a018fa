"""Measures what a model of other people says to pictures, in its own thousand names, and how much of that is left after
it was fine-tuned: the tuned layers answer through the head that the model came with."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core import keep, nets, worlds
from core.experiment.tasks import Names, Task
from core.measure import Learned
from core.nets import Net, Theta

CHUNK = 32  # pictures of one seed that go through the net at once


def measure(learned: list[Learned], *, tasks: tuple[Task, ...]) -> dict[str, Any]:
    """Returns {"kept": [run][task], "names": [run][task][picture], "sure": the same in percent}.

    `kept` is the share of a task's test pictures whose most likely name is the same as before the run, as a mean over
    seeds. The names are those of the first seed at the end of the run.
    """
    called = worlds.load(Names()).names(Names())
    found: dict[str, Any] = {"kept": [], "names": [], "sure": []}
    for learner in learned:
        start = next(run for run in learner.run.lineage() if run.task.question == Names().question)
        own = {name: part for name, part in learner.thetas[start].items() if nets.layer_of(name) == "head"}
        pictures = [worlds.load(task).test(task)[0] for task in tasks]
        before, now = (
            [likely_names(learner.net, theta, own, x) for x in pictures]
            for theta in (learner.thetas[start], learner.theta)
        )
        found["kept"].append([round(float((b == n).float().mean()), 5) for (b, _), (n, _) in zip(before, now)])
        found["names"].append([[called[k] for k in n[0].tolist()] for n, _ in now])
        found["sure"].append([(100 * sure[0]).round().int().tolist() for _, sure in now])
    return found


def likely_names(net: Net, theta: Theta, own: Theta, x: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the number of the most likely name of each picture (n, ...) through the model's own head, and how sure
    the net is, (seeds, n) each."""
    seeds, last = len(next(iter(theta.values()))), len(net) - 1
    head = keep.for_each_seed(own, seeds)
    with torch.no_grad():
        parts = [
            nets.forward(net, head, nets.frozen_features(net, theta, part.expand(seeds, *part.shape), last), last)
            for part in x.split(CHUNK)
        ]
    sure, answers = torch.cat(parts, 1).softmax(-1).max(-1)
    return answers, sure
