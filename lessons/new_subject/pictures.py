"""Draws the figures of this lesson: the loss against the amount of text on a subject, with the learner's guess, and
the texts that three nets write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import ROLES, Figure, compact
from lessons.kit.figures.curves import Curve, Mark
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.subject_adaptation import NAMES, UNIT, adapting, by_step, continuations
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import band_by_x, labels_to, line_by_x, without_band
from lessons.kit.runs.text_adaptation import AMOUNT, LIVE_STEPS, PRETRAINED, SCRATCH, SLICE, SLICES, STORED_STEPS, bits
from lessons.new_subject.claims import at_best
from lessons.new_subject.runs import (
    FAR,
    MOST,
    SLICED,
    SUBJECT,
)
from lessons.new_subject.subject_texts import CALLED, capital, subject_text

TUNED, BARE = NAMES[PRETRAINED], NAMES[SCRATCH]
ROLE = {PRETRAINED: "pretrained", SCRATCH: "scratch"}
AMOUNTS = Axis(name="training text (thousand characters)", low=4, high=190, log=True, form=",.0f")
BITS = Axis(name="bits per character", low=2, high=5)


def handle(kilobytes: int) -> Control[float]:
    return Control(
        name=f"at{kilobytes}",
        label=f"The pretrained net, fine-tuned on {kilobytes} thousand characters (bits per character)",
        options=tuple(round(k / 10, 1) for k in range(20, 47)),
        default=3.5,
        help="Bits per character on pages that were not used in training. Fewer bits are better.",
        slider=True,
    )


HANDLES = {kilobytes: handle(kilobytes) for kilobytes in (SLICES[0], SLICES[1], SLICES[-1])}
POINTS = tuple(Handle(x=kilobytes, y=control, start=3) for kilobytes, control in HANDLES.items())


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the loss on unseen Shakespeare against the amount of training text, from scratch at its best and
    fine-tuned, with the learner's guess.

    The learner's own nets, or both sides of another subject, are shown as points.
    """
    scratch = {k: low(evidence, k) for k in SLICES}
    shown = [Curve(table=band_by_x(scratch), name=BARE, role="scratch")]
    marks = []
    ours: dict[int, np.ndarray] = {}
    if evidence.has(PRETRAINED, SLICED, SLICE):
        ours = {k: at_best(evidence, k)[0] for k in SLICES}
        shown.append(Curve(table=band_by_x(ours), name=TUNED, role="pretrained"))
        level = float(ours[SLICES[0]].mean())
        reach = labels_to({k: -float(each.mean()) for k, each in scratch.items()}, -level)
        says = f"worth {reach / SLICES[0]:.0f} times the text"
        marks.append(Mark(start=(SLICES[0], level), end=(reach, level), says=says, place="insideMiddleTop"))
    if guess:
        said = {k: float(guess[control]) for k, control in HANDLES.items()}
        shown.append(Curve(table=line_by_x(said), name="your prediction", role="guess"))
        for k, value in said.items():
            if k in ours:
                gap = pd.DataFrame({"x": k, "mean": [value, float(ours[k].mean())]})
                shown.append(Curve(table=without_band(gap), name=f"missed at {k}", role="guess", named=False))
    subject, kilobytes = settings[SUBJECT], settings[AMOUNT]
    for side, role in ROLE.items():
        if evidence.has("race", side):
            now = min(float(bits(evidence.table("race", side))[-1].mean()), 0.99 * BITS.high)  # type: ignore[operator]
            shown.append(
                Curve(
                    table=line_by_x({kilobytes: now}), name=f"{LIVE_STEPS} steps, {NAMES[side]}", role=role, named=False
                )
            )
        elif subject != SLICED and evidence.has(side, subject, SLICE):
            where = PRETRAINED if side == PRETRAINED else MOST
            best = float(bits(evidence.table(where, subject, SLICE)).min(0).mean())
            shown.append(
                Curve(
                    table=line_by_x({SLICE: best}),
                    name=f"{subject_text(subject)}, {NAMES[side]}",
                    role=role,
                    named=False,
                )
            )
    title = "How much unseen pages surprise the nets, by the amount of training text (curves: Shakespeare, at best)"
    figure = value_curves(shown, AMOUNTS, BITS, marks, title)
    ticks = {key: {"customValues": list(SLICES)} for key in ("axisLabel", "axisTick")}
    return pointed(
        replace(
            figure,
            spec=figure.spec | {"xAxis": figure.spec["xAxis"] | ticks, "yAxis": figure.spec["yAxis"] | {"interval": 1}},
        )
    )


def spot(kilobytes: int, paid: float, name: str, role: str) -> Curve:
    """Returns a single point as a curve."""
    return Curve(table=line_by_x({kilobytes: paid}), name=name, role=role, named=False)


def low(evidence: Results, kilobytes: int) -> np.ndarray:
    """Returns the best loss from scratch (seeds,), with the better of two numbers of steps."""
    both = (bits(evidence.table(side, SLICED, kilobytes)).min(0) for side in (SCRATCH, MOST))
    return min(both, key=lambda each: float(each.mean()))


def pointed(figure: Figure) -> Figure:
    """Returns the figure with larger single points that have their names beside them."""
    for series in figure.spec["series"]:
        if len(series.get("data", ())) == 1:
            label = {
                "show": True,
                "formatter": "{a}",
                "position": "top",
                "color": series["color"],
                "fontWeight": "bold",
            }
            series |= {"symbolSize": 14, "label": label}
    return figure


def side(series: dict[str, Any]) -> str:
    """Returns "top" for scratch and "bottom" for the reader, so that a name does not cover the lines."""
    return "bottom" if series["color"] == ROLES["pretrained"][0] else "top"


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the texts of three nets while they train, with their loss, and then the results for all subjects."""
    shown: Views = {}
    subject = settings[SUBJECT]
    known = evidence.has(PRETRAINED, SLICED, SLICE)  # the learner has predicted
    roles = ("race", "recorded") if known else ("race",)
    role = next((role for role in roles if evidence.behaviour(role, PRETRAINED)), "")
    if role:
        shown["What they write"] = lambda: continuations(evidence, role)
    if tables := evidence.tables(role or "race"):
        shown["Loss during training"] = lambda: adapting(tables, 6 if subject in CALLED and subject != FAR else 8)
    if known:
        shown |= {
            "All subjects": lambda: by_subject(evidence),
            "General English": lambda: general(evidence),
            "Overfitting": lambda: by_heart(evidence),
        }
    return shown


def by_subject(evidence: Results) -> Figure:
    """Draws the loss on unseen pages of every subject: an untrained net, the untouched reader, and both sides at
    their best."""
    looks = {"knows nothing": "note", "pretrained, not fine-tuned": "source", BARE: "scratch", TUNED: "pretrained"}
    rows = {}
    for subject in CALLED:
        ours, scratch = (bits(evidence.table(side, subject, SLICE)) for side in (PRETRAINED, MOST))
        paid = (scratch[0], ours[0], scratch.min(0), ours.min(0))
        rows[capital(CALLED[subject])] = [round(float(each.mean()), 3) for each in paid]
    series: list[dict[str, Any]] = []
    for k, (name, role) in enumerate(looks.items()):
        colour, _, symbol = ROLES[role]
        look = {"symbol": symbol if symbol != "none" else "circle", "symbolSize": 15, "color": colour, "z": 3}
        data = [[paid[k], row] for row, paid in enumerate(rows.values())]
        series.append({"type": "scatter", "name": name, "data": data} | look)
    worth = [[{"coord": [paid[3], row]}, {"coord": [paid[2], row]}] for row, paid in enumerate(rows.values())]
    style = {"type": "solid", "width": 5, "opacity": 0.35, "color": ROLES["pretrained"][0]}
    series[-1]["markLine"] = {"silent": True, "symbol": ["none", "none"], "label": {"show": False}, "lineStyle": style}
    series[-1]["markLine"]["data"] = worth
    grid = {"left": 8, "right": 24, "top": 64, "bottom": 34, "containLabel": True}
    x = {"type": "value", "name": UNIT, "min": 2, "max": 9, "interval": 1}
    y = {"type": "category", "inverse": True, "data": list(rows), "axisTick": {"show": False}}
    option = compact({"series": series, "grid": grid, "legend": {"top": 0, "left": "center"}}, xAxis=x, yAxis=y)
    title = f"How much pretraining gains (blue bar) with {SLICE} thousand characters of each subject"
    told = "; ".join(
        f"{name}: " + ", ".join(f"{what} {bits_paid:.2f}" for what, bits_paid in zip(looks, paid))
        for name, paid in rows.items()
    )
    return Figure(kind="chart", spec=option, alt=f"Bits per character on unseen pages. {told}.", title=title)


def general(evidence: Results) -> Figure:
    """Draws the loss of the reader on general text while it learns each subject."""
    looks = dict(zip(CALLED, ("pretrained", "source", "scratch", "target")))
    shown = [
        Curve(table=by_step(evidence.table(PRETRAINED, subject, SLICE), "bits 1"), name=name, role=looks[subject])
        for subject, name in CALLED.items()
    ]
    x, y = Axis(name="steps of fine-tuning", low=0, high=STORED_STEPS, form=".0f"), Axis(name=UNIT, low=1.8, high=2.4)
    return value_curves(
        shown, x, y, title="How much general English surprises the pretrained net while it learns each subject"
    )


def by_heart(evidence: Results) -> Figure:
    """Draws the fine-tuned reader for every amount of Shakespeare against steps. With the smallest amount it soon
    gets worse."""
    shown = []
    for k in SLICES:
        name, role = f"{k} thousand", "scratch best" if k == SLICES[0] else "pretrained"
        shown.append(
            Curve(table=by_step(evidence.table(PRETRAINED, SLICED, k), "bits"), name=name, role=role, named=k != SLICE)
        )
    x, y = Axis(name="steps of fine-tuning", low=0, high=STORED_STEPS, form=".0f"), Axis(name=UNIT, low=2.4, high=3.4)
    return value_curves(
        shown,
        x,
        y,
        title="How much unseen Shakespeare surprises the net, for each amount of training text (in characters)",
    )


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the current loss of both sides."""
    tables = evidence.tables("race")
    if len(tables) < len(ROLE):
        return ""
    ours, theirs = (float(bits(tables[side])[-1].mean()) for side in ROLE)
    return f"Bits per character on unseen pages: fine-tuned {ours:.1f}, from scratch {theirs:.1f}."


def verdict(evidence: Results, guess: Guess) -> Verdict:
    return [
        (
            f"fine-tuned on {k} thousand characters of Shakespeare",
            f"{guess[control]:g} bits per character",
            f"{at_best(evidence, k)[0].mean():.1f} bits per character",
        )
        for k, control in HANDLES.items()
    ]
