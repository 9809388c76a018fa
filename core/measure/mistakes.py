"""The test examples that the first seed of each run gets wrong, as pictures."""

from __future__ import annotations

from typing import Any

import torch

from core import nets, worlds
from core.measure.examples import packed
from core.nets import Theta
from core.spec import Measure, Run
from core.train import Exam


def measure(value: Measure, learned: list[dict[Run, Theta]]) -> dict[str, Any]:
    """For each run {"wrong", "of", "pictures": [{"image", "truth", "answer"}]}, an even choice over the classes."""
    found = []
    for run, thetas in zip(value.runs, learned):
        net = nets.load(run.net, worlds.load(run.task).classes(run.task))
        exam = Exam(run, run.task, net, thetas)
        exam.freeze(thetas[run], 0)
        answers = exam.answers(thetas[run])[0].argmax(-1)
        wrong = torch.nonzero(answers != exam.y).flatten()
        shown = wrong[torch.linspace(0, len(wrong) - 1, min(value.count, len(wrong))).long()]
        pictures = [
            {"image": packed(exam.examples[k]), "truth": int(exam.y[k]), "answer": int(answers[k])} for k in shown
        ]
        found.append({"wrong": len(wrong), "of": len(exam.y), "pictures": pictures})
    return {"runs": found}
