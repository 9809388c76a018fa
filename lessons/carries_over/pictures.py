"""Draws the figures of this lesson: nine effects in small nets, beside the same effects in models that people use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lessons.carries_over.claims import sizes, verdicts
from lessons.carries_over.effects import CARRIES, DOES_NOT, EFFECTS, MOST, PARTLY, SOME, Effect, bounded
from lessons.carries_over.runs import chosen_effect, live_results, progress
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.figures.ranked_rows import Row, ranked_rows
from lessons.kit.figures.slopes import Slope, slopes
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import band_by_x

UNIT = "percent of the largest possible effect"
COLUMNS = ("small nets", "real model")
ROLES = {CARRIES: "pretrained", PARTLY: "scratch", DOES_NOT: "target"}
EXPECTED = {CARRIES: 1.0, PARTLY: (MOST + SOME) / 2, DOES_NOT: 0.0}  # the real effect as a share of the small one
ASKED = ("head start", "near helps", "thin patch", "forgetting", "replay")  # effects that the learner judges
MOMENTS = np.linspace(0.1, 1, 10)  # shares of the training at which an effect is drawn

SORTED = {
    effect.name: Control(
        name=effect.key,
        label=effect.brief[0].upper() + effect.brief[1:],
        options=(CARRIES, PARTLY, DOES_NOT),
        default=CARRIES,
        help=f"{effect.finding} It carries over if the effect is at least two thirds as large in the real model, and "
        "partly if it is at least one third as large.",
    )
    for effect in EFFECTS
    if effect.name in ASKED
}


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the nine effects in small nets."""
    shown = []
    for effect in EFFECTS:
        each = 100 * small(effect, evidence)
        mean, spread = float(each.mean()), float(each.std())
        shown.append(
            Row(
                name=effect.name,
                note=effect.brief,
                value=mean,
                low=mean - spread,
                high=min(100.0, mean + spread),
                says=f"{mean:.0f} %",
            )
        )
    return ranked_rows(shown, (0, 100), unit=UNIT, title="Nine findings in small nets")


def small(effect: Effect, evidence: Results) -> np.ndarray:
    """Returns an effect on every seed of the small nets, from 0 to 1."""
    found = effect.small.measured(evidence)
    assert found is not None, "what is measured in small nets ships"
    return np.clip(found, 0, 1)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws every effect in small nets and in the real model. The chosen effect is that of the learner's own nets as
    soon as they train."""
    known, mine, tried = verdicts(sizes(evidence)), own_effect(evidence, settings), chosen_effect(settings)
    shown = []
    for effect in EFFECTS:
        left, real = bounded(small(effect, evidence)), effect.real.measured(evidence)
        role = ROLES.get(known.get(effect.key, ""), "note")
        slope = Slope(name=effect.name, left=left, right=None if real is None else bounded(real), role=role)
        if guess and effect.name in SORTED:
            slope = replace(slope, guess=left * EXPECTED[guess[SORTED[effect.name]]])
        if effect == tried and mine is not None:
            slope = replace(slope, left=mine, role=role if known else "pretrained")
        shown.append(slope)
    return slopes(shown, COLUMNS, "Size of each effect, in percent of the largest possible one")


def own_effect(evidence: Results, settings: Settings) -> float | None:
    """Returns the chosen effect in the learner's own nets so far, or None if they have not begun."""
    if not progress(evidence, settings):
        return None
    mine = chosen_effect(settings).small.measured(live_results(evidence))
    return None if mine is None else bounded(mine)


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the effect as training goes on, and what each number means."""
    if not verdicts(sizes(evidence)):
        return {}
    return {
        "While they train": lambda: growing(evidence, settings),
        "What the numbers mean": lambda: meanings(evidence),
    }


def growing(evidence: Results, settings: Settings) -> Figure:
    """Draws the chosen effect against the share of the training, in small nets and in the real model."""
    effect = chosen_effect(settings)
    own = live_results(evidence)
    sides = {
        "small nets": (effect.small, own if len(own) else evidence, "pretrained"),
        "real model": (effect.real, evidence, "real model"),
    }
    shown = []
    for name, (side, known, role) in sides.items():
        at = {float(100 * share): side.measured(known.partial_results(share)) for share in MOMENTS}
        each = {x: np.clip(values, 0, 1) for x, values in at.items() if values is not None}
        if each:
            shown.append(Curve(table=band_by_x(each), name=name, role=role))
    title = f"{effect.name.capitalize()}: the effect while the nets train"
    return curves(shown, "percent of the training", (0, 100), title=title, y="Effect", log=False)


def meanings(evidence: Results) -> Figure:
    """Makes a table with both sizes of every effect, and what they are a percentage of."""
    known = sizes(evidence)
    judged = verdicts(known)
    rows = {
        effect.name: [
            *(percent(bounded(each)) for each in known[effect.key]),
            judged[effect.key],
            effect.means[0].upper() + effect.means[1:],
        ]
        for effect in EFFECTS
        if effect.key in known
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*COLUMNS, "carries over?", "what it measures"])
    alt = "; ".join(f"{name}: {a} in small nets, {b} in the real model, {c}" for name, (a, b, c, _) in rows.items())
    return Figure(kind="table", spec=table, alt=f"{alt}.", title="Both sizes of every effect, and what they measure")


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the learner's own nets."""
    mine = own_effect(evidence, settings)
    return (
        "" if mine is None else f"In your small nets, the effect “{chosen_effect(settings).name}” is {percent(mine)}."
    )


def verdict(evidence: Results, guess: Guess) -> Verdict:
    known = sizes(evidence)
    did = verdicts(known)
    by_name = {effect.name: effect for effect in EFFECTS}
    rows = []
    for name, control in SORTED.items():
        small, real = (percent(bounded(each)) for each in known[by_name[name].key])
        rows.append((f"{name}: {small} in small nets, {real} in the real model", guess[control], did[control.name]))
    return rows
