"""What nets take a drawing for, as far as it has been drawn: the question of the drawing board."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from core.measure import Learned
from core.worlds import drawn


def measure(learned: list[Learned], *, strokes: str) -> dict[str, Any]:
    """{"runs": [{"sure": [class]}]}: the probability of every class, the mean over seeds; [] for a mere dot."""
    x = drawn.image(strokes)
    if x is None:
        return {"runs": []}
    found = []
    for learner in learned:
        evaluator = replace(learner.evaluator(learner.run.task), examples=x, y=torch.zeros(1, dtype=torch.long))
        logits = evaluator.answers(learner.theta)
        found.append({"sure": logits.softmax(-1).mean((0, 1)).tolist()})
    return {"runs": found}
