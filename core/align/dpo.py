"""Direct preference optimization: no reward model and nothing written; the pairs alone say where to go, and the net's
own move away from the pretrained one stands for the reward (Rafailov et al. 2023)."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from core.align import Case, Goal
from core.experiment.spec import Stage
from core.nets import Theta


def prepare(stage: Stage, case: Case, rngs: list[torch.Generator]) -> Goal:
    """-ln sigmoid(beta * (move of the better note - move of the worse)), over stage.batch pairs at every step."""
    better, worse = case.pairs()
    row = torch.arange(len(rngs))[:, None]

    def value(theta: Theta) -> torch.Tensor:
        pick = torch.stack([torch.randint(better.shape[1], (stage.batch,), generator=rng) for rng in rngs])
        moved = case.log_ratio(theta, torch.cat([better[row, pick], worse[row, pick]], 1))
        return -F.logsigmoid(stage.beta * (moved[:, : stage.batch] - moved[:, stage.batch :])).mean(1)

    return Goal(value, 2 * stage.batch * case.flops(passes=1))
