"""Reinforcement learning from preferences: the net writes, a reward model scores it, and what scored above the mean
becomes likelier (REINFORCE, Williams 1992). The reward includes the leash: it falls by beta for every nat by which a
note has become likelier than the pretrained net finds it (Stiennon et al. 2020; Ouyang et al. 2022)."""

from __future__ import annotations

import torch

from core.align import Case, Goal, write
from core.align.rater import RewardModel
from core.experiment.guest_book_words import LENGTH
from core.experiment.spec import Stage
from core.nets import Theta


def prepare(stage: Stage, case: Case, rngs: list[torch.Generator]) -> Goal:
    """-(reward - mean reward of the batch) * ln of the note's chance, over stage.batch new notes at every step."""
    model = RewardModel.fitted(*case.pairs())

    def value(theta: Theta) -> torch.Tensor:
        notes = write(case.net, {name: weight.detach() for name, weight in theta.items()}, stage.batch, rngs)
        moved = case.log_ratio(theta, notes)  # its gradient is that of the note's chance: the reference stays
        reward = model(notes) - stage.beta * moved.detach()
        return -((reward - reward.mean(1, keepdim=True)) * moved).mean(1)

    # Besides, each note is written, every word from all before it anew, and read by the reference.
    return Goal(value, stage.batch * case.flops(passes=(LENGTH + 1) / 2 + 1))
