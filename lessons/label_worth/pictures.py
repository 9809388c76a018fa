"""Draws the figures of this lesson: accuracy against labels with the learner's guess, the race, its cost, and its
mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.cost_table import cost_table
from lessons.kit.figures.curves import Curve, Mark, curves, race
from lessons.kit.figures.image_grid import image_grid
from lessons.kit.figures.label_curves import compare_with_guess, guess_curves, handle, raced, racing
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.lesson.explanation import race_sentence
from lessons.kit.model.values import Results, Settings, side_name
from lessons.kit.results.evidence import band_by_x, without_band
from lessons.kit.results.label_savings import accuracies, pretrained, scratch_best, worth
from lessons.kit.runs.recipes import SIZES, live_backbone
from lessons.label_worth.claims import reaches, scratch_equal
from lessons.label_worth.runs import AWAY, LABELS, own_labels

READ = "The percentage of unseen digits that the pretrained net reads correctly."
HANDLES = {n: handle(f"at{n}", n, default, READ) for n, default in ((1, 40), (5, 60), (20, 80))}  # by labels per class


def hook(evidence: Results, settings: Settings) -> Figure:
    glyphs, digits = evidence.answer("examples")["pictures"]
    rows = {
        "What the pretrained net has learned: letters and symbols. Some look like digits, but none is one": [
            {"image": glyph["image"], "alt": "a letter or symbol"} for glyph in glyphs
        ],
        "What both nets get now: two labelled digits of each class": [
            {"image": digit["image"], "says": digit["truth"], "alt": f"a {digit['truth']}"} for digit in digits
        ],
    }
    alt = f"{len(glyphs)} drawings of letters and symbols, then {len(digits)} handwritten digits with their labels."
    return image_grid(rows, alt)


def labelled(evidence: Results, settings: Settings) -> list[dict[str, Any]]:
    """Returns the digits that the learner labels, in the order in which the nets learn from them."""
    _, digits = evidence.answer("examples")["pictures"]
    return sorted(digits, key=lambda digit: int(digit["place"]))


def tells(evidence: Results, settings: Settings) -> str:
    """Says whose labels the nets learn from, and describes the state of the race."""
    whose = "Both nets learn from your own labels. " if own_labels(settings) else ""
    return whose + race_sentence(evidence, settings)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against the number of labels, with both bands, the learner's guess, the live race as points, and
    the bracket that shows how much the labels are worth."""
    ours, theirs, equal = pretrained(evidence), scratch_best(evidence), scratch_equal(evidence)
    few = {n: equal[n] for n in SIZES if n <= 100}
    kind = band_by_x({n: theirs[n] for n in few})
    shown = [
        Curve(table=band_by_x(few), name="from scratch", role="scratch"),
        Curve(table=without_band(kind), name="at its best", role="scratch best"),
    ]
    marks = []
    shown += guess_curves(guess, HANDLES)
    if ours:
        n = settings[LABELS]
        shown += raced(evidence, n)
        shown.append(Curve(table=band_by_x(ours), name="pretrained", role="pretrained"))
        level = float(pd.Series({k: a.mean() for k, a in ours.items()}).reindex(range(1, 51)).interpolate()[n])
        k = worth(level, n, theirs)
        at_least = "" if reaches(level, theirs) else "at least "
        if k > 1.3:
            marks.append(
                Mark(start=(n, level), end=(min(n * k, 100), level), says=f"worth {at_least}{k:.1f} times the labels")
            )
    return curves(shown, "labels per class", (1, 100), marks, title="Accuracy on 1,000 unseen digits")


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the walls, the backbone if it is trained too, the cost of the race, the ways to
    fine-tune, and other kinds of digits."""
    shown: Views = {}
    sides = racing(evidence)
    if len(told := told_of(evidence)) == 2:
        shown["Digit by digit"] = lambda: walls(told)
    if evidence.has("source"):
        learned, title = {"source": evidence.table("source")}, "Pretraining: accuracy on unseen drawings of glyphs"
        shown["The backbone"] = lambda: race(learned, live_backbone().steps, title)
    if evidence.has("away"):
        shown["Three ways to fine-tune"] = lambda: ways(evidence)
        shown["Changed digits"] = lambda: other_digits(evidence)
    if len(sides) == 2:
        before = evidence.table("source" if evidence.has("source") else "backbone")
        shown["Cost"] = lambda: cost_table(sides, settings[LABELS], before)
    return shown


def told_of(evidence: Results) -> list[Wall]:
    """Returns a wall with the answers of the first net of each side, once it has started."""
    sides = {side: evidence.behaviour("race", side) for side in ("pretrained", "scratch")}
    digits = evidence.answer("wall")["tasks"][0]["examples"]
    return [
        Wall(name=side_name(side), behaviour=answers, examples=digits) for side, answers in sides.items() if answers
    ]


def ways(evidence: Results) -> Figure:
    """Draws three ways to fine-tune with few labels."""
    names = {"lp_ft": ("head first", "pretrained"), "probe": ("head only", "source"), "full": ("all at once", "target")}
    shown = [
        Curve(table=band_by_x(accuracies(evidence, way)), name=name, role=role) for way, (name, role) in names.items()
    ]
    return curves(
        shown,
        "labels per class",
        (1, 10),
        title="Accuracy on unseen digits after three ways to fine-tune the same pretrained net",
        share=(0.4, 1),
    )


def other_digits(evidence: Results) -> Figure:
    """Draws the accuracy on digits that differ from the labelled ones, after a probe and after full fine-tuning."""
    probe, full = (100 * np.array(run) for run in evidence.answer("away")["accuracy"])
    shown = [
        Bar(name=f"{name} digits, {way}", values=row[k], role=role)
        for k, name in enumerate(AWAY)
        for way, row, role in (("layers frozen", probe, "source"), ("all layers trained", full, "target"))
    ]
    return bars(shown, "Accuracy on changed digits, learned from 10 labels per class", "percent", signed=False)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    return compare_with_guess(guess, HANDLES, pretrained(evidence), "pretrained net with {n} label{s} per class")
