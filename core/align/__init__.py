"""Turns the preferences of a rater into a loss that training can minimise. There is one file for each method; this
one holds what they share.

Every method is a module with the same function. No method depends on the training loop, and the loop does not know
the names of the methods.

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
    """Holds a loss that replaces the task's loss, and its cost."""

    value: Callable[[Theta], Tensor]  # theta -> (seeds,)
    flops: float  # operations of one step for one seed


@dataclass(frozen=True)
class Case:
    """Holds the net that learns from preferences, the task with the pairs of notes, and the pretrained weights."""

    task: Preferences
    seeds: range  # each seed has its own pairs
    net: Net
    reference: Theta  # the weights before any preferences were used; the penalty for drifting is measured from them

    def pairs(self) -> tuple[Tensor, Tensor]:
        """Returns the better and the worse notes of all pairs, each of shape (seeds, pairs, LENGTH)."""
        return guest_book.pairs(self.task, self.seeds)

    def log_ratio(self, theta: Theta, notes: Tensor) -> Tensor:
        """Returns the log of how much more likely each note is now than under the reference, of shape (seeds, n)."""
        with torch.no_grad():
            before = log_probs(self.net, self.reference, notes)
        return log_prob(log_probs(self.net, theta, notes), notes) - log_prob(before, notes)

    def flops(self, passes: float) -> float:
        """Returns the operations of a training step on one note, plus `passes` extra forward passes."""
        note = torch.zeros(len(self.seeds), 1, LENGTH, dtype=torch.long)
        once = 2 * sum(nets.products(self.net, self.reference, note).values())
        return nets.step_flops(self.net, self.reference, note, list(self.reference)) + passes * once


def goal(run: Run, stage: Stage, net: Net, ancestors: dict[Run, Theta], rngs: list[torch.Generator]) -> Goal | None:
    """Returns the loss that a stage minimises, or None if that is the task's own loss."""
    if stage.aim == "task":
        return None
    aimed: Goal = import_module(f"core.align.{stage.aim}").prepare(stage, case(run, run.task, net, ancestors), rngs)
    return aimed


def case(run: Run, task: Task, net: Net, ancestors: dict[Run, Theta]) -> Case:
    """Creates the case of a run. The reference is the weights of the oldest run in the lineage."""
    assert isinstance(task, Preferences)
    oldest = list(run.lineage())[-1]
    return Case(task, run.seed_range, net, keep.for_each_seed(ancestors[oldest], run.seeds))


def log_probs(net: Net, theta: Theta, notes: Tensor) -> Tensor:
    """Returns the log-probability of every word at every place: notes (seeds, n, LENGTH) -> (seeds, n, LENGTH,
    words)."""
    return nets.forward(net, theta, guest_book.shifted(notes)).log_softmax(-1)


def log_prob(log_probs: Tensor, notes: Tensor) -> Tensor:
    """Returns the log-probability of each note as a whole, (seeds, n)."""
    return log_probs.gather(-1, notes[..., None])[..., 0].sum(-1)


def write(net: Net, theta: Theta, count: int, rngs: list[torch.Generator]) -> Tensor:
    """Samples notes from the net, word by word, of shape (seeds, count, LENGTH)."""
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
