"""Returns what nets predict for a drawing, which may be unfinished. The drawing board uses it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from core.measure import Learned
from core.worlds import drawn


def measure(learned: list[Learned], *, strokes: str) -> dict[str, Any]:
    """Returns {"runs": [{"sure": [class]}]}: the probability of every class, as the mean over seeds. A mere dot gives
    []."""
    x = drawn.image(strokes)
    if x is None:
        return {"runs": []}
    found = []
    for learner in learned:
        evaluator = replace(learner.evaluator(learner.run.task), examples=x, y=torch.zeros(1, dtype=torch.long))
        logits = evaluator.answers(learner.theta)
        found.append({"sure": logits.softmax(-1).mean((0, 1)).tolist()})
    return {"runs": found}
