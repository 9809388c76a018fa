"""Tells and marks where the dial stands: the accuracy on both tasks at the alpha that the learner has set."""

from __future__ import annotations

from lessons.kit.figures import percent
from lessons.kit.figures.curves import Mark
from lessons.kit.model.values import Results, Settings
from lessons.small_step.claims import accuracy, alpha_index
from lessons.small_step.runs import DIAL, NETS, TUNED


def tell_alpha(evidence: Results, settings: Settings) -> str:
    """Returns the accuracy on the old and the new arms at this alpha, once it may be shown."""
    if not evidence.has("asked") or settings[NETS] != TUNED:
        return ""
    answer, alpha = evidence.answer("asked"), settings[DIAL]
    old, new = (accuracy(answer, task).mean(1)[alpha_index(answer, alpha)] for task in (0, 1))
    return (
        f"At alpha {alpha:g} the net gets {percent(old)} of the old arms and {percent(new)} of the turned arms right."
    )


def alpha_marks(evidence: Results, settings: Settings) -> list[Mark]:
    """Returns a line at this alpha, once the curves are shown."""
    alpha = settings[DIAL]
    line = Mark(start=(alpha, 0.02), end=(alpha, 0.9), says=f"alpha {alpha:g}", place="insideStartBottom")
    return [line] if evidence.has("asked") else []
