"""Returns what the first seed of a run wrote at each of its frames, always with the same random numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.align import case
from core.align.rater import Judge
from core.measure import Learned
from core.nets import Theta
from core.worlds import guest_book


def measure(learned: list[Learned], *, count: int) -> dict[str, Any]:
    """Returns {"written": [run] a list of {"step", "kl", "promised", "preferred", "notes"}}.

    The numbers are means over all notes of that step. Each of `count` notes has a "text" and its own "promised" and
    "preferred".
    """
    return {"written": [notes_over_steps(learner, count) for learner in learned]}


def notes_over_steps(learner: Learned, count: int) -> list[dict[str, Any]]:
    """Returns the notes and scores of one run at every frame, or at its end if it has no frames."""
    every = case(learner.run, learner.run.task, learner.net, dict(learner.thetas))
    first = replace(every, seeds=every.seeds[:1], reference=first_net(every.reference))
    judge, found = Judge(first), []
    for step, theta in (learner.frames or {learner.run.steps: first_net(learner.theta)}).items():
        notes = judge.sample_notes(theta)[:, :count]
        each = {name: scores[0].tolist() for name, scores in judge.scores(notes).items()}
        shown = [
            {"text": guest_book.read(note)} | {name: round(each[name][k], 3) for name in ("promised", "preferred")}
            for k, note in enumerate(notes[0])
        ]
        means = {name: scores[0] for name, scores in judge.report(theta).items()}
        found.append({"step": step} | means | {"notes": shown})
    return found


def first_net(theta: Theta) -> Theta:
    return {name: weight[:1] for name, weight in theta.items()}
