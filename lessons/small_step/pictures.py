"""What this lesson shows: the old net, what both tasks get right along the way to the new one, and the editor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Guess, Verdict
from lessons.kit.evidence import against, final
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, curves, over_steps
from lessons.kit.values import Answer, Evidence, Settings
from lessons.small_step.claims import accuracy, at
from lessons.small_step.editor import BOTH, HALF, NEW, OLD, SIZE, before, editor, guessed_line
from lessons.small_step.runs import ALL, LAYER, NETS, PAIRS, RANK, TUNED, WHOLE, live_run

ALPHA = "alpha: 0 is the old net, 1 the new one"


def hook(evidence: Evidence, settings: Settings) -> Figure:
    title = "A net that knows six spiral arms: what would it say, where?"
    return before(evidence.answer("before"), PAIRS[TUNED], 1.0, title)


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """What both tasks get right along the way; before the prediction only where it begins and ends."""
    if not evidence.has("asked"):
        return ends(evidence, guess)
    return trade(evidence.answer("asked"), guess)


def ends(evidence: Evidence, guess: Guess) -> Figure:
    """The two nets, each at its place, and the learner's line between them."""
    old, table = evidence.answer("before"), evidence.table("ends")
    begins = (accuracy(old, 0) + accuracy(old, 1))[at(old, 1.0)] / 2
    places = {0.0: begins, 1.0: (final(table) + final(table.assign(accuracy=table["accuracy 1"]))) / 2}
    dots = against(places)
    drawn = [Curve(table=dots.iloc[[k]], name=("old net", "new net")[k], role="note", named=False) for k in (0, 1)]
    if guess:
        line = [float(places[0.0].mean()), guess[HALF] / 100, float(places[1.0].mean())]
        drawn.append(Curve(table=flat([0.0, 0.5, 1.0], line), name="your guess", role="guess", named=False))
    title = "Right answers, both tasks together"
    return curves(drawn, ALPHA, (0.0, 1.0), title=title, y="Right answers", log=False)


def flat(x: Sequence[float], y: Sequence[float]) -> pd.DataFrame:
    """A curve's table without a band."""
    return pd.DataFrame({"x": x, "mean": y, "low": y, "high": y})


def trade(answer: Answer, guess: Guess) -> Figure:
    """Right answers against alpha, from before the old net to beyond the new one."""
    alphas = answer["alphas"]
    old, new = (accuracy(answer, task) for task in (0, 1))
    lines = ((OLD, "source", old), (NEW, "target", new), (BOTH, "note", (old + new) / 2))
    drawn = [
        Curve(table=against(dict(list(zip(alphas, values))[::2])), name=name, role=role)  # all would hide the lines
        for name, role, values in lines
    ]
    if guess:
        line = dict(zip(alphas, guessed_line(answer, guess)))
        places = (0.0, 0.5, 1.0)
        drawn.append(Curve(table=flat(places, [line[x] for x in places]), name="your guess", role="guess"))
    title = "Right answers along the way (stored run, 8 nets)"
    return curves(drawn, ALPHA, (alphas[0], alphas[-1]), title=title, y="Right answers", log=False)


def live(evidence: Evidence, settings: Settings, guess: Guess) -> list[Figure]:
    """Both tasks while the new one is learned; before that the old net, and after it the editor has the floor."""
    if not evidence.has("live"):
        answer = evidence.answers("whole").get(())
        title = "The old net, before anything is learned"
        return [before(answer, PAIRS[settings[NETS]], 0.0, title)] if answer else []
    new, table = live_run(settings), evidence.table("live")
    if table.step.max() == new.steps:
        return []
    shown = [over_steps(table, NEW, "target")]
    if new.watch:
        shown.append(over_steps(table.assign(accuracy=table["accuracy 1"]), OLD, "source"))
    return [curves(shown, "steps", (1, new.steps), title="While it learns")]


def pictures(evidence: Evidence, settings: Settings, guess: Guess) -> list[Figure]:
    """The editor, on the learner's own delta as soon as it is measured."""
    if not evidence.has("dial"):
        return []
    mine = evidence.has("yours") and evidence.has("yours whole")
    answer, whole = map(evidence.answer, ("yours", "yours whole") if mine else ("dial", "whole"))
    moved = float(np.mean(answer["size"]))
    what = "delta" if settings[LAYER] == ALL else f"delta of the {settings[LAYER]} layer only"
    if settings[RANK] != WHOLE:
        what += f", cut to rank {settings[RANK]}"
    title = f"{'Your' if mine else 'The stored'} {what}: {percent(moved)} of the weights' length"
    asked = (settings[NETS], settings[LAYER], settings[RANK]) == (TUNED, ALL, WHOLE)
    return [editor(answer, whole, PAIRS[settings[NETS]], guess if asked else Settings(), title)]


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    answer = evidence.answer("asked")
    half = sum(float(accuracy(answer, task)[at(answer, 0.5)].mean()) for task in (0, 1)) / 2
    return [
        ("how far fine-tuning moves the weights", f"{guess[SIZE]} %", percent(float(np.mean(answer["size"])))),
        ("right answers half way, both tasks together", f"{guess[HALF]} %", percent(half)),
    ]
