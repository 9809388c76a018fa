"""The pictures of this lesson: error against examples, the learner's points, training, and what it all cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.spec import Run
from lessons.kit.catalogue import Evidence, Settings
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.dots import Axis, Dot, dots
from lessons.without_learning.claims import AS_SEEN, EXAMPLES, SHOWN, curve, errors, fitted, share

NET, FIT, YOURS = "the net", "least squares", "your net"
LOOK = {NET: "pretrained", FIT: "target", YOURS: "scratch best"}
TOLD = {
    AS_SEEN: "on lines like those it saw",
    "farther out": "with points twice as far out",
    "steeper": "on lines three times as steep",
    "bent": "on parabolas",
}


def riddle(points: tuple[tuple[float, float], ...], reach: tuple[float, float]) -> Figure:
    """A prompt as a picture: some points of one line, and a question."""
    shown = [Dot(name=str(k), x=x, y=y, role="note", side="top") for k, (x, y) in enumerate(points, 1)]
    ask = Dot(name="y = ?", x=2.0, y=-reach[1] + 0.4, role="guess", side="right")
    across, up = (Axis(name=name, low=-end, high=end) for name, end in zip("xy", reach))
    title = "Some points of a line, one after the other. What is y where x is 2?"
    return dots([*shown, ask], across, up, title=title, height=320)


def by_examples(evidence: Evidence, world: str, guess: Settings, title: str) -> Figure:
    """Error against examples in the prompt: of least squares, and of the nets that may be seen."""
    shown = [one(fitted(evidence["least squares"], world)[None], FIT)]
    shown += [one(errors(evidence[label], world), name) for label, name in ASKED.items() if label in evidence]
    marks = []
    if guess and world == AS_SEEN and isinstance(guess["examples"], int):
        at = guess["examples"]
        marks.append(Mark(start=(at, 0.0), end=(at, 1.0), says="you: level from here", role="guess"))
    return curves(shown, "examples in the prompt", (0, EXAMPLES), marks, title=title, y="Error", log=False)


ASKED = {"net": NET, "yours asked": YOURS}


def one(errors: np.ndarray, name: str) -> Curve:
    table = curve(errors)
    return Curve(table=table.assign(low=table.low.clip(lower=0)), name=name, role=LOOK[name])


def beneath(answers: Evidence, settings: Settings) -> list[Curve]:
    """What the nets and least squares make of the learner's points, over the whole plane; nothing without points."""
    found = []
    for label, name in (("answer", NET), ("your answer", YOURS)):
        if said := answers.get(label, {}).get("curve"):
            found.append(Curve(table=banded(answers[label]["x"], np.array(said[0])), name=name, role=LOOK[name]))
    if line := answers.get("answer", {}).get("line"):
        fit = Curve(table=banded(answers["answer"]["x"], np.array([line])), name=FIT, role=LOOK[FIT])
        found.insert(0, fit)
    return found


def banded(x: list[float], said: np.ndarray) -> pd.DataFrame:
    """said (seeds, places)."""
    mean, spread = said.mean(0), said.std(0)
    return pd.DataFrame({"x": x, "mean": mean, "low": mean - spread, "high": mean + spread})


def training(table: pd.DataFrame, steps: int) -> Figure:
    """Your nets while they learn how to learn: the error at the last point of a prompt."""
    shown = over_steps(table.assign(accuracy=table.error), YOURS, LOOK[YOURS])
    what = f"Your nets: error after {EXAMPLES} examples, while they are pretrained (live)"
    return curves([shown], "steps of pretraining", (1, steps), title=what, y="Error")


def cost(evidence: Evidence, runs: Mapping[str, Run], world: str) -> Figure:
    """What was paid before, and what an answer changes now, beside least squares."""
    columns: dict[str, list[str]] = {}
    for label, name in ASKED.items():
        if label not in evidence:
            continue
        run, table = runs[name], evidence[TRAINED[name]]
        columns[name] = [
            f"{run.stages[0].steps * run.stages[0].batch:,}",
            f"{table.flops.max() / 1e9:,.0f}",
            f"{evidence[label]['changed']} of {evidence[label]['weights']:,}",
            share(errors(evidence[label], world)[:, SHOWN].mean()),
        ]
    columns[FIT] = ["0", "0", "it has none", share(fitted(evidence["least squares"], world)[SHOWN])]
    rows = [
        "lines seen before",
        "operations before, billions a net",
        "weights changed by examples",
        f"error after {SHOWN} examples",
    ]
    table = pd.DataFrame(columns, index=rows)
    told = "; ".join(f"{row}: " + ", ".join(f"{cell} {n}" for n, cell in table.loc[row].items()) for row in rows)
    return Figure(kind="table", spec=table, alt=told, title=f"What it cost, and what it gives {TOLD[world]}")


TRAINED = {NET: "net trained", YOURS: YOURS}


def counted(answer: dict[str, Any]) -> Figure:
    """How many weights the measure found changed after the answers."""
    says = f"Weights changed by your points: {answer['changed']} of {answer['weights']:,}."
    return Figure(kind="html", spec=f"<p><strong>{says}</strong></p>", alt=says)
