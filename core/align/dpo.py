"""Direct preference optimization (Rafailov et al. 2023): trains on the pairs alone, without a reward model and
without sampling notes. The change of the net since the pretrained weights plays the role of the reward."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from core.align import Case, Goal
from core.experiment.spec import Stage
from core.nets import Theta


def prepare(stage: Stage, case: Case, rngs: list[torch.Generator]) -> Goal:
    """Returns the loss -ln sigmoid(beta * (log ratio of the better note - log ratio of the worse note)), over
    stage.batch pairs at every step."""
    better, worse = case.pairs()
    row = torch.arange(len(rngs))[:, None]

    def value(theta: Theta) -> torch.Tensor:
        pick = torch.stack([torch.randint(better.shape[1], (stage.batch,), generator=rng) for rng in rngs])
        moved = case.log_ratio(theta, torch.cat([better[row, pick], worse[row, pick]], 1))
        return -F.logsigmoid(stage.beta * (moved[:, : stage.batch] - moved[:, stage.batch :])).mean(1)

    return Goal(value, 2 * stage.batch * case.flops(passes=1))
