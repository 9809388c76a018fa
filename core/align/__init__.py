"""What a rater prefers as something to be made small: one file a way, and what they share.

Every way is a module with the same one function; none knows the loop, and the loop knows none by name.

prepare(stage, case, rngs) -> Goal
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import torch
from torch import Tensor

from core import keep, nets
from core.experiment.guest_book_words import LENGTH
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Preferences, Task
from core.nets import Net, Theta
from core.worlds import guest_book


@dataclass(frozen=True)
class Goal:
    """What is made small instead of the task's loss, and what that takes."""

    value: Callable[[Theta], Tensor]  # theta -> (seeds,)
    flops: float  # operations of one step and seed


@dataclass(frozen=True)
class Case:
    """Whose writing is changed to suit whom."""

    task: Preferences
    seeds: range  # each has its own pairs
    net: Net
    reference: Theta  # the weights before anybody asked for anything: the leash is tied to them

    def pairs(self) -> tuple[Tensor, Tensor]:
        """Better and worse notes (seeds, pairs, LENGTH)."""
        return guest_book.pairs(self.task, self.seeds)

    def log_ratio(self, theta: Theta, notes: Tensor) -> Tensor:
        """(seeds, n): ln of how many times likelier notes have become since the reference."""
        with torch.no_grad():
            before = log_probs(self.net, self.reference, notes)
        return log_prob(log_probs(self.net, theta, notes), notes) - log_prob(before, notes)

    def flops(self, passes: float) -> float:
        """Operations of training on one note, and of so many passes forwards besides."""
        note = torch.zeros(len(self.seeds), 1, LENGTH, dtype=torch.long)
        once = 2 * sum(nets.products(self.net, self.reference, note).values())
        return nets.step_flops(self.net, self.reference, note, list(self.reference)) + passes * once


def goal(run: Run, stage: Stage, net: Net, ancestors: dict[Run, Theta], rngs: list[torch.Generator]) -> Goal | None:
    """What a stage aims at, if not at its task."""
    if stage.aim == "task":
        return None
    aimed: Goal = import_module(f"core.align.{stage.aim}").prepare(stage, case(run, run.task, net, ancestors), rngs)
    return aimed


def case(run: Run, task: Task, net: Net, ancestors: dict[Run, Theta]) -> Case:
    """The reference is what the oldest run of the lineage has learned."""
    assert isinstance(task, Preferences)
    oldest = list(run.lineage())[-1]
    return Case(
        task, range(run.first_seed, run.first_seed + run.seeds), net, keep.for_each_seed(ancestors[oldest], run.seeds)
    )


def log_probs(net: Net, theta: Theta, notes: Tensor) -> Tensor:
    """ln of the chance of every word at every place: notes (seeds, n, LENGTH) -> (seeds, n, LENGTH, words)."""
    return nets.forward(net, theta, guest_book.shifted(notes)).log_softmax(-1)


def log_prob(log_probs: Tensor, notes: Tensor) -> Tensor:
    """(seeds, n): ln of the chance of each note as a whole."""
    return log_probs.gather(-1, notes[..., None])[..., 0].sum(-1)


def write(net: Net, theta: Theta, count: int, rngs: list[torch.Generator]) -> Tensor:
    """(seeds, count, LENGTH): notes as the net writes them, a word at a time, each drawn by its chance."""
    luck = torch.stack([torch.rand(count, LENGTH, generator=rng) for rng in rngs])
    notes = torch.zeros(len(rngs), count, LENGTH, dtype=torch.long)
    last = len(net) - 1
    with torch.no_grad():
        for place in range(LENGTH):
            seen = guest_book.shifted(notes)[..., : place + 1]
            vectors = nets.forward(net, theta, seen, end=last)[:, :, -1:]
            upto = nets.forward(net, theta, vectors, last)[:, :, 0].softmax(-1).cumsum(-1)
            notes[..., place] = (upto < luck[..., place, None]).sum(-1).clamp(max=upto.shape[-1] - 1)
    return notes
