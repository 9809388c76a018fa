"""Draws the figures of this lesson: accuracy against steps, the learner's guess of where the two sides meet, and the
cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from lessons.fast_start.claims import NEAR
from lessons.fast_start.runs import EARLY, FEW, HANDWRITING, LABELS, MANY, PLANE, SIDES, STEPS, TILES, WORLD
from lessons.kit.figures import Figure
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.cost_table import cost_table
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.small_multiples import Small, small_multiples
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings, side_name
from lessons.kit.results.evidence import band

NEVER = "never"
TESTED = {HANDWRITING: "1,000 unseen digits", PLANE: "3,000 unseen points"}
GOALS = {HANDWRITING: (0.5, 0.7, 0.8, 0.9, 0.95), PLANE: (0.5, 0.7, 0.8, 0.9, 0.93)}
CASES = {  # the four small charts, row by row
    (HANDWRITING, FEW): f"Digits, {FEW} labels per class",
    (HANDWRITING, MANY): f"Digits, {MANY} labels per class",
    (PLANE, FEW): f"Points, {FEW} labels per arm",
    (PLANE, MANY): f"Points, {MANY} labels per arm",
}
PLACE_OF_NEVER = 1.5 * STEPS  # its position on the axis of steps


def handle(name: str, case: str) -> Control[int | str]:
    return Control(
        name=name,
        label=f"{case}: step at which the net from scratch has caught up",
        options=(20, 50, 100, 200, 500, STEPS, NEVER),
        default=200,
        help="From this step on, the net from scratch stays at most one percentage point behind the pretrained net.",
        slider=True,
    )


NAMES = ("few", "many", "points_few", "points_many")
HANDLES = {case: handle(name, title) for name, (case, title) in zip(NAMES, CASES.items())}
MARKS = tuple(
    Handle(x=control, y=22, where={NEVER: PLACE_OF_NEVER}, pane=k) for k, control in enumerate(HANDLES.values())
)


def lines(race: Mapping[str, pd.DataFrame]) -> list[Curve]:
    """Returns the curves of the sides that are known. Scratch comes first."""
    return [over_steps(race[side], side_name(side), side) for side in reversed(SIDES) if side in race]


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the first steps of a pretrained net and of a net from scratch on unseen digits."""
    digits = evidence.answer("wall")["tasks"][0]["examples"]
    shown = [Wall(name=side_name(side), behaviour=evidence.behaviour("early", side), examples=digits) for side in SIDES]
    title = f"{TILES} unseen digits during the first {EARLY} steps, with {FEW} labels per class"
    race = walls(shown, title=title)
    return replace(race, spec=race.spec | {"first": 0})


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against steps in four cases. If there is a live race, it replaces the stored race of the same
    case. Before the prediction, only scratch is shown."""
    race = evidence.tables("race")
    charts = []
    for case, title in CASES.items():
        mine = race if case == (settings[WORLD], settings[LABELS]) and race else None
        known = mine or {side: evidence.table(side, *case) for side in SIDES if evidence.has(side, *case)}
        marks = []
        if guess:
            said = guess[HANDLES[case]]
            place = PLACE_OF_NEVER if isinstance(said, str) else said
            marks.append(Mark(start=(place, 0.02), end=(place, 0.98), says="", role="guess"))
        charts.append(
            Small(title=title + " (this run)" * bool(mine), shown=lines(known), marks=marks, gap=len(known) == 2)
        )
    both = (
        "from scratch (orange) and pretrained (blue)"
        if evidence.has("pretrained", HANDWRITING, FEW)
        else "from scratch"
    )
    title = f"Accuracy on unseen examples: {both}"
    return small_multiples(charts, "training steps (far right: never)", (1, 2 * STEPS), (1, 10, 100, 1000), title=title)


def meeting(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """Returns the first step after which scratch stays within one point of the pretrained net, or inf if there is
    none."""
    both = band(ours).merge(band(theirs), on="step", suffixes=("", " scratch"))
    behind = both[both["mean"] - both["mean scratch"] > NEAR]
    later = both[both.step > (behind.step.max() if len(behind) else -1)]
    return float(later.step.min()) if len(later) else float("inf")


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the live race alone, and the cost of the live race or else of the stored race."""
    race = evidence.tables("race")
    stored = evidence.tables("here")
    shown: Views = {}
    if race:
        title = f"Accuracy on {TESTED[settings[WORLD]]}, {settings[LABELS]} labels per class"
        shown["This run"] = lambda: curves(lines(race), "training steps", (1, STEPS), title=title)
    if counted := next((each for each in (race, stored) if len(each) == 2), None):
        goals = GOALS[settings[WORLD]]
        shown["Cost"] = lambda: cost_table(counted, settings[LABELS], evidence.table("backbone"), goals=goals)
    return shown


def verdict(evidence: Results, guess: Guess) -> Verdict:
    rows = []
    for case, control in HANDLES.items():
        met = meeting(*(evidence.table(side, *case) for side in SIDES))
        said = str(guess[control]) if guess[control] == NEVER else f"after {guess[control]:,} steps"
        did = f"not within {STEPS:,} steps" if met == float("inf") else f"after {met:,.0f} steps"
        rows.append((f"{CASES[case]}: the net from scratch catches up", said, did))
    return rows
