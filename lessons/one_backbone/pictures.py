"""What this lesson shows: every backbone at every job, and what a score costs beside training."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import final
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.figures.dots import Axis, Dot, dots
from lessons.kit.figures.heat import heat
from lessons.kit.figures.thumbnails import thumbnails
from lessons.kit.jobs import DIGITS, JOBS
from lessons.kit.values import Control, Evidence, Settings
from lessons.one_backbone.claims import tau, truth
from lessons.one_backbone.runs import (
    BACKBONE,
    CHOICE,
    FAVOURITE,
    JOB,
    NAMES,
    SEEN,
    UNTRAINED,
    favourite,
    scored,
)


def share(name: str, label: str, default: int) -> Control[int]:
    help = "Of 1,000 unseen digits, by a probe on frozen features with 10 labels per class."
    return Control(name=name, label=label, options=tuple(range(10, 101, 5)), default=default, help=help, slider=True)


HANDLES = {  # by backbone
    "Latin": share("latin", "Pretrained on Latin letters in many hands", 50),
    "printed": share("printed", "On all scripts, but every glyph always printed alike", 50),
    "wrong labels": share("wrong", "On all scripts, with wrong labels", 50),
}
PAIRS = Control(
    name="pairs",
    label="Of ten pairs of backbones, a score without training orders how many rightly?",
    options=tuple(range(0, 11)),
    default=5,
    help="Five is what tossing a coin would do.",
    slider=True,
)


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """What some of the backbones have seen, and how well they do at that."""
    rows, told = {}, []
    for name, shown in zip(SEEN, evidence.answer("seen")["pictures"]):
        own = percent(float(final(evidence.table("own", name)).mean()))
        told.append(f"{name} {own}")
        rows[f"{name}: knows {own} of its own, unseen"] = [
            {"image": drawing["image"], "alt": "a drawing"} for drawing in shown
        ]
    alt = f"Drawings that {len(SEEN)} backbones learned from. Their accuracy on unseen ones: {', '.join(told)}."
    return thumbnails(rows, alt)


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """Accuracy at the chosen job, sorted by score; before the prediction what the learner says of three backbones."""
    said = {name: np.array([float(guess[handle])]) for name, handle in HANDLES.items()} if guess else {}
    if not revealed(evidence):
        known = Bar(name=UNTRAINED, values=100 * final(evidence.table("probe", DIGITS, UNTRAINED)), role="scratch")
        guesses = [Bar(name=name, values=values, role="guess") for name, values in said.items()]
        return bars([known, *guesses], "Digits read", "%", "Read by a probe with 10 labels per class", signed=False)
    job = settings[JOB]
    read, score = truth(evidence, job), scored(evidence, "LogME", job).mean(1)
    shown = []
    for k in np.argsort(-score):
        name = NAMES[k]
        role = "source" if name == settings[BACKBONE] else "pretrained"
        shown.append(Bar(name=f"{name} ({score[k]:.2f})", values=100 * read[k], role=role))
        if name in said and job == DIGITS:
            shown.append(Bar(name=f"you: {name}", values=said[name], role="guess"))
    right = f"{5 * (tau(score, read.mean(1)) + 1):.1f}"
    title = f"Sorted by a score that trains nothing, in brackets: {right} of 10 pairs stand in the right order"
    return bars(shown, f"{job}, read by a probe", "%", title, signed=False)


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """Both probes as they learn and what they cost; the score against the truth, and every job."""
    shown: Views = {}
    if evidence.tables("race"):
        shown["Two probes"] = lambda: probes(evidence, settings)
    if evidence.has("live score"):
        shown["Cost"] = lambda: receipt(evidence)
    if revealed(evidence):
        shown |= {
            "Score and truth": lambda: against_truth(evidence, settings),
            "Every job": lambda: matrix(evidence),
        }
    return shown


def probes(evidence: Evidence, settings: Settings) -> Figure:
    roles, race = {CHOICE: "source", FAVOURITE: "pretrained"}, evidence.tables("race")
    shown = [over_steps(race[pick], pick, role) for pick, role in roles.items() if pick in race]
    best = favourite(settings[JOB])
    names = f"the score's pick is {best}" if best == settings[BACKBONE] else f"{settings[BACKBONE]} against {best}"
    return curves(shown, "steps", (1, 300), title=f"Probes on {settings[JOB]}: {names}")


def revealed(evidence: Evidence) -> bool:
    return evidence.has("probe", DIGITS, NAMES[0])


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    read, score = truth(evidence, DIGITS).mean(1), scored(evidence, "LogME", DIGITS).mean(1)
    rows = [
        (f"digits read, backbone {name}", f"{guess[handle]} %", percent(read[NAMES.index(name)]))
        for name, handle in HANDLES.items()
    ]
    right = f"{5 * (tau(score, read) + 1):.1f}"
    return [*rows, ("pairs of backbones that the score orders rightly, of ten", str(guess[PAIRS]), right)]


def receipt(evidence: Evidence) -> Figure:
    """What the score said of the live runs, what they did, and the time that each took."""
    answer, race, draws = evidence.answer("live score"), evidence.tables("race"), 8
    ms = 1000 * answer["seconds"] / draws / len(race)
    rows: dict[str, list[str]] = {
        "LogME, nats an example": [f"{np.mean(tasks[0]):.3f}" for tasks in answer["score"]],
        "accuracy of the probe": [percent(float(final(table).mean())) for table in race.values()],
        "milliseconds for one score": [f"{ms:.0f}"] * len(race),
        "milliseconds to train one probe": [f"{1000 * table.seconds.max() / draws:.0f}" for table in race.values()],
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(race))
    alt = "; ".join(f"{what}: " + ", ".join(f"{a} {pick}" for pick, a in zip(race, row)) for what, row in rows.items())
    return Figure(kind="table", spec=table, alt=alt, title=f"This draw of labels: {draws} nets each")


def against_truth(evidence: Evidence, settings: Settings) -> Figure:
    """Score against accuracy at the chosen job. Where dots crowd only one is named, above all the chosen one."""
    job = settings[JOB]
    read, score = truth(evidence, job), scored(evidence, "LogME", job)
    x, y = score.mean(1), read.mean(1)
    near, named = np.array([0.4 * np.ptp(x), 0.06 * np.ptp(y)]), list[np.ndarray]()
    shown = []
    for k in sorted(range(len(NAMES)), key=lambda k: (NAMES[k] != settings[BACKBONE], -y[k])):
        place = np.array([x[k], y[k]])
        free = not any((abs(place - other) < near).all() for other in named)
        named += [place] if free else []
        shown.append(
            Dot(
                name=NAMES[k],
                x=round(float(x[k]), 4),
                y=round(100 * float(y[k]), 2),
                x_spread=float(score[k].std()),
                y_spread=100 * float(read[k].std()),
                role="source" if NAMES[k] == settings[BACKBONE] else "pretrained",
                named=free,
            )
        )
    low, high = np.floor(20 * x.min() - 0.5) / 20, np.ceil(20 * (x.max() + 0.25 * np.ptp(x))) / 20  # room for names
    across = Axis(name="LogME, nats an example", low=float(low), high=float(high))
    up = Axis(name=f"{job}, % right", low=0, high=100, form=".0f")
    return dots(shown, across, up, "The score against what a probe then reads, over eight draws of labels")


def matrix(evidence: Evidence) -> Figure:
    """Every backbone at every job."""
    read = {job: truth(evidence, job).mean(1) for job in JOBS}
    table = pd.DataFrame(read, index=list(NAMES))
    return heat(table, "backbone", "job", "Accuracy of a probe: every backbone at every job")
