"""What this lesson shows: accuracy against steps, where the learner says that the sides meet, and what it cost."""

from __future__ import annotations

import pandas as pd

from lessons.fast_start.claims import NEAR
from lessons.fast_start.runs import FEW, HANDWRITING, LABELS, MANY, PLANE, SIDES, STEPS, WORLD
from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import band
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.ledger import ledger
from lessons.kit.values import Control, Evidence, Settings

NEVER = "never"
TESTED = {HANDWRITING: "1,000 unseen digits", PLANE: "3,000 unseen points"}
GOALS = {HANDWRITING: (0.5, 0.7, 0.8, 0.9, 0.95), PLANE: (0.5, 0.7, 0.8, 0.9, 0.93)}
EARLY = 160  # steps after which everybody believes to know how it ends


def handle(name: str, labels: int) -> Control[int | str]:
    return Control(
        name=name,
        label=f"With {labels} labels a class, after how many steps?",
        options=(50, 100, 200, 400, 800, NEVER),
        default=400,
        help="The step from which on scratch stays within a point of the pretrained net.",
        slider=True,
    )


HANDLES = {FEW: handle("few", FEW), MANY: handle("many", MANY)}  # by labels a class, of handwriting


def lines(race: dict[str, pd.DataFrame]) -> list[Curve]:
    """The sides that are known, scratch first."""
    return [over_steps(race[side], side, side) for side in reversed(SIDES) if side in race]


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """The first steps of the race, of scratch alone until the learner has said how it ends."""
    known = {side: evidence.tables(side, HANDWRITING) for side in SIDES}
    early = lines({side: tables[MANY].query("step <= @EARLY") for side, tables in known.items() if MANY in tables})
    return curves(early, "steps", (1, STEPS), title=f"The first steps, with {MANY} labels a class")


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """Accuracy against steps: a live race if there is one, else the stored one at the same settings; before the
    prediction scratch alone, at the labels that are asked about."""
    live, revealed = lines(evidence.tables("race")), evidence.has("here", "pretrained")
    shown = live or (lines(evidence.tables("here")) if revealed else asked(evidence))
    marks = []
    for n, handle in HANDLES.items():
        if guess and (not revealed or (settings[WORLD], settings[LABELS]) == (HANDWRITING, n)):
            at, never = guess[handle], guess[handle] == NEVER
            place = STEPS if isinstance(at, str) else at
            says = "you: never" if never else "you: they meet here"
            marks.append(Mark(start=(place, 0.02), end=(place, 0.98), says=says, role="guess"))
    kind, world = "live" if live else "stored", settings[WORLD] if revealed else HANDWRITING
    return curves(shown, "steps", (1, STEPS), marks, title=f"Accuracy on {TESTED[world]} ({kind} race)")


def asked(evidence: Evidence) -> list[Curve]:
    """Scratch at few and at many labels, whose meeting with the pretrained net is predicted."""
    return [
        over_steps(table, f"scratch, {n} labels a class", "scratch")
        for n, table in evidence.tables("scratch", HANDWRITING).items()
    ]


def meeting(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """The first step from which on scratch stays within a point of the pretrained net; inf if it never does."""
    both = band(ours).merge(band(theirs), on="step", suffixes=("", " scratch"))
    behind = both[both["mean"] - both["mean scratch"] > NEAR]
    later = both[both.step > (behind.step.max() if len(behind) else -1)]
    return float(later.step.min()) if len(later) else float("inf")


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """The ledger of the live race if there is one, else of the stored one."""
    race = next((race for role in ("race", "here") if len(race := evidence.tables(role)) == 2), {})
    if not race:
        return {}
    goals = GOALS[settings[WORLD]]
    return {"Cost": lambda: ledger(race, settings[LABELS], evidence.table("backbone"), goals=goals)}


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    rows = []
    for n, handle in HANDLES.items():
        met = meeting(*(evidence.table(side, HANDWRITING, n) for side in SIDES))
        said = str(guess[handle]) if guess[handle] == NEVER else f"after {guess[handle]} steps"
        did = f"not in {STEPS:,} steps" if met == float("inf") else f"after {met:.0f} steps"
        rows.append((f"scratch catches up, {n} labels a class", said, did))
    return rows
