"""Reinforcement learning from preferences (REINFORCE, Williams 1992). The net writes notes, a reward model scores
them, and notes with a score above the mean become more likely.

The reward includes a penalty for drifting from the pretrained net: it falls by beta for every nat by which a note has
become more likely than under the pretrained net (Stiennon et al. 2020; Ouyang et al. 2022).
"""

from __future__ import annotations

import torch

from core.align import Case, Goal, write
from core.align.rater import RewardModel
from core.experiment.guest_book_words import LENGTH
from core.experiment.spec import Stage
from core.nets import Theta


def prepare(stage: Stage, case: Case, rngs: list[torch.Generator]) -> Goal:
    """Returns the loss -(reward - mean reward of the batch) * log-probability of the note, over stage.batch new notes
    at every step."""
    model = RewardModel.fitted(*case.pairs())

    def value(theta: Theta) -> torch.Tensor:
        notes = write(case.net, {name: weight.detach() for name, weight in theta.items()}, stage.batch, rngs)
        # has the gradient of the note's log-probability, because the reference is constant
        moved = case.log_ratio(theta, notes)
        reward = model(notes) - stage.beta * moved.detach()
        return -((reward - reward.mean(1, keepdim=True)) * moved).mean(1)

    # Each note is also written, where every word takes a pass over all words before it, and read by the reference.
    return Goal(value, stage.batch * case.flops(passes=(LENGTH + 1) / 2 + 1))
