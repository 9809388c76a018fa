"""What every backbone does at every job, what size does, and what a score cost beside the training that it saves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Evidence, Settings
from lessons.kit.evidence import against, final
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.dots import Axis, Dot, dots
from lessons.kit.figures.heat import heat
from lessons.kit.figures.law import law
from lessons.one_backbone.claims import DIGITS, GLYPHS, JOBS, NAMES, SIZES, losses, scored, truth


def receipt(evidence: Evidence, arms: list[str]) -> Figure:
    """What the score said of the live runs, what they did, and the time that each took."""
    answers, draws = evidence["live score"], 8
    ms = 1000 * answers["seconds"] / draws / len(arms)
    rows: dict[str, list[str]] = {
        "LogME, nats an example": [f"{np.mean(tasks[0]):.3f}" for tasks in answers["score"]],
        "accuracy of the probe": [percent(float(final(evidence[label]).mean())) for label in arms],
        "milliseconds for one score": [f"{ms:.0f}"] * len(arms),
        "milliseconds to train one probe": [f"{1000 * evidence[label].seconds.max() / draws:.0f}" for label in arms],
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=arms)
    alt = "; ".join(f"{what}: " + ", ".join(f"{a} {arm}" for arm, a in zip(arms, row)) for what, row in rows.items())
    return Figure(kind="table", spec=table, alt=alt, title=f"This draw of labels: {draws} nets an arm")


def against_truth(evidence: Evidence, settings: Settings) -> Figure:
    """Score against accuracy at the chosen job. Where dots crowd only one is named, above all the chosen one."""
    job = settings["job"]
    found, score = truth(evidence, job), scored(evidence, "LogME", job)
    x, y = score.mean(1), found.mean(1)
    near, named = np.array([0.4 * np.ptp(x), 0.06 * np.ptp(y)]), list[np.ndarray]()
    shown = []
    for k in sorted(range(len(NAMES)), key=lambda k: (NAMES[k] != settings["backbone"], -y[k])):
        place = np.array([x[k], y[k]])
        free = not any((abs(place - other) < near).all() for other in named)
        named += [place] if free else []
        shown.append(
            Dot(
                name=NAMES[k],
                x=round(float(x[k]), 4),
                y=round(100 * float(y[k]), 2),
                x_spread=float(score[k].std()),
                y_spread=100 * float(found[k].std()),
                role="source" if NAMES[k] == settings["backbone"] else "pretrained",
                named=free,
            )
        )
    low, high = np.floor(20 * x.min() - 0.5) / 20, np.ceil(20 * (x.max() + 0.25 * np.ptp(x))) / 20  # room for names
    across = Axis(name="LogME, nats an example", low=float(low), high=float(high))
    up = Axis(name=f"{job}, % right", low=0, high=100, form=".0f")
    return dots(shown, across, up, "The score against what a probe then reads, over eight draws of labels")


def matrix(evidence: Evidence) -> Figure:
    """Every backbone at every job."""
    found = {job: truth(evidence, job).mean(1) for job in JOBS}
    table = pd.DataFrame(found, index=list(NAMES))
    return heat(table, "backbone", "job", "Accuracy of a probe: every backbone at every job")


def sizes(evidence: Evidence) -> Figure:
    """Every job against the size of pretraining."""
    shown = []
    for job in JOBS:
        found = {GLYPHS * size: final(evidence[f"size {job} {size}"]) for size in SIZES}
        shown.append(Curve(table=against(found), name=job, role="pretrained" if job == DIGITS else "target"))
    span = (GLYPHS * SIZES[0] * 0.8, GLYPHS * SIZES[-1] * 1.2)
    return curves(
        shown, "drawings seen in pretraining", span, title="What more drawings are worth at each job (probes)"
    )


def scaling(evidence: Evidence) -> Figure:
    """The loss on unseen glyphs against drawings, both axes log."""
    span = (GLYPHS * SIZES[0] * 0.8, GLYPHS * SIZES[-1] * 1.2)
    guessing = float(np.log(GLYPHS))
    mark = Mark(start=(span[1], guessing), end=(span[0], guessing), says="knows nothing", place="insideEndTop")
    return law(
        [GLYPHS * size for size in SIZES],
        losses(evidence),
        Axis(name="drawings seen in pretraining", low=span[0], high=span[1], log=True, form=",.0f"),
        Axis(name="loss on unseen glyphs, nats", low=2, high=8, log=True),
        [mark],
        "The loss of pretraining falls along a straight line, both axes logarithmic",
    )
