"""The test examples that the first seed of each run gets wrong, as pictures."""

from __future__ import annotations

from typing import Any

import torch

from core.measure import Learned
from core.measure.examples import packed


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """For each run {"wrong", "of", "pictures": [{"image", "truth", "answer"}]}, an even choice over the classes."""
    found = []
    for learner in learned:
        exam = learner.exam(learner.run.task)
        answers = exam.answers(learner.theta)[0].argmax(-1)
        wrong = torch.nonzero(answers != exam.y).flatten()
        shown = wrong[torch.linspace(0, len(wrong) - 1, min(count, len(wrong))).long()]
        pictures = [
            {"image": packed(exam.examples[k]), "truth": int(exam.y[k]), "answer": int(answers[k])} for k in shown
        ]
        found.append({"wrong": len(wrong), "of": len(exam.y), "pictures": pictures})
    return {"runs": found}
